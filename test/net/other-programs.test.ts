import type { Connection } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, describe, expect, it } from 'vitest'
import { MAX_NAMED } from '../../main/node/limits.ts'
import { hasOutboundPubsub } from '../../main/node/pubsub/router.ts'
import { heard as heardBy, reserved, say, startDesktop, startRelay } from './support/desktops.ts'
import { RawPeer, subscribe, type ForeignRawPeer, type RawRpc, type RawStream } from './support/raw-peer.ts'
import { post, PROTOCOLS, TestNet, TOPIC, type TestNode } from './support/test-net.ts'
import { pause, until } from './support/until.ts'

const net = new TestNet()
afterEach(async () => net.stop())

/** What Rust calls itself. */
const RUST = 'rust-libp2p/0.47.0'
const namings = (raw: ForeignRawPeer): RawRpc[] => raw.received.filter(({ subscriptions }) => subscriptions?.some(({ topic, subscribe }) => subscribe && topic === TOPIC))
const heard = (raw: ForeignRawPeer): string[] => raw.messages.map(({ data }) => Buffer.from(data ?? []).toString())

/** A peer that named its topic, and that a stream leads to. */
async function neighbour (node: TestNode, raw: ForeignRawPeer): Promise<{ readonly connection: Connection, readonly stream: RawStream }> {
  const connection = await raw.connect(node.address)
  const stream = await raw.open(connection)
  await stream.send(subscribe(TOPIC))
  await until(() => node.pubsub.subscribers(TOPIC).includes(raw.id) && namings(raw).length > 0, 3_000, 'both know each other on the topic')
  return { connection, stream }
}

describe.each(PROTOCOLS)('with %s', (protocol) => {
  const start = async (): Promise<readonly [TestNode, ForeignRawPeer]> => Promise.all([net.node({ protocol }), RawPeer.foreign(net, protocol, RUST)])

  // With topics expected anew on each stream, none of these posts is sent: 0 of 20 (measured with Rust).
  it('a peer that names its topics once, on its first connection, is heard out on the next', async () => {
    const [node, raw] = await start()
    const { connection } = await neighbour(node, raw)
    const second = await raw.connect(node.address)
    const stream = await raw.open(second)
    await pause(1_300)
    expect(node.pubsub.subscribers(TOPIC)).toEqual([raw.id])
    await connection.close()
    await until(() => node.libp2p.getConnections(raw.node.libp2p.peerId).some(hasOutboundPubsub) && node.libp2p.getConnections(raw.node.libp2p.peerId).length === 1, 3_000, 'a stream leads to it on the second')
    await post(node, 'on the second')
    await until(() => heard(raw).includes('on the second'), 2_000, 'it gets the post')
    await stream.send({ subscriptions: [{ subscribe: false, topic: TOPIC }] })
    await until(() => node.pubsub.subscribers(TOPIC).length === 0, 2_000, 'it unsubscribed')
  })

  // A router that was made anew, and one that let go of the peer, know of nobody's topics.
  it('such a peer gets posts also after a switch of protocol there and back', async () => {
    const [node, raw] = await start()
    await neighbour(node, raw)
    await node.pubsub.switchTo(protocol === 'gossipsub' ? 'floodsub' : 'gossipsub')
    await node.pubsub.switchTo(protocol)
    await until(() => node.libp2p.getConnections(raw.node.libp2p.peerId).some(hasOutboundPubsub), 3_000, 'a stream leads to it')
    await post(node, 'after it')
    await until(() => heard(raw).includes('after it'), 2_000, 'it gets the post')
  })

  // Go forgets our topics when its stream ends: without this it never sends us anything again.
  it('our topics are named again on each new stream of a peer, so often that it cannot make us talk', async () => {
    const [node, raw] = await start()
    const { connection, stream: first } = await neighbour(node, raw)
    const before = namings(raw).length
    await first.stream.close()
    const second = await raw.open(connection)
    await until(() => namings(raw).length > before, 2_000, 'the topic is named again')
    await second.stream.close()
    const began = performance.now()
    for (let index = 0; index < 60; index++) {
      // Where only one may stand, the others are refused.
      await raw.open(connection).then(({ stream }) => { stream.abort(new Error('flapping')) }, () => {})
      await pause(10)
    }
    expect(namings(raw).length).toBeLessThanOrEqual(MAX_NAMED.atOnce + 1 + (performance.now() - began) / MAX_NAMED.every)
    const held = namings(raw).length
    await raw.open(connection)
    // A router that let go of the peer over a stream that was reset finds it again within 2 s.
    await until(() => namings(raw).length > held, 5_000, 'it is named once more at the end')
  })

  it('a Natter that comes to be on no topic says so on its next stream, and is believed', async () => {
    const [node, raw] = await Promise.all([net.node({ protocol }), RawPeer.start(net, protocol)])
    const { connection, stream } = await neighbour(node, raw)
    await stream.stream.close()
    const second = await raw.open(connection)
    expect(node.pubsub.subscribers(TOPIC)).toEqual([raw.id])
    await second.send({ subscriptions: [{ subscribe: false, topic: '' }] })
    await until(() => node.pubsub.subscribers(TOPIC).length === 0, 500, 'it is off the topic at once')
  })

  it('we say what we left when a stream of ours takes the place of one that the peer may not have read', async () => {
    const [node, raw] = await start()
    const { connection, stream } = await neighbour(node, raw)
    node.pubsub.unsubscribe(TOPIC)
    await until(() => raw.received.some(({ subscriptions }) => subscriptions?.some(({ subscribe }) => !subscribe)), 2_000, 'it is told')
    raw.received.length = 0
    await stream.stream.close()
    await raw.open(connection)
    await until(() => raw.received.length > 0, 2_000, 'it is told again')
    expect(raw.received[0]?.subscriptions).toEqual([{ subscribe: false, topic: TOPIC }])
  })
})

