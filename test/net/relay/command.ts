import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { until } from '../support/until.ts'

const ENTRY = fileURLToPath(new URL('../../../main/relay/index.ts', import.meta.url))
export const LOOPBACK = ['--listen', '/ip4/127.0.0.1/tcp/0']

/** A relay that was started as people start it. */
export interface Run {
  readonly child: ChildProcessWithoutNullStreams
  readonly out: () => string
  readonly err: () => string
  readonly exit: Promise<number | null>
}

/** What it prints with `--json` once it listens. */
export interface Listening { readonly event: string, readonly peerId: string, readonly multiaddrs: readonly string[] }

/** The relay's command with one data directory; `end()` kills what still runs. */
export class Command {
  readonly #runs: Run[] = []
  data = ''

  async begin (): Promise<void> {
    this.data = await mkdtemp(join(tmpdir(), 'natter-relay-'))
  }

  async end (): Promise<void> {
    for (const { child, exit } of this.#runs.splice(0)) {
      child.kill('SIGKILL')
      await exit
    }
    await rm(this.data, { recursive: true, force: true })
  }

  readonly run = (...args: string[]): Run => {
    const child = spawn(process.execPath, [ENTRY, '--data', this.data, ...args])
    let [out, err] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => { out += text })
    child.stderr.setEncoding('utf8').on('data', (text: string) => { err += text })
    const run = { child, out: () => out, err: () => err, exit: once(child, 'close').then(([code]) => code as number | null) }
    this.#runs.push(run)
    return run
  }
}

export async function started (run: Run): Promise<Listening> {
  await until(() => run.out().includes('\n') || run.child.exitCode !== null, 15_000, 'the relay listens')
  return JSON.parse(run.out().split('\n')[0] ?? '') as Listening
}

/** What it printed with `--json`. */
export function events (run: Run): Record<string, unknown>[] {
  return run.out().trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
}

export async function freePort (): Promise<number> {
  const free = createServer().listen(0, '127.0.0.1')
  await once(free, 'listening')
  const { port } = free.address() as AddressInfo
  await new Promise((resolve) => free.close(resolve))
  return port
}
