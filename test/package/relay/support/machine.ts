import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { makeCleanRoot } from '../../support/clean-root.ts'
import { openNetwork } from '../../support/network.ts'
import { childrenOf } from './children.ts'
import { makeMemoryGroup } from './memory-group.ts'

/** Milliseconds that a system may take to come up, and to go down before it is ended. */
const BOOTS = 90_000
const HALTS = 30_000

/** What a small server has beside what the package asks for. */
const SERVER = ['systemd-sysv', 'dbus', 'iproute2', 'curl', 'ca-certificates', 'procps'] as const

/** What a program in there wrote, and how it ended. */
export interface Ran { readonly status: number | null, readonly out: string, readonly err: string }

/** A small server: a clean Debian that systemd booted, in a network that has loopback alone. */
export interface Machine {
  /** Its root, seen from outside. */
  readonly folder: string
  /** What stands before a command, so that it runs in the machine's network with our programs. */
  readonly enterNetwork: readonly string[]
  /** Has limits on memory hold in there: in the first version of control groups systemd-nspawn shows it what it may not change. */
  readonly limitMemory: () => Promise<void>
  /** Copies a file into the machine; answers where it is in there. */
  readonly bring: (file: string) => string
  /** Runs a command as root; gives whatever came of it. */
  readonly tries: (program: string, ...args: readonly string[]) => Ran
  /** Runs a command as root, and answers what it wrote. @throws Error where it fails */
  readonly run: (program: string, ...args: readonly string[]) => string
  readonly close: () => Promise<void>
}

/**
 * Boots a machine in which a deb can be installed.
 *
 * @param depends what the deb says that it depends on
 */
export async function bootMachine (depends: string): Promise<Machine> {
  const root = makeCleanRoot([depends, ...SERVER].join(', '))
  const network = await openNetwork()
  const memory = makeMemoryGroup()
  const [program = '', ...before] = [...network.enter, ...memory.enter]
  const container = spawn(program, [...before, 'systemd-nspawn', `--directory=${root.folder}`, '--boot', '--quiet', '--register=no', '--keep-unit', '--link-journal=no', '--console=pipe', '--hostname=small-server'], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [container.stdout, container.stderr]) stream.on('data', (chunk: Buffer) => { said = (said + chunk.toString()).slice(-8_000) })
  const gone = once(container, 'exit')

  const close = async (): Promise<void> => {
    // It halts the system in order.
    container.kill('SIGTERM')
    await Promise.race([gone, wait(HALTS, undefined, { ref: false })])
    if (container.exitCode === null && container.signalCode === null) {
      container.kill('SIGKILL')
      await gone
    }
    await network.close()
    memory.remove()
    root.remove()
  }
  const tries = (name: string, ...args: readonly string[]): Ran => {
    const [leader] = childrenOf(container.pid ?? 0)
    const { status, stdout, stderr } = spawnSync('nsenter', ['--target', String(leader), '--mount', '--uts', '--ipc', '--pid', '--root', '--wd', '--net', '--',
      '/usr/bin/env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'LC_ALL=C.UTF-8', 'DEBIAN_FRONTEND=noninteractive', 'SYSTEMD_PAGER=', name, ...args], { encoding: 'utf8' })
    return { status, out: stdout, err: stderr }
  }
  try {
    const until = Date.now() + BOOTS
    while (!/^(?:running|degraded)$/m.test(childrenOf(container.pid ?? 0).length === 0 ? '' : tries('systemctl', 'is-system-running').out)) {
      if (Date.now() > until || container.exitCode !== null) throw new Error(`the machine did not come up; it said:\n${said}`)
      await wait(200)
    }
  } catch (error) {
    await close()
    throw error
  }
  return {
    folder: root.folder,
    enterNetwork: network.enter,
    limitMemory: async () => {
      const { status } = tries('mount', '-o', 'remount,rw,bind', '/sys/fs/cgroup/memory')
      // It looks at its start what it may limit. In the second version of control groups it may.
      if (status === 0) {
        tries('systemctl', 'daemon-reexec')
        while (tries('systemctl', 'is-system-running').out === '') await wait(200)
      }
    },
    bring: root.bring,
    tries,
    run: (name, ...args) => {
      const { status, out, err } = tries(name, ...args)
      if (status !== 0) throw new Error(`${name} ${args.join(' ')} ended with ${String(status)}:\n${out}\n${err}`)
      return out + err
    },
    close
  }
}