it('a Natter on no topic says that to Natters, and nothing to others', async () => {
  const node = await net.node({ topics: [] })
  const [natter, rust] = [await RawPeer.start(net, 'gossipsub'), await RawPeer.foreign(net, 'gossipsub', RUST)]
  for (const raw of [natter, rust]) await raw.open(await raw.connect(node.address))
  await until(() => natter.received.length > 0 && rust.incoming.length > 0, 3_000, 'streams stand')
  await pause(100)
  expect(natter.received.flatMap(({ subscriptions }) => subscriptions ?? [])).toEqual([{ subscribe: false, topic: '' }])
  expect(rust.received.flatMap(({ subscriptions }) => subscriptions ?? [])).toEqual([])
})

// rust-libp2p's Gossipsub speaks Floodsub only where its user switches that on.
describe('a peer whose Gossipsub does not speak Floodsub, and a Natter on Floodsub', () => {
  it('hear nothing of each other over a connection of their own, and a post counts as sent to nobody', async () => {
    const [node, raw] = [await net.node({ protocol: 'floodsub' }), await RawPeer.foreign(net, 'gossipsub', RUST)]
    await raw.connect(node.address)
    await pause(1_500)
    expect([node.pubsub.subscribers(TOPIC), raw.incoming.length, (await post(node, 'to nobody'))]).toEqual([[], 0, []])
  })

  it('hear each other through a hub', async () => {
    const relay = await startRelay(net)
    const [ada, raw] = [await startDesktop(net, { relays: [relay.candidate], protocol: 'floodsub' }), await RawPeer.foreign(net, 'gossipsub', RUST)]
    await reserved(ada, relay)
    const stream = await raw.open(await raw.connect(multiaddr(relay.address)))
    await stream.send(subscribe(TOPIC))
    await until(async () => {
      const recipients = await say(ada, 'from Ada')
      return ada.node.people.reached(TOPIC, recipients) === 1 && heard(raw).includes('from Ada')
    }, 8_000, 'the peer reads Ada')
    await stream.send({ messages: [await raw.sign(Buffer.from('from them'))] })
    await until(() => heardBy(ada).includes('from them'), 3_000, 'Ada reads the peer')
  })
})
