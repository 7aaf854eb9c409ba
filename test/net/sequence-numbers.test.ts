import { afterEach, describe, expect, it } from 'vitest'
import type { Protocol } from '../../preload/contract/index.ts'
import { RawPeer, seqnoBytes, subscribe, type RawMessage, type RawStream } from './support/raw-peer.ts'
import { connect, post, PROTOCOLS, TestNet, texts, TOPIC, type TestNode } from './support/test-net.ts'
import { until } from './support/until.ts'

const net = new TestNet()
afterEach(async () => net.stop())

async function neighbour (node: TestNode, protocol: Protocol): Promise<{ readonly raw: RawPeer, readonly stream: RawStream }> {
  const raw = await RawPeer.start(net, protocol)
  const stream = await raw.open(await raw.connect(node.address))
  await stream.send(subscribe(TOPIC))
  await until(() => node.pubsub.subscribers(TOPIC).includes(raw.id) && raw.received.some(({ subscriptions }) => subscriptions?.length === 1), 3_000, 'the node takes the neighbour in')
  return { raw, stream }
}

const numberOf = ({ seqno }: RawMessage): bigint => Buffer.from(seqno ?? []).readBigUInt64BE()

describe.each(PROTOCOLS)('with %s', (protocol) => {
  // Python's begin with zeros, and js-libp2p's Floodsub drops them before it signs.
  it.each([
    ['seconds in 8 bytes', Uint8Array.of(0, 0, 0, 0, 0x6a, 1, 2, 3)],
    ['zero', new Uint8Array(8)],
    ['7 bytes', Uint8Array.of(0xf1, 2, 3, 4, 5, 6, 7)],
    ['1 byte', Uint8Array.of(9)],
    ['7 bytes that begin with zero', Uint8Array.of(0, 2, 3, 4, 5, 6, 7)]
  ])('a number of %s is taken, and passed on as it came', async (_, seqno) => {
    const [node, behind] = [await net.node({ protocol }), await net.node({ protocol })]
    await connect(node, behind)
    // Gossipsub sends all posts to who speaks Floodsub, without a mesh.
    const [{ raw, stream }, watcher] = [await neighbour(node, protocol), await neighbour(node, 'floodsub')]
    const message = await raw.sign(Buffer.from('short'), { seqno })
    await stream.send({ messages: [message] })
    await until(() => texts(node).includes('short') && texts(behind).includes('short'), 3_000, 'the node and who is behind it read it')
    await until(() => watcher.raw.messages.length > 0, 3_000, 'the watcher gets it')
    expect(Buffer.from(watcher.raw.messages[0]?.seqno ?? []).toString('hex')).toBe(Buffer.from(seqno).toString('hex'))
    // Once: a copy, and one with the zeros put in front, are no other posts that anybody signed.
    await stream.send({ messages: [message, { ...message, seqno: Uint8Array.of(0, ...seqno).slice(0, 8) }] })
    await stream.send({ messages: [await raw.sign(Buffer.from('after it'))] })
    await until(() => texts(behind).includes('after it'), 3_000, 'what came after it is read')
    expect(texts(behind)).toEqual(['short', 'after it'])
    expect(node.inbox[0]?.id).toBe(Buffer.concat([raw.node.libp2p.peerId.toMultihash().bytes, seqno]).toString('base64url'))
  })

  it.each([['none', new Uint8Array(0)], ['9 bytes', new Uint8Array(9).fill(1)]])('a number of %s is refused', async (_, seqno) => {
    const node = await net.node({ protocol })
    const { raw, stream } = await neighbour(node, protocol)
    await stream.send({ messages: [await raw.sign(Buffer.from('long'), { seqno })] })
    await stream.send({ messages: [await raw.sign(Buffer.from('after it'))] })
    await until(() => texts(node).includes('after it'), 3_000, 'what came after it is read')
    expect(texts(node)).toEqual(['after it'])
  })

  it.each([['7 bytes', Uint8Array.of(0xf1, 2, 3, 4, 5, 6, 7)], ['8 bytes', Uint8Array.of(0xf1, 2, 3, 4, 5, 6, 7, 8)]])('copies of a post with a number of %s are not asked about again', async (_, seqno) => {
    let asked = 0
    const node = await net.node({ protocol, doorkeeper: { mayPass: () => ++asked > 0, forged: () => {} } })
    const { raw, stream } = await neighbour(node, protocol)
    const message = await raw.sign(Buffer.from('once'), { seqno })
    await stream.send({ messages: [message] })
    await until(() => texts(node).includes('once'), 3_000, 'the post is read')
    await stream.send({ messages: [message, message] })
    await stream.send({ messages: [await raw.sign(Buffer.from('after it'))] })
    await until(() => texts(node).includes('after it'), 3_000, 'what came after it is read')
    expect(asked).toBe(2)
  })

  it('a short number under a signature of another is refused', async () => {
    const node = await net.node({ protocol })
    const { raw, stream } = await neighbour(node, protocol)
    const message = await raw.sign(Buffer.from('mine'), { seqno: Uint8Array.of(1, 2, 3) })
    await stream.send({ messages: [{ ...message, seqno: Uint8Array.of(1, 2, 4) }, { ...message, signature: new Uint8Array(3) }, { ...message, key: new Uint8Array(2) }] })
    await stream.send({ messages: [await raw.sign(Buffer.from('after it'))] })
    await until(() => texts(node).includes('after it'), 3_000, 'what came after it is read')
    expect(texts(node)).toEqual(['after it'])
  })
})

// Gossipsub counts in its module, Floodsub draws: a strict peer takes 8 of 100, and after one moment of Floodsub nothing (measured).
it('numbers rise over switches of protocol, however many posts are made at once', async () => {
  const node = await net.node({ protocol: 'gossipsub' })
  const { raw } = await neighbour(node, 'floodsub')
  let count = 0
  for (const protocol of ['floodsub', 'gossipsub', 'floodsub', 'gossipsub'] as const) {
    // A long one takes longer to sign than the short one behind it.
    await Promise.all(Array.from({ length: 20 }, async () => post(node, `post ${count++} `.padEnd(count % 20 === 1 ? 500_000 : 0, 'x'))))
    await node.pubsub.switchTo(protocol)
    await (await raw.open(raw.node.libp2p.getConnections()[0] as Parameters<typeof raw.open>[0])).send(subscribe(TOPIC))
    await until(async () => (await post(node, `after ${count}`)).includes(raw.id), 3_000, 'the neighbour is there')
  }
  await until(() => raw.messages.filter(({ data }) => Buffer.from(data ?? []).toString().startsWith('post ')).length === 80, 3_000, 'all are on the wire')
  const numbers = raw.messages.map(numberOf)
  expect(numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0n))).toBe(true)
  expect(numbers.every((number) => seqnoBytes(number)[0] !== 0)).toBe(true)
})
