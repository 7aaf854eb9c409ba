import { setTimeout as delay } from 'node:timers/promises'
import type { Protocol } from '../../../preload/contract/index.ts'
import { startCrowd, type Crowd } from './crowd.ts'
import { startRelayProcess, type RelayProcess } from './relay-process.ts'

/** What clients cost a relay and what they get from it. */
export interface RelayRow {
  /** Places held at once, each by somebody on one topic. */
  readonly clients: number
  readonly protocol: Protocol
  /** Memory of the relay's process beyond what it held before, for each client. */
  readonly bytesPerClient: number
  /** Milliseconds from the dial to the place for one more who comes. */
  readonly reserveP99Ms: number
  /** Share of the posts on one topic of 60 that the others there got. */
  readonly delivered: number
  /** Milliseconds from one client to another. */
  readonly p99Ms: number
}

/** How fast bytes go at once through so many circuits, and without the relay. */
export interface CircuitRow {
  readonly circuits: number
  readonly directMiBs: number
  readonly circuitMiBs: number
  readonly ratio: number
}

/** People on one topic. */
export const PER_TOPIC = 60
/** Processes that the clients are spread over: one alone would be the bottleneck. */
const PROCESSES = 3
const TOPIC = '/natter/1/room-0'
const NEWCOMERS = 100
const POSTS = 100
const WARM_POSTS = 60
/** Milliseconds between two posts: 20 a second, each of which 59 read. */
const POST_EVERY = 50
/** Milliseconds in which posts arrive that arrive at all. */
const ARRIVED_WITHIN = 10_000
const LOOK = 100
/** Sent in each run, in all. */
const MIB = 128
/** The best of so many runs: what disturbs makes it slower, never faster. */
const RUNS = 3
/** Indexes apart from everybody else's, so that they come from addresses of their own. */
const APART = 50_000

/** Measures one relay that so many clients come to. */
export async function measureClients (clients: number, protocol: Protocol, say: (line: string) => void = () => {}): Promise<RelayRow> {
  return withRelay(['--max-reservations', String(clients + NEWCOMERS)], PROCESSES + 1, async (relay, [last, ...crowds]) => {
    if (last === undefined) throw new TypeError('there is no process for newcomers')
    // Code that runs for the first time is compiled, and stays; it is no client's.
    await last.newcomers({ first: APART, count: 30, relay: relay.address, protocol })
    const before = await relay.settledMemory()
    say(`${clients.toLocaleString('en')} clients come (${protocol})…`)
    await fill(crowds, relay, clients, protocol)
    const bytesPerClient = (await relay.settledMemory() - before) / clients
    const times = await last.newcomers({ first: APART + 1_000, count: NEWCOMERS, relay: relay.address, protocol })
    await warmUp(crowds, onFirstTopic(clients))
    const { delivered, times: ways } = await exchange(crowds, onFirstTopic(clients))
    const rejoined = (await Promise.all(crowds.map(async (crowd) => crowd.rejoined()))).reduce((sum, count) => sum + count, 0)
    if (rejoined > 0) say(`${rejoined} clients lost their connection and came back: the machine stood still.`)
    return { clients, protocol, bytesPerClient: Math.round(bytesPerClient), reserveP99Ms: percentile(times, 0.99), delivered, p99Ms: percentile(ways, 0.99) }
  })
}

/** Measures the way through a relay against the direct one. */
export async function measureCircuits (circuits: number): Promise<CircuitRow> {
  return withRelay([], 2, async (relay, [from, to]) => {
    if (from === undefined || to === undefined) throw new TypeError('there is nobody to send')
    const receivers = await to.receivers({ first: 0, count: circuits, relay: relay.address })
    let [directMiBs, circuitMiBs] = [0, 0]
    for (let run = 0; run < RUNS; run++) {
      directMiBs = Math.max(directMiBs, await from.send({ addresses: receivers.map(({ direct }) => direct), relay: relay.address, mib: MIB }))
      circuitMiBs = Math.max(circuitMiBs, await from.send({ addresses: receivers.map(({ circuit }) => circuit), relay: relay.address, mib: MIB }))
    }
    return { circuits, directMiBs, circuitMiBs, ratio: circuitMiBs / directMiBs }
  })
}

/** Clients come to a relay, in equal parts from each process; resolves when each has its place and is served on its topic. */
export async function fill (crowds: readonly Crowd[], relay: Pick<RelayProcess, 'address'>, clients: number, protocol: Protocol): Promise<void> {
  // Everybody on one topic is spread over the processes: room by room, a part in each.
  const part = Math.ceil(clients / crowds.length)
  await Promise.all(crowds.map(async (crowd, index) => crowd.join({
    first: index * part, count: Math.min(part, clients - index * part), relay: relay.address, protocol, rooms: roomsFor(clients)
  })))
}

/** Topics over which so many are spread. */
function roomsFor (clients: number): number {
  return Math.ceil(clients / PER_TOPIC)
}

/** How many of them are on the first one. */
function onFirstTopic (clients: number): number {
  return Math.ceil(clients / roomsFor(clients))
}

/**
 * Posts that do not count, for three seconds: in the first one the code of all clients is compiled, on the processors
 * that they share with the relay, and a hub tells those who came together of each other for up to 2.5 s.
 */
export async function warmUp (crowds: readonly Crowd[], members: number): Promise<void> {
  await exchange(crowds, members, WARM_POSTS)
}

/** Somebody in each process posts to the first topic; answers what share of the posts arrived, and the milliseconds that each took. */
export async function exchange (crowds: readonly Crowd[], members: number, posts = POSTS): Promise<{ readonly delivered: number, readonly times: readonly number[] }> {
  await Promise.all(crowds.map(async (crowd) => crowd.heard(TOPIC)))
  const made = (await Promise.all(crowds.map(async (crowd) => crowd.post({ topic: TOPIC, posts: Math.ceil(posts / crowds.length), everyMs: POST_EVERY * crowds.length }))))
    .reduce((sum, count) => sum + count, 0)
  const times: number[] = []
  const all = made * (members - 1)
  for (let waited = 0; times.length < all && waited < ARRIVED_WITHIN; waited += LOOK) {
    await delay(LOOK)
    times.push(...(await Promise.all(crowds.map(async (crowd) => crowd.heard(TOPIC)))).flat())
  }
  return { delivered: times.length / all, times }
}

/** Runs some work with a relay and processes for clients, and ends them. */
export async function withRelay<T> (flags: readonly string[], processes: number, work: (relay: RelayProcess, crowds: readonly Crowd[]) => Promise<T>): Promise<T> {
  const relay = await startRelayProcess(flags)
  const crowds = Array.from({ length: processes }, startCrowd)
  try {
    return await work(relay, crowds)
  } finally {
    await Promise.all([relay.stop(), ...crowds.map(async (crowd) => crowd.stop())])
  }
}

/** The value that this share of the values does not exceed. */
export function percentile (values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

