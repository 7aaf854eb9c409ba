import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeCleanRoot, type CleanRoot } from './clean-root.ts'
import { packageOf } from './packages.ts'

/** Debian's polkit, and the bus over which pkexec asks it. */
const POLKIT = 'dbus, polkitd, pkexec'

/** Says yes where the person would type a password: that alone is left out. */
const RULE = `polkit.addRule(function (action, subject) {
  if (action.id === 'org.freedesktop.policykit.exec' && subject.user === 'ada') return polkit.Result.YES
})
`

/** Processes that a system has before anybody starts an app. */
const BOOT = `#!/bin/sh
set -e
mkdir -p /run/dbus
dbus-daemon --system --fork --nopidfile
/usr/lib/polkit-1/polkitd --no-debug >/var/log/polkitd.log 2>&1 &
until dbus-send --system --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner string:org.freedesktop.PolicyKit1 | grep -q 'boolean true'; do sleep 0.1; done
echo ready
exec cat
`

/** A clean root that runs, with a package of ours installed. */
export interface FeedSystem extends CleanRoot {
  /** What to put before a command, so that it runs in there beside polkit, as the ordinary user. */
  readonly enter: readonly string[]
  /** What is installed, by dpkg's word. */
  readonly version: () => string
  readonly close: () => Promise<void>
}

/** @param folder that a deb of the test flavour lies in */
export async function openFeedSystem (folder: string): Promise<FeedSystem> {
  const deb = packageOf('deb', folder)
  const root = makeCleanRoot(`${execFileSync('dpkg-deb', ['--field', deb, 'Depends'], { encoding: 'utf8' }).trim()}, ${POLKIT}`)
  root.run('dpkg', '--install', root.bring(deb))
  writeFileSync(join(root.folder, 'etc/polkit-1/rules.d/00-test.rules'), RULE)
  const boot = join(root.folder, 'var/tmp/boot')
  writeFileSync(boot, BOOT)
  chmodSync(boot, 0o755)

  const as = root.asUser.indexOf('setpriv')
  const [unshare = '', ...inside] = root.asUser.slice(0, as)
  const holder = spawn(unshare, [...inside, '/var/tmp/boot'], { stdio: ['pipe', 'pipe', 'inherit'], env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } })
  const [first] = await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')]) as [unknown]
  if (!Buffer.isBuffer(first)) {
    root.remove()
    throw new Error('no system came up in the clean root')
  }
  const pid = readFileSync(`/proc/${String(holder.pid)}/task/${String(holder.pid)}/children`, 'utf8').trim()
  return {
    ...root,
    enter: ['nsenter', `--target=${pid}`, '--mount', '--pid', '--root', '--wd=/', '--', ...root.asUser.slice(as)],
    version: () => root.run('dpkg-query', '--show', '--showformat=${Version} ${db:Status-Status}', 'natter-test'),
    close: async () => {
      const gone = once(holder, 'exit')
      holder.stdin.end()
      await gone
      root.remove()
    }
  }
}
