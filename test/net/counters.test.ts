import { plaintext } from '@libp2p/plaintext'
import { afterEach, expect, it } from 'vitest'
import type { PeerCount, PubsubCounts, Traffic } from '../../main/node/types.ts'
import { proxyTo } from './support/proxy.ts'
import { PubsubBytes } from './support/pubsub-bytes.ts'
import { RawPeer, subscribe } from './support/raw-peer.ts'
import { connect, crosses, meet, post, PROTOCOLS, TestNet, texts, TOPIC, type TestNode } from './support/test-net.ts'
import { until } from './support/until.ts'
import type { Protocol } from '../../preload/contract/index.ts'

const net = new TestNet()
afterEach(async () => { await net.stop() })

const POSTS = 20

/** 1–2, 1–3, 2–4, 3–4. */
async function diamond (protocol: Protocol): Promise<readonly [TestNode, TestNode, TestNode, TestNode]> {
  const nodes = await Promise.all([1, 2, 3, 4].map(async () => net.node({ protocol }))) as unknown as readonly [TestNode, TestNode, TestNode, TestNode]
  const [one, two, three, four] = nodes
  await Promise.all([connect(one, two), connect(one, three), connect(two, four), connect(three, four)])
  return nodes
}

function from (node: TestNode, peer: TestNode, protocol?: Protocol): PeerCount {
  const none = { topic: TOPIC, peer: peer.id, first: 0, duplicates: 0, forwarded: 0, payloadIn: 0, payloadOut: 0 }
  return node.pubsub.counts(protocol).topics.find(({ peer: id, topic }) => id === peer.id && topic === TOPIC) ?? none
}

function copies (node: TestNode, peer: TestNode): number {
  const { first, duplicates } = from(node, peer)
  return first + duplicates
}

/** Everybody's posts, and until what was sent has come. */
async function settled (nodes: readonly TestNode[]): Promise<void> {
  const sum = (key: 'payloadIn' | 'payloadOut'): number => nodes.flatMap(({ pubsub }) => pubsub.counts().topics).reduce((all, count) => all + count[key], 0)
  await until(() => sum('payloadIn') === sum('payloadOut'), 5_000, () => `what was sent has come: ${String(sum('payloadOut'))} and ${String(sum('payloadIn'))}`)
}

it('counts two copies of each post at the far end of a diamond with Floodsub', async () => {
  const nodes = await diamond('floodsub')
  const [one, two, three, four] = nodes
  for (let n = 0; n < POSTS; n++) await crosses(one, [two, three, four], `post ${String(n)}`)
  const judged = (): number => nodes.flatMap(({ pubsub }) => pubsub.counts().topics).reduce((all, { first, duplicates }) => all + first + duplicates, 0)
  // 1 sends two copies, 2 and 3 one each, and 4 to whom the post did not come from.
  await until(() => judged() === POSTS * 5, 5_000, () => `five copies a post on the wire: ${String(judged())}`)
  await settled(nodes)
  expect(copies(four, two) + copies(four, three)).toBe(POSTS * 2)
  expect(from(four, two).first + from(four, three).first).toBe(POSTS)
  expect(from(four, two).duplicates + from(four, three).duplicates).toBe(POSTS)
  for (const [near, other] of [[two, three], [three, two]] as const) {
    expect(from(near, one)).toMatchObject({ first: POSTS, duplicates: 0, forwarded: 0 })
    expect(from(near, four)).toMatchObject({ first: 0, forwarded: POSTS })
    // 4 passes on to this one what came to it from the other.
    expect(from(near, four).duplicates).toBe(from(four, other).first)
    expect(from(four, near).forwarded).toBe(from(four, other).first)
  }
  expect(from(one, two)).toMatchObject({ first: 0, duplicates: 0, forwarded: 0, payloadIn: 0 })
  expect(from(one, two).payloadOut).toBe(from(two, one).payloadIn)
  expect(four.pubsub.counts()).toMatchObject({ protocol: 'floodsub', mesh: {}, fanout: {} })
})

