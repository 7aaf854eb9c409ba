import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, describe, expect, it } from 'vitest'
import type { Protocol } from '../../../preload/contract/index.ts'
import { PROTOCOLS, TestNet, TOPIC, crosses, post, texts, type TestNode } from '../support/test-net.ts'
import { RawPeer } from '../support/raw-peer.ts'
import { pause, until } from '../support/until.ts'
import { connectTo, startRelay, type TestRelay } from './support.ts'

const net = new TestNet()
afterEach(async () => net.stop())

/** Somebody on a topic who knows the hub alone. */
async function client (relay: TestRelay, protocol: Protocol = 'gossipsub', topics: readonly string[] = [TOPIC]): Promise<TestNode> {
  const node = await net.node({ protocol, topics })
  await connectTo(node, relay)
  await until(() => topics.every((topic) =>
    node.pubsub.subscribers(topic).includes(relay.id) && relay.pubsub?.subscribers(topic).includes(node.id) === true), 5_000, 'the hub is on the topics, and knows that its client is')
  return node
}

async function crossesOn (topic: string, from: TestNode, to: readonly TestNode[], text: string): Promise<void> {
  await post(from, text, topic)
  await until(() => to.every((node) => texts(node).includes(text)), 3_000, `'${text}' is read by everybody`)
}

const mixes = PROTOCOLS.flatMap((a) => PROTOCOLS.map((b) => ({ a, b })))

it.each(mixes)('carries posts both ways between $a and $b', async ({ a, b }) => {
  const relay = await startRelay(net)
  const [one, two] = [await client(relay, a), await client(relay, b)]
  expect(one.components.connectionManager.getConnections(two.libp2p.peerId)).toEqual([])
  for (let i = 0; i < 10; i++) {
    await crosses(one, [two], `there ${i}`)
    await crosses(two, [one], `back ${i}`)
  }
})

describe('topics', () => {
  it('are taken up with their first client and dropped after the last', async () => {
    const relay = await startRelay(net, { hub: { linger: 50 } })
    const [a, b] = [await client(relay), await client(relay, 'floodsub')]
    expect(relay.stats.hub?.topics).toBe(1)
    a.pubsub.unsubscribe(TOPIC)
    await until(() => !b.pubsub.subscribers(TOPIC).includes(a.id), 1_000, 'a has left')
    expect(relay.stats.hub?.topics).toBe(1)
    await b.libp2p.stop()
    await until(() => relay.stats.hub?.topics === 0, 2_000, 'the hub has nobody on the topic')
    await until(() => !a.pubsub.subscribers(TOPIC).includes(relay.id), 2_000, 'the hub has left the topic')
  })

  it('are named to those alone who named them first', async () => {
    const relay = await startRelay(net, { hub: { linger: 50 } })
    const told: string[] = []
    const stranger = await RawPeer.start(net, 'gossipsub')
    stranger.onRpc = ({ subscriptions = [] }) => { told.push(...subscriptions.map(({ topic, subscribe }) => `${subscribe ? '+' : '-'}${topic}`)) }
    await client(relay, 'gossipsub', ['before', TOPIC])
    const stream = await stranger.open(await stranger.connect(multiaddr(relay.address)))
    await stream.send({ subscriptions: [{ subscribe: true, topic: TOPIC }] })
    await until(() => told.length > 0, 2_000, 'the hub answers')
    const later = await client(relay, 'floodsub', ['later'])
    await later.libp2p.stop()
    await until(() => relay.stats.hub?.topics === 2, 2_000, 'the hub has left the later topic')
    await stream.send({ subscriptions: [{ subscribe: false, topic: TOPIC }, { subscribe: true, topic: 'own' }] })
    await until(() => told.includes('+own'), 2_000, 'the hub follows')
    expect(told).toEqual([`+${TOPIC}`, '+own'])
  })

  // Trap: gossipsub peers do not take one another back for 10 s after a leave.
  it('are kept a while, so that the next to come reads at once', async () => {
    const relay = await startRelay(net)
    const a = await client(relay, 'gossipsub', [TOPIC, 'other'])
    a.pubsub.unsubscribe(TOPIC)
    await until(() => relay.stats.hub?.topics === 1, 1_000, 'nobody is on the topic')
    expect(a.pubsub.subscribers(TOPIC)).toContain(relay.id)
    const [b, c] = [await client(relay), await client(relay)]
    await crosses(b, [c], 'at once')
  })

  it('are capped for one client, and another is not affected', async () => {
    const relay = await startRelay(net, { hub: { limits: { topicsPerClient: 2 } } })
    const greedy = await client(relay, 'gossipsub', ['one', 'two'])
    greedy.pubsub.subscribe('three')
    await until(() => relay.stats.hub?.refusedSubscriptions === 1, 2_000, 'the third is refused')
    const [b, c] = [await client(relay, 'gossipsub', ['three']), await client(relay, 'floodsub', ['three'])]
    await crossesOn('three', b, [c], 'fine')
    await until(() => greedy.pubsub.subscribers('three').includes(relay.id), 2_000, 'the hub is on it for others')
    await post(greedy, 'not carried', 'three')
    await until(() => (relay.stats.hub?.dropped.topics ?? 0) > 0, 2_000, 'it is counted as dropped')
    greedy.pubsub.unsubscribe('one')
    await until(() => relay.stats.hub?.refusedSubscriptions === 0, 2_000, 'there is room')
    await crossesOn('three', greedy, [b, c], 'carried now')
    expect(texts(b)).not.toContain('not carried')
  })

  it('are capped in all', async () => {
    const relay = await startRelay(net, { hub: { limits: { topics: 1 } } })
    const a = await client(relay, 'gossipsub', ['one'])
    a.pubsub.subscribe('two')
    await until(() => relay.stats.hub?.refusedSubscriptions === 1, 2_000, 'the second is refused')
    expect(relay.stats.hub?.topics).toBe(1)
    await pause(100)
    expect(a.pubsub.subscribers('two')).toEqual([])
  })
})

