import { afterEach, beforeEach, expect, it } from 'vitest'
import { createHistory } from '../../main/chat/history/create-history.ts'
import type { History } from '../../main/chat/history/types.ts'
import { createChannels } from '../../main/node/channels.ts'
import { payloadOf, PlainHistory, takerOf } from '../unit/support/plain-history.ts'
import { connect, dialThrough, meet, reserve, TestNet, TOPIC, type TestNode } from './support/test-net.ts'
import { until } from './support/until.ts'

const BEGIN = Date.UTC(2026, 10, 1)
const MINUTE = 60_000

let net: TestNet
beforeEach(() => { net = new TestNet() })
afterEach(async () => net.stop())

interface Desk {
  readonly node: TestNode
  readonly store: PlainHistory
  readonly history: History
  /** Whom it shut out. */
  readonly shutOut: string[]
}

async function desk (posts: number, { answerOnly = false, hubs = [], bytes = 150, slow = 0 }: { readonly answerOnly?: boolean, readonly hubs?: readonly string[], readonly bytes?: number, readonly slow?: number } = {}): Promise<Desk> {
  const node = await (answerOnly ? net.hub() : net.node())
  const store = new PlainHistory()
  for (let at = 0; at < posts; at++) store.add(TOPIC, payloadOf(TOPIC, BEGIN + at * MINUTE, `${node.id} ${String(at)} ${'x'.repeat(bytes)}`))
  const channels = createChannels(node.components, node.gater)
  const shutOut: string[] = []
  const history = await createHistory({
    self: node.id,
    channels: { ...channels, shutOut: (peerId) => { shutOut.push(peerId) } },
    store,
    isOurs: (topic) => topic === TOPIC,
    sharedWith: (peerId) => node.pubsub.subscribers(TOPIC).includes(peerId) ? [TOPIC] : [],
    isHub: (peerId) => hubs.includes(peerId),
    floor: () => 0,
    take: async (topic, payloads) => {
      await new Promise((resolve) => { setTimeout(resolve, slow) })
      return takerOf(store)(topic, payloads, '')
    }
  }, { answerOnly, times: { giveWay: 300, gap: 200, gossip: 200, renewed: 300, retry: 200 } })
  node.pubsub.on('subscribers:change', ({ topics }) => { history.look(topics) })
  net.atEnd(async () => history.close())
  return { node, store, history, shutOut }
}

const count = ({ store }: Desk): number => store.keys(TOPIC).length

it('two that meet have the same history, and again after they were parted', async () => {
  const [a, b] = await Promise.all([desk(700), desk(300)])
  const connection = await connect(a.node, b.node)
  await until(() => count(a) === 1_000 && count(b) === 1_000, 10_000, () => `both have all: ${String(count(a))}, ${String(count(b))}`)
  await connection.close()
  await until(() => a.node.libp2p.getConnections().length === 0 && b.node.libp2p.getConnections().length === 0, 5_000, 'they are parted')
  a.store.add(TOPIC, payloadOf(TOPIC, BEGIN, 'by a, meanwhile'))
  b.store.add(TOPIC, payloadOf(TOPIC, BEGIN, 'by b, meanwhile'))
  await connect(b.node, a.node)
  await until(() => count(a) === 1_002 && count(b) === 1_002, 10_000, () => `both have all: ${String(count(a))}, ${String(count(b))}`)
  expect([...a.shutOut, ...b.shutOut]).toEqual([])
})

it('over circuits that carry 64 KiB each it goes on where it stopped, and leaves room for live posts', async () => {
  const relay = await net.plainRelay({ reservations: { applyDefaultLimit: true, defaultDataLimit: 65_536n } })
  const [a, b] = await Promise.all([desk(400), desk(0)])
  await reserve(a.node, relay)
  let circuits = 0
  while (count(b) < 400 && circuits < 15) {
    circuits += 1
    const before = count(b)
    const circuit = await dialThrough(b.node, relay, a.node)
    await meet(a.node, b.node)
    await until(() => count(b) > before, 10_000, () => `circuit ${String(circuits)} brings posts: ${String(count(b))}`)
    // Until what it may use is used.
    let last = -1
    await until(async () => {
      const now = count(b)
      const isStill = now === last
      last = now
      await new Promise((resolve) => { setTimeout(resolve, 500) })
      return isStill
    }, 10_000, 'it rests')
    expect(circuit.status).toBe('open')
    expect(Number(circuit.limits?.bytes)).toBeGreaterThan(8_192)
    await circuit.close()
    await until(() => a.node.libp2p.getConnections(b.node.libp2p.peerId).length === 0, 5_000, 'the circuit is gone')
  }
  expect(count(b)).toBe(400)
  expect(circuits).toBeGreaterThan(1)
  expect([...a.shutOut, ...b.shutOut]).toEqual([])
})

it('two that meet only a hub, one at a time, get each other\'s posts', async () => {
  const hub = await desk(0, { answerOnly: true })
  const hubs = [hub.node.id]
  const [a, b] = await Promise.all([desk(50, { hubs }), desk(60, { hubs })])
  for (const [client, posts] of [[a, 50], [b, 110], [a, 110]] as const) {
    const connection = await client.node.libp2p.dial(hub.node.address)
    await until(() => count(hub) === posts && count(client) === posts, 10_000, () => `both have ${String(posts)}: ${String(count(hub))}, ${String(count(client))}`)
    await connection.close()
    await until(() => hub.node.libp2p.getConnections(client.node.libp2p.peerId).length === 0, 5_000, 'they are parted')
  }
})

it('long posts both ways to peers that are slow to take them in do not overrun the channel', async () => {
  const [a, b] = await Promise.all([desk(250, { bytes: 16_000, slow: 150 }), desk(250, { bytes: 16_000, slow: 150 })])
  await connect(a.node, b.node)
  // 4 MB each way, in messages of at most 192 KiB.
  await until(() => count(a) === 500 && count(b) === 500, 30_000, () => `both have all: ${String(count(a))}, ${String(count(b))}`)
  // While the other's session is still at its end, ours is refused.
  await until(async () => (await a.history.sync(b.node.id, TOPIC).catch(() => undefined))?.roundTrips === 2, 10_000, 'they agree that nothing differs')
  expect([...a.shutOut, ...b.shutOut]).toEqual([])
})