it.each(PROTOCOLS)('counts each byte that a proxy outside sees, with %s', async (protocol) => {
  const network = { encryption: [plaintext()] }
  const [a, b] = await Promise.all([net.node({ protocol, network }), net.node({ protocol, network })])
  const seen = { in: new PubsubBytes(), out: new PubsubBytes() }
  const proxy = await proxyTo(net, b.address, (direction, bytes) => { seen[direction].take(bytes) })
  await a.libp2p.dial(proxy.address)
  await meet(a, b)
  // From one byte to many frames of the muxer.
  for (const size of [1, 300, 5_000, 400_000]) {
    await Promise.all([[a, b, 'a'], [b, a, 'b']].map(async ([from, to, letter]) => crosses(from as TestNode, [to as TestNode], (letter as string).repeat(size), 10_000)))
  }
  const total = ({ topics, control }: PubsubCounts, way: 'In' | 'Out'): number =>
    topics.reduce((sum, count) => sum + count[`payload${way}`], 0) + control.reduce((sum, count) => sum + count[`control${way}`], 0)
  const counted = (): number[] => [total(a.pubsub.counts(), 'Out'), total(b.pubsub.counts(), 'In'), total(a.pubsub.counts(), 'In'), total(b.pubsub.counts(), 'Out')]
  const outside = (): number[] => [seen.out.count(), seen.out.count(), seen.in.count(), seen.in.count()]
  await until(() => String(counted()) === String(outside()), 5_000, () => `the counters agree with the wire: ${String(counted())} and ${String(outside())}`)
  expect(outside()[0]).toBeGreaterThan(405_301)
  expect(from(a, b)).toMatchObject({ first: 4, duplicates: 0 })
})

it('counts gossip, and shows who is in the mesh', async () => {
  const nodes = await diamond('gossipsub')
  const [one, two, three, four] = nodes
  await until(() => one.pubsub.counts().mesh[TOPIC]?.length === 2, 5_000, 'the mesh stands')
  expect([...one.pubsub.counts().mesh[TOPIC] ?? []].sort()).toEqual([two.id, three.id].sort())
  // Beyond 512 bytes who has a post says so.
  await crosses(one, [two, three, four], 'x'.repeat(2_000))
  const ids = (node: TestNode, key: 'idontwantIn' | 'idontwantOut'): number => node.pubsub.counts().control.reduce((sum, each) => sum + each[key], 0)
  const all = (key: 'idontwantIn' | 'idontwantOut'): number => nodes.reduce((sum, node) => sum + ids(node, key), 0)
  await until(() => all('idontwantIn') > 0 && all('idontwantIn') === all('idontwantOut'), 5_000, () => `what is not wanted is told: ${String(all('idontwantOut'))}`)
})

it('keeps a set for each protocol', async () => {
  const [a, b] = await Promise.all([net.node({ protocol: 'floodsub' }), net.node({ protocol: 'floodsub' })])
  await connect(a, b)
  await crosses(a, [b], 'flooded')
  await Promise.all([a, b].map(async ({ pubsub }) => pubsub.switchTo('gossipsub')))
  await meet(a, b)
  await crosses(a, [b], 'gossiped')
  await crosses(a, [b], 'gossiped again')
  expect(from(b, a, 'floodsub')).toMatchObject({ first: 1, duplicates: 0 })
  expect(from(b, a)).toMatchObject({ first: 2, duplicates: 0 })
  expect(b.pubsub.counts('floodsub').mesh).toEqual({})
})

it('tells who listens of each copy', async () => {
  const nodes = await diamond('floodsub')
  const [one, two, three, four] = nodes
  const traffic: Traffic[] = []
  four.pubsub.on('traffic', (each) => { traffic.push(each) })
  await crosses(one, [two, three, four], 'seen')
  await until(() => traffic.length === 3, 3_000, () => `a copy, a duplicate, and one sent on: ${JSON.stringify(traffic)}`)
  expect(traffic.filter(({ direction }) => direction === 'in').map(({ duplicate }) => duplicate)).toEqual([false, true])
  expect(traffic.filter(({ direction }) => direction === 'out')).toMatchObject([{ topic: TOPIC, duplicate: false }])
})

it.each(PROTOCOLS)('puts topics that we are not on, and what is forged, under neither first nor duplicates, with %s', async (protocol) => {
  const node = await net.node({ protocol })
  const raw = await RawPeer.start(net, protocol)
  const stream = await raw.open(await raw.connect(node.address))
  await stream.send(subscribe(TOPIC))
  await until(() => node.pubsub.subscribers(TOPIC).includes(raw.id), 3_000, 'the node takes the neighbour in')
  const good = await raw.sign(Buffer.from('good'))
  await stream.send({ messages: [{ ...good, data: Buffer.from('fake') }] })
  await stream.send({ messages: [{ ...good, topic: 'elsewhere' }] })
  await stream.send({ messages: [good] })
  await until(() => texts(node).includes('good'), 3_000, 'the real one is read')
  await post(node, 'mine')
  const counts = (): readonly PeerCount[] => node.pubsub.counts().topics.filter(({ peer }) => peer === raw.id)
  await until(() => counts().length === 2, 3_000, 'both are counted')
  expect(counts().find(({ topic }) => topic === TOPIC)).toMatchObject({ first: 1, duplicates: 0, forwarded: 0 })
  expect(counts().find(({ topic }) => topic === '')).toMatchObject({ duplicates: 0, payloadOut: 0 })
  expect(counts().map(({ topic }) => topic)).not.toContain('elsewhere')
})