describe('posts', () => {
  it.each(PROTOCOLS)('are capped for one client, and another is not affected (%s)', async (protocol) => {
    const relay = await startRelay(net, { hub: { limits: { postsPerSecond: 4 } } })
    const [loud, other, reader] = [await client(relay, protocol), await client(relay), await client(relay)]
    // 5 s' worth at once: 20. What is dropped stays below what a client is shut out for.
    for (let i = 0; i < 40; i++) {
      await post(loud, `loud ${i}`)
    }
    await until(() => (relay.stats.hub?.dropped.posts ?? 0) >= 15, 3_000, 'the rest is dropped')
    await crosses(other, [reader], 'calm')
    const heard = texts(reader).filter((text) => text.startsWith('loud')).length
    expect(heard).toBeGreaterThanOrEqual(20)
    expect(heard).toBeLessThanOrEqual(25)
    expect(loud.components.connectionManager.getConnections(relay.libp2p.peerId)).toHaveLength(1)
  })

  it('are capped by their bytes', async () => {
    const relay = await startRelay(net, { hub: { limits: { bytesPerSecond: 1_000 } } })
    const [a, b] = [await client(relay), await client(relay)]
    await post(a, 'x'.repeat(6_000))
    await until(() => relay.stats.hub?.dropped.bytes === 1, 2_000, 'it is dropped')
    await crosses(a, [b], 'small')
    expect(texts(b)).toEqual(['small'])
  })

  it('shut out who goes on far beyond the cap, so that the others keep their hub', async () => {
    const relay = await startRelay(net, { hub: { limits: { postsPerSecond: 4 } } })
    const [loud, other, reader] = [await client(relay), await client(relay), await client(relay)]
    let count = 0
    await until(async () => {
      await post(loud, `loud ${count++}`)
      return !loud.libp2p.getPeers().some((peer) => peer.equals(relay.libp2p.peerId))
    }, 10_000, 'it is disconnected')
    expect(count).toBeGreaterThan(100)
    await crosses(other, [reader], 'calm')
    const again = await connectTo(loud, relay).catch(() => undefined)
    await until(() => again === undefined || again.status !== 'open', 1_000, 'it cannot come back at once')
  })
})

it('takes no part in topics when told not to', async () => {
  const relay = await startRelay(net, { hub: false })
  const node = await net.node()
  await connectTo(node, relay)
  const offers = async (): Promise<string[]> => (await node.components.peerStore.get(relay.libp2p.peerId)).protocols
  await until(async () => (await offers()).length > 0, 2_000, 'it has said what it offers')
  const protocols = await offers()
  expect(protocols.filter((protocol) => /meshsub|floodsub|hub/.test(protocol))).toEqual([])
  expect(protocols).toContain('/natter/dial-back/1.0.0')
  expect(protocols).toContain('/libp2p/circuit/relay/0.2.0/hop')
  expect(relay.stats.hub).toBeUndefined()
})
