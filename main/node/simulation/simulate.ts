import { setTimeout as delay } from 'node:timers/promises'
import { NodeError } from '../errors.ts'
import { createRandom, isWithin, makeGraph, type Graph } from './graph.ts'
import { connectNodes, settleMesh, startNodes, stopNodes, TOPIC, type SimulatedNode } from './network.ts'
import type { Contender, SimulationOptions, SimulationProgress, SimulationRow } from './types.ts'

/** Milliseconds between two posts at least: people in a lively topic, and time for copies that are still under way. */
const BETWEEN = 50
/** Milliseconds that the next post waits at most until everybody has the last one; what comes later still counts. */
const WAIT_FOR = 5_000
/** Milliseconds after the last post in which gossip about it goes round: one heartbeat of Gossipsub and some. */
const AFTER = 1_500
const LOOK = 2
/** Posts before those that are measured: until then a thread's code is not compiled yet, which trebled the times of the first contender (measured). */
const WARM_UP = 40

/**
 * Sends the same posts through the same network under each contender, one
 * after the other, in this thread.
 *
 * @throws {NodeError} `ERR_BAD_SIMULATION` for options out of bounds
 */
export async function simulate (options: SimulationOptions, onProgress: (progress: SimulationProgress) => void): Promise<readonly SimulationRow[]> {
  const { contenders, posts, bytes = 200, seed = 1 } = options
  if (!isWithin(posts, 1, 1_000) || !isWithin(bytes, 16, 65_536)) {
    throw new NodeError('ERR_BAD_SIMULATION', 'A simulation sends 1 to 1,000 posts of 16 to 65,536 bytes.')
  }
  const graph = makeGraph(options.graph, createRandom(seed))
  const rows: SimulationRow[] = []
  for (const contender of contenders) {
    const tell: Tell = (stage, done, of) => { onProgress({ contender, stage, done, of }) }
    const nodes = await startNodes(graph.nodes, contender)
    try {
      await connectNodes(nodes, graph, (done) => { tell('connecting', done, graph.edges.length) })
      tell('settling', 0, 1)
      await settleMesh(nodes)
      rows.push(await measure(nodes, graph, { contender, posts, bytes, author: options.graph.kind === 'diamond' ? () => 0 : pickFrom(graph.nodes, seed) }, tell))
    } finally {
      await stopNodes(nodes)
    }
  }
  return rows
}

type Tell = (stage: SimulationProgress['stage'], done: number, of: number) => void

interface Run {
  readonly contender: Contender
  readonly posts: number
  readonly bytes: number
  /** The number of the next post's author. */
  readonly author: () => number
}

function pickFrom (nodes: number, seed: number): () => number {
  const random = createRandom(seed)
  return () => Math.floor(random() * nodes)
}

async function measure (nodes: readonly SimulatedNode[], { nodes: count, degree }: Graph, { contender, posts, bytes, author }: Run, tell: Tell): Promise<SimulationRow> {
  const sentAt: number[] = []
  const readers: number[] = []
  const times: number[] = []
  const listeners = nodes.map(({ pubsub }) => {
    const listener = ({ data }: { readonly data: Uint8Array }): void => {
      const number = new DataView(data.buffer, data.byteOffset).getUint32(0)
      readers[number] = (readers[number] ?? 0) + 1
      if (number >= WARM_UP) times.push(performance.now() - (sentAt[number] ?? 0))
    }
    pubsub.on('message', listener)
    return () => pubsub.off('message', listener)
  })
  const post = async (number: number): Promise<void> => {
    const data = new Uint8Array(bytes)
    new DataView(data.buffer).setUint32(0, number)
    const { pubsub } = nodes[author()] as SimulatedNode
    const now = performance.now()
    sentAt[number] = now
    await pubsub.publish(TOPIC, data)
    while (performance.now() < now + BETWEEN || ((readers[number] ?? 0) < count - 1 && performance.now() < now + WAIT_FOR)) await delay(LOOK)
  }
  for (let number = 0; number < WARM_UP; number++) {
    tell('warming', number, WARM_UP)
    await post(number)
  }
  await delay(AFTER)
  const before = total(nodes)
  const cpu = cpuTime()
  for (let number = 0; number < posts; number++) {
    await post(WARM_UP + number)
    tell('posting', number + 1, posts)
  }
  await delay(AFTER)
  const spent = cpuTime() - cpu
  const after = total(nodes)
  listeners.forEach((end) => end())
  times.sort((a, b) => a - b)
  return {
    protocol: contender,
    nodes: count,
    degree,
    delivered: times.length / (posts * (count - 1)),
    copies: after.copies.map((copies, node) => (copies - (before.copies[node] ?? 0)) / posts),
    duplicatesPerPost: (after.duplicates - before.duplicates) / (posts * count),
    bytesPerPost: (after.bytes - before.bytes) / (posts * count),
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
    cpuMsPer1000: spent / times.length
  }
}

/** Microseconds that this thread has worked; NaN where the runtime does not know. */
function cpuTime (): number {
  // Electron runs on Node 20 in tests.
  const { threadCpuUsage } = process as Partial<Pick<NodeJS.Process, 'threadCpuUsage'>>
  const { user, system } = threadCpuUsage?.() ?? { user: NaN, system: NaN }
  return user + system
}

/** What the counters of all nodes say; `copies` a node. */
function total (nodes: readonly SimulatedNode[]): { readonly copies: readonly number[], readonly duplicates: number, readonly bytes: number } {
  const all = nodes.map(({ pubsub }) => pubsub.counts())
  const topics = all.flatMap((counts) => counts.topics)
  return {
    copies: all.map((counts) => counts.topics.reduce((sum, { first, duplicates }) => sum + first + duplicates, 0)),
    duplicates: topics.reduce((sum, { duplicates }) => sum + duplicates, 0),
    bytes: topics.reduce((sum, { payloadIn }) => sum + payloadIn, 0) + all.flatMap(({ control }) => control).reduce((sum, { controlIn }) => sum + controlIn, 0)
  }
}

/** Of values in ascending order; 0 for none. */
function quantile (values: readonly number[], share: number): number {
  return values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0
}
