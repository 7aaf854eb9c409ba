import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import process from 'node:process'
import type { Readable } from 'node:stream'
import { expect } from 'vitest'
import { until } from '../../../net/support/until.ts'
import { childrenOf } from './children.ts'

/** Milliseconds in which a relay listens: a first start makes a key, and others use the machine too. */
const STARTS = 30_000
const MEETING = fileURLToPath(new URL('meeting.ts', import.meta.url))

/** Milliseconds in which it ends with nobody on it; its people get 20 s to move. */
const ENDS = 40_000

/** A relay out of a package, started with `--json`. */
export interface RunningRelay {
  readonly peerId: string
  readonly addresses: readonly string[]
  /** What it wrote so far, to both. */
  readonly wrote: () => string
  /** What its process was started with, Node.js first. */
  readonly commandLine: () => readonly string[]
  /** Sends SIGTERM; gives the exit code. */
  readonly end: () => Promise<number | null>
}

/** Starts a relay and waits until it listens. @throws Error with what it wrote, if it ends before */
export async function runRelay (command: readonly string[], options: { readonly env?: NodeJS.ProcessEnv } = {}): Promise<RunningRelay> {
  const [program = '', ...args] = command
  const child: ChildProcessByStdio<null, Readable, Readable> = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => { out += text })
  child.stderr.setEncoding('utf8').on('data', (text: string) => { err += text })
  // What unshare started, where there is one: it passes on no SIGTERM.
  const relay = (): number => childrenOf(child.pid ?? 0)[0] ?? child.pid ?? 0
  const exit = once(child, 'close').then(([code]) => code as number | null)
  try {
    await until(() => out.includes('"listening"') || child.exitCode !== null, STARTS, () => `the relay listens; it wrote ${out}${err}`)
    const line = out.split('\n').find((text) => text.includes('"listening"'))
    if (line === undefined) throw new Error(`the relay ended with ${String(child.exitCode)}:\n${out}${err}`)
    const { peerId, multiaddrs } = JSON.parse(line) as { peerId: string, multiaddrs: string[] }
    return {
      peerId,
      addresses: multiaddrs,
      wrote: () => out + err,
      commandLine: () => readFileSync(`/proc/${String(relay())}/cmdline`, 'utf8').split('\0').slice(0, -1),
      end: async () => {
        if (child.exitCode !== null || child.signalCode !== null) return exit
        process.kill(relay(), 'SIGTERM')
        const late = setTimeout(() => child.kill('SIGKILL'), ENDS)
        const code = await exit
        clearTimeout(late)
        return code
      }
    }
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
}

/** Two desktops of ours meet through a relay, or the test fails with what they said. @param enter what stands before a command, so that it runs in the relay's network */
export function expectMeeting (address: string, enter: readonly string[] = []): void {
  const [program = '', ...args] = [...enter, process.execPath, MEETING, address]
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: 60_000 })
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '{"states":["relayed","relayed"]}\n', stderr: '' })
}
