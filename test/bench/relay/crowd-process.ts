// Many clients of a relay in one process; told by its parent what to do.
import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Protocol } from '../../../preload/contract/index.ts'
import { createClient, join, relayId, type Client } from './client.ts'
import { sendTo, startReceiver, type Receiver } from './transfer.ts'

/** What a crowd can be told. */
export interface CrowdCalls {
  /** Clients `first` to `first + count - 1` take places and stay. Resolves when the hub is on each one's topic, or after a minute. */
  readonly join: (options: { readonly first: number, readonly count: number, readonly relay: string, readonly protocol: Protocol, readonly rooms: number }) => Promise<void>
  /** Clients come one after the other, take a place and leave; answers the milliseconds that each waited. */
  readonly newcomers: (options: { readonly first: number, readonly count: number, readonly relay: string, readonly protocol: Protocol }) => Promise<number[]>
  /** Clients here post in turns to their topic; answers how many posts. */
  readonly post: (options: { readonly topic: string, readonly posts: number, readonly everyMs: number }) => Promise<number>
  /** Milliseconds on the way of each post that came since the last call, on one topic. */
  readonly heard: (topic: string) => Promise<number[]>
  /** Clients whose place stands and whose topic the hub is on. */
  readonly standing: () => Promise<number>
  /** How often a client here lost its connection and came back. */
  readonly rejoined: () => Promise<number>
  /** Starts nodes that take in bytes. */
  readonly receivers: (options: { readonly first: number, readonly count: number, readonly relay: string }) => Promise<Receiver[]>
  /** Sends bytes to each address at once; answers MiB a second in all. */
  readonly send: (options: { readonly addresses: readonly string[], readonly relay: string, readonly mib: number }) => Promise<number>
}

/** Dials under way at once. */
const AT_ONCE = 8
const LOOK = 50
const SERVED_WITHIN = 60_000
const AGAIN = 1_000
/** A newcomer is there and seen before the next one comes. */
const BETWEEN = 20
/** Bytes of a short sentence with its envelope. */
const POST_BYTES = 200

const clients: { readonly client: Client, readonly relay: string }[] = []
let rejoined = 0
const heard = new Map<string, number[]>()

const calls: CrowdCalls = {
  join: async ({ first, count, relay, protocol, rooms }) => {
    let next = first
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      while (next < first + count) {
        const index = next++
        const client = await createClient({ protocol, topic: topicOf(index, rooms) })
        listen(client)
        await persist(client, { relay, index })
        clients.push({ client, relay })
        stay(client, { relay, index })
      }
    }))
    const until = performance.now() + SERVED_WITHIN
    while (await calls.standing() < clients.length && performance.now() < until) await delay(LOOK)
  },

  newcomers: async ({ first, count, relay, protocol }) => {
    const times: number[] = []
    for (let index = first; index < first + count; index++) {
      const client = await createClient({ protocol, topic: '/natter/1/newcomers' })
      times.push(await join(client, { relay, index }))
      await delay(BETWEEN)
      await client.node.libp2p.stop()
    }
    return times
  },

  post: async ({ topic, posts, everyMs }) => {
    const authors = clients.filter(({ client }) => client.topic === topic)
    for (let post = 0; authors.length > 0 && post < posts; post++) {
      const payload = Buffer.alloc(POST_BYTES)
      payload.writeBigUInt64BE(process.hrtime.bigint())
      await authors[post % authors.length]?.client.pubsub.publish(topic, payload)
      await delay(everyMs)
    }
    return authors.length > 0 ? posts : 0
  },

  heard: async (topic) => {
    const times = heard.get(topic) ?? []
    heard.delete(topic)
    return times
  },

  standing: async () => clients.filter(({ client: { node, pubsub, topic }, relay }) =>
    node.slots.has(peerIdFromString(relayId(relay))) && pubsub.subscribers(topic).includes(relayId(relay))).length,

  rejoined: async () => rejoined,

  receivers: async ({ first, count, relay }) => {
    const receivers: Receiver[] = []
    for (let index = first; index < first + count; index++) receivers.push(await startReceiver(index, relay))
    return receivers
  },

  send: async ({ addresses, relay, mib }) => sendTo(addresses, relay, mib)
}

interface Where { readonly relay: string, readonly index: number }

/** Asks again every second, as a desktop does: on a machine that stands still for seconds, dials fail. */
async function persist (client: Client, where: Where): Promise<void> {
  for (let failed = true; failed;) {
    failed = await join(client, where).then(() => false, () => true)
    if (failed) await delay(AGAIN)
  }
}

/** Comes back when the connection is lost. */
function stay (client: Client, where: Where): void {
  client.node.libp2p.addEventListener('peer:disconnect', () => {
    rejoined++
    void delay(AGAIN).then(async () => persist(client, where))
  })
}

function topicOf (index: number, rooms: number): string {
  return `/natter/1/room-${index % rooms}`
}

/** The clock is the machine's, so that processes can be compared. */
function listen ({ pubsub }: Client): void {
  pubsub.on('message', ({ topic, data }) => {
    const sent = Buffer.from(data).readBigUInt64BE()
    const times = heard.get(topic) ?? []
    times.push(Number(process.hrtime.bigint() - sent) / 1e6)
    heard.set(topic, times)
  })
}

/** A call from the parent, and the answer to it. */
export interface Call { readonly id: number, readonly name: keyof CrowdCalls, readonly argument: unknown }
export type Answer = { readonly id: number, readonly value: unknown } | { readonly id: number, readonly error: string }

process.on('message', ({ id, name, argument }: Call) => {
  (calls[name] as (argument: unknown) => Promise<unknown>)(argument).then(
    (value) => process.send?.({ id, value } satisfies Answer),
    (error: unknown) => process.send?.({ id, error: error instanceof Error ? error.stack ?? error.message : String(error) } satisfies Answer))
})
process.on('disconnect', () => { process.exit(0) })
