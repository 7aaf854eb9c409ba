import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { relayNodeFlags } from '../../../resources/tools/relay-flags.mjs'

const COLLECT = new URL('../../hostile/support/collect.mjs', import.meta.url).href
const ENTRY = fileURLToPath(new URL('../../../main/relay/index.ts', import.meta.url))
/** Milliseconds in which a relay listens, on a machine that others load too. */
const STARTED_WITHIN = 60_000
/** Milliseconds after which memory that is not used any more has been given back. */
const SETTLE = 15_000
const LOOK = 500

/** A relay in a process of its own, as `npm run relay` starts it. */
export interface RelayProcess {
  readonly pid: number
  readonly peerId: string
  readonly address: string
  /** All, in the order of the listeners. */
  readonly addresses: readonly string[]
  /** Bytes that the process holds alone, and its share of what it holds with others. Linux alone tells it. */
  readonly memory: () => number
  /** The least {@link RelayProcess.memory} within 15 s: garbage is collected now and then, and what counts is what stays. */
  readonly settledMemory: () => Promise<number>
  /** {@link RelayProcess.memory} after garbage was collected, where the process takes orders to do so. */
  readonly collectedMemory: () => Promise<number>
  /** Seconds of processor time so far. */
  readonly processor: () => number
  /** What it wrote to standard error so far. */
  readonly errors: () => string
  /** Stands still: no packet is answered, no connection ends. */
  readonly freeze: () => void
  readonly thaw: () => void
  /** Ends it at once, and forgets its key. */
  readonly stop: () => Promise<void>
}

/** Starts a relay on loopback, on a port that the system chooses. @param collects whether garbage can be collected by order */
export async function startRelayProcess (flags: readonly string[] = [], { collects = false } = {}): Promise<RelayProcess> {
  const data = mkdtempSync(join(tmpdir(), 'natter-relay-'))
  const counter = join(data, 'collected')
  const nodeFlags = [...relayNodeFlags, ...(collects ? ['--expose-gc', '--import', COLLECT] : [])]
  const child = spawn(process.execPath, [...nodeFlags, ENTRY, '--data', data, '--listen', '/ip4/127.0.0.1/tcp/0', '--json', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NATTER_TEST_COLLECTED: counter }
  })
  const ended = once(child, 'close')
  const { pid } = child
  const stop = async (): Promise<void> => {
    process.off('exit', kill)
    child.kill('SIGKILL')
    await ended
    rmSync(data, { recursive: true, force: true })
  }
  const kill = (): void => { child.kill('SIGKILL') }
  process.on('exit', kill)
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => { errors += text })
  try {
    const { peerId, multiaddrs } = await listening(child, () => errors)
    const [address] = multiaddrs
    if (pid === undefined || address === undefined) throw new Error('the relay names no address')
    return {
      pid,
      peerId,
      address,
      addresses: multiaddrs,
      memory: () => pss(pid),
      settledMemory: async () => settled(pid),
      collectedMemory: async () => collected(child, counter, pid),
      processor: () => processorSeconds(pid),
      errors: () => errors,
      freeze: () => { child.kill('SIGSTOP') },
      thaw: () => { child.kill('SIGCONT') },
      stop
    }
  } catch (error) {
    await stop()
    throw error
  }
}

interface Listening { readonly event: string, readonly peerId: string, readonly multiaddrs: readonly string[] }

async function listening (child: ChildProcess, errors: () => string): Promise<Listening> {
  return new Promise((resolve, reject) => {
    let out = ''
    const timer = setTimeout(() => { reject(new Error(`the relay does not listen: ${errors()}`)) }, STARTED_WITHIN)
    child.once('exit', () => {
      clearTimeout(timer)
      reject(new Error(`the relay ended: ${errors()}`))
    })
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      out += text
      const line = out.split('\n').slice(0, -1).find((each) => each.includes('"listening"'))
      if (line === undefined) return
      clearTimeout(timer)
      resolve(JSON.parse(line) as Listening)
    })
  })
}

function pss (pid: number): number {
  return Number(/^Pss:\s+(\d+) kB/mu.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) * 1_024
}

async function settled (pid: number): Promise<number> {
  let least = pss(pid)
  for (let waited = 0; waited < SETTLE; waited += LOOK) {
    await delay(LOOK)
    least = Math.min(least, pss(pid))
  }
  return least
}

async function collected (child: ChildProcess, counter: string, pid: number): Promise<number> {
  const count = (): number => existsSync(counter) ? Number(readFileSync(counter, 'utf8')) : 0
  const before = count()
  child.kill('SIGUSR2')
  for (let waited = 0; count() === before && waited < SETTLE; waited += LOOK) await delay(LOOK)
  return pss(pid)
}

/** Linux counts it in ticks of 10 ms. */
function processorSeconds (pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /su, '').split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}
