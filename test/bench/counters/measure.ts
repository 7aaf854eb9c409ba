import { fork } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Stream } from '@libp2p/interface'
import { createNode } from '../../../main/node/create-node.ts'
import { generateIdentity } from '../../../main/node/identity.ts'
import { Counters } from '../../../main/node/pubsub/counters.ts'
import type { SwitchingPubsub } from '../../../main/node/pubsub/switching-pubsub.ts'
import type { Protocol } from '../../../preload/contract/index.ts'
import type { Told } from './neighbours-process.ts'

/** What counting costs who receives. */
export interface CountersRow {
  readonly protocol: Protocol
  /** Who is connected with each other and with who receives: the more, the more duplicates. */
  readonly neighbours: number
  readonly pairs: number
  readonly postsPerBatch: number
  /** Copies of each post, the first included. */
  readonly copies: number
  /** Milliseconds of the processor that the main thread takes for 1,000 posts, without counting. */
  readonly cpuMsPer1000: number
  /** What is more with counting, as a share: the mean of all pairs. */
  readonly more: number
  /** The standard error of `more`. */
  readonly uncertain: number
}

/** What counts, as functions that are called with the counters as `this`. */
interface Watches {
  watchInbound: (this: Counters, stream: Stream, peer: string) => void
  watchOutbound: (this: Counters, stream: Stream, peer: string) => void
  judge: (this: Counters, peer: string, topic: string, duplicate: boolean) => void
}

const ENTRY = fileURLToPath(new URL('./neighbours-process.ts', import.meta.url))
const TOPIC = '/natter/1/counted'
const POSTS = 150
/** Pairs before the first that counts: code that runs for the first time is compiled. */
const WARM = 40
/** Milliseconds after a post in which its duplicates come. */
const DUPLICATES = 20
const MET_WITHIN = 10_000
const LOOK = 20

/**
 * One process receives batches of posts on the same streams, one counted and one not, in pairs whose order alternates;
 * so what it has compiled, holds and is connected with is the same for both.
 *
 * @throws {Error} where the counts do not agree with the posts of the batches that were counted
 */
export async function measureCounters (protocol: Protocol, neighbours: number, pairs: number): Promise<CountersRow> {
  const counting = switchable()
  const node = await createNode({ role: 'desktop', privateKey: await generateIdentity(), listen: ['/ip4/127.0.0.1/tcp/0'], pubsub: { protocol, topics: [TOPIC] }, allowPrivate: true })
  const others = fork(ENTRY, { execArgv: [] })
  const ended = once(others, 'close')
  try {
    const pubsub = node.pubsub as SwitchingPubsub
    await node.libp2p.start()
    others.send({ receiver: String(node.libp2p.getMultiaddrs()[0]), protocol, topic: TOPIC, neighbours } satisfies Told)
    await met(pubsub, neighbours)
    const batch = receiver(pubsub, () => { others.send({ posts: POSTS } satisfies Told) })
    const costs: { on: number, off: number }[] = []
    const before = pubsub.totals(protocol)
    for (let pair = -WARM; pair < pairs; pair++) {
      const cost = { on: 0, off: 0 }
      for (const state of pair % 2 === 0 ? ['on', 'off'] as const : ['off', 'on'] as const) {
        counting.isOn = state === 'on'
        cost[state] = await batch()
      }
      if (pair >= 0) costs.push(cost)
    }
    const { first, duplicates } = pubsub.totals(protocol)
    const posts = (pairs + WARM) * POSTS
    if (first - before.first !== posts) throw new Error(`${posts} posts came while they were counted, and ${first - before.first} were counted`)
    return { protocol, neighbours, pairs, postsPerBatch: POSTS, copies: 1 + (duplicates - before.duplicates) / posts, ...compared(costs) }
  } finally {
    counting.restore()
    others.kill('SIGKILL')
    await Promise.all([ended, node.libp2p.stop()])
  }
}

/** Makes counting something that can be left out while streams stand; for those that are opened from now on. */
function switchable (): { isOn: boolean, restore: () => void } {
  const counters: Watches = Counters.prototype
  const { watchInbound, watchOutbound, judge } = counters
  const state = { isOn: true, restore: () => { Object.assign(counters, { watchInbound, watchOutbound, judge }) } }
  /** Lets what counts take the place of a stream's own function, and takes either. */
  const either = <K extends 'dispatchEvent' | 'send'>(stream: Stream, key: K, watch: () => void): void => {
    const bare = stream[key].bind(stream) as (argument: unknown) => unknown
    watch()
    const counted = stream[key].bind(stream) as (argument: unknown) => unknown
    stream[key] = ((argument: unknown) => state.isOn ? counted(argument) : bare(argument)) as Stream[K]
  }
  counters.watchInbound = function (stream, peer) {
    either(stream, 'dispatchEvent', () => { watchInbound.call(this, stream, peer) })
  }
  counters.watchOutbound = function (stream, peer) {
    either(stream, 'send', () => { watchOutbound.call(this, stream, peer) })
  }
  counters.judge = function (...told) {
    if (state.isOn) judge.apply(this, told)
  }
  return state
}

/** Has all neighbours see us on the topic, and see them. */
async function met (pubsub: SwitchingPubsub, neighbours: number): Promise<void> {
  for (let waited = 0; pubsub.subscribers(TOPIC).length < neighbours; waited += LOOK) {
    if (waited > MET_WITHIN) throw new Error('the neighbours do not come')
    await delay(LOOK)
  }
  // They have to hear of our topic, too, and of each other's.
  await delay(2_000)
}

/** Asks for a batch; answers the microseconds of the processor that the main thread takes until all posts of it are here. */
function receiver (pubsub: SwitchingPubsub, ask: () => void): () => Promise<number> {
  let missing = 0
  let arrived = (): void => {}
  pubsub.on('message', () => { if (--missing === 0) arrived() })
  return async () => {
    const all = new Promise<void>((resolve) => { arrived = resolve })
    missing = POSTS
    const begin = process.threadCpuUsage()
    ask()
    await all
    await delay(DUPLICATES)
    const { user, system } = process.threadCpuUsage(begin)
    return user + system
  }
}

function compared (costs: readonly { readonly on: number, readonly off: number }[]): Pick<CountersRow, 'cpuMsPer1000' | 'more' | 'uncertain'> {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const off = mean(costs.map((cost) => cost.off))
  const differences = costs.map((cost) => cost.on - cost.off)
  const more = mean(differences)
  const deviation = Math.sqrt(mean(differences.map((difference) => (difference - more) ** 2)))
  return { cpuMsPer1000: off / POSTS, more: more / off, uncertain: deviation / Math.sqrt(costs.length) / off }
}
