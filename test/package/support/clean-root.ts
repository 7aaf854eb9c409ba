import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import process from 'node:process'
import { cache } from '../../../resources/tools/paths.mjs'

/** The ordinary user in a clean root, and on this machine where the tar.gz runs. */
const USER = { name: 'ada', id: 1000 } as const

/** A system of its own: what debootstrap makes, and what a package says it depends on. */
export interface CleanRoot {
  readonly folder: string
  /** Runs a program in there as root; answers what it wrote. @throws Error where it fails */
  readonly run: (program: string, ...args: readonly string[]) => string
  /** Copies a file of this machine into the root's folder for downloads; answers where it is in there. */
  readonly bring: (file: string) => string
  /** What to put before a command, so that it runs in there as an ordinary user with this display. */
  readonly asUser: readonly string[]
  /** Environment of that user; empty values hide this machine's. */
  readonly userEnv: Readonly<Record<string, string>>
  readonly remove: () => void
}

/**
 * Goes into a root with processes of its own. pivot_root and not chroot, in which the kernel refuses user namespaces,
 * of which Chromium's sandbox is made.
 */
const ENTER = `#!/bin/sh
set -e
root=$1
shift
mount --bind "$root" "$root"
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
mkdir -p "$root/tmp/.X11-unix" "$root/.outside"
if [ -d /tmp/.X11-unix ]; then mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"; fi
cd "$root"
pivot_root . .outside
umount -l /.outside
exec "$@"
`

/**
 * Makes a clean root that has what a package depends on, and not the package.
 *
 * debootstrap and apt take minutes and the network, so their result is kept beside other things that are fetched
 * once a machine; each caller gets a copy.
 *
 * @param depends the package's own words, alternatives included
 */
export function makeCleanRoot (depends: string): CleanRoot {
  const place = mkdtempSync(join(tmpdir(), 'natter-root-'))
  const folder = join(place, 'root')
  const enter = join(place, 'enter')
  writeFileSync(enter, ENTER)
  chmodSync(enter, 0o755)
  execFileSync('cp', ['-a', '--reflink=auto', keptRoot(depends), folder])
  const inside = ['unshare', '--mount', '--pid', '--fork', '--kill-child', 'sh', enter, folder]
  const run = (program: string, ...args: readonly string[]): string => {
    const [first = '', ...rest] = [...inside, program, ...args]
    const { status, stdout, stderr } = spawnSync(first, rest, { encoding: 'utf8', env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' } })
    if (status !== 0) throw new Error(`${program} ended with ${String(status)}:\n${stdout}\n${stderr}`)
    return stdout + stderr
  }
  run('useradd', '--create-home', '--uid', String(USER.id), '--shell', '/bin/sh', USER.name)
  const home = `/home/${USER.name}`
  return {
    folder,
    run,
    bring: (file) => {
      const inRoot = `/var/tmp/${basename(file)}`
      copyFileSync(file, join(folder, inRoot))
      return inRoot
    },
    asUser: [...inside, 'setpriv', `--reuid=${String(USER.id)}`, `--regid=${String(USER.id)}`, '--clear-groups', '--'],
    userEnv: { HOME: home, PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', XDG_CONFIG_HOME: '', XDG_CACHE_HOME: '', XDG_RUNTIME_DIR: '', TMPDIR: '/tmp', ...displayKey(join(folder, home), home) },
    remove: () => { rmSync(place, { recursive: true, force: true }) }
  }
}

/** The root that copies are made of; made where this machine has none for these dependencies. */
function keptRoot (depends: string): string {
  const kept = join(cache, `clean-root-${createHash('sha256').update(depends).digest('hex').slice(0, 12)}`)
  if (existsSync(kept)) return kept
  mkdirSync(cache, { recursive: true })
  const work = mkdtempSync(join(cache, 'unpacking-'))
  const folder = join(work, 'root')
  const codename = /^VERSION_CODENAME=(.*)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'stable'
  /** Its complaints are shown only where it fails. */
  const make = (program: string, ...args: readonly string[]): void => {
    execFileSync(program, args, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' }, stdio: ['ignore', 'ignore', 'pipe'] })
  }
  try {
    console.log(`natter: making a clean ${codename} (once a machine)`)
    make('debootstrap', '--variant=minbase', codename, folder)
    make('chroot', folder, 'apt-get', 'update', '-qq')
    // apt takes what a package depends on from a package; this one is empty.
    make('dpkg-deb', '--root-owner-group', '--build', emptyPackage(work, depends), join(folder, 'var/tmp/wanted.deb'))
    make('chroot', folder, 'apt-get', 'install', '-y', '-qq', '--no-install-recommends', '/var/tmp/wanted.deb', 'desktop-file-utils')
    make('chroot', folder, 'dpkg', '--purge', 'wanted')
    make('chroot', folder, 'apt-get', 'clean')
    rmSync(join(folder, 'var/tmp/wanted.deb'))
    renameSync(folder, kept)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  return kept
}

function emptyPackage (work: string, depends: string): string {
  const folder = join(work, 'wanted')
  mkdirSync(join(folder, 'DEBIAN'), { recursive: true })
  writeFileSync(join(folder, 'DEBIAN/control'), `Package: wanted\nVersion: 1\nArchitecture: all\nMaintainer: nobody <nobody@localhost>\nDepends: ${depends}\nDescription: names what is wanted\n`)
  return folder
}

/** Lets the user in the root draw on this display. */
function displayKey (home: string, homeInside: string): Record<string, string> {
  const key = process.env['XAUTHORITY']
  if (key === undefined || !existsSync(key)) return {}
  const copy = join(home, '.Xauthority')
  copyFileSync(key, copy)
  execFileSync('chown', [`${String(USER.id)}:${String(USER.id)}`, copy])
  chmodSync(copy, 0o600)
  return { XAUTHORITY: `${homeInside}/.Xauthority` }
}
