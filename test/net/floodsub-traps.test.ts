import { afterEach, expect, it, vi } from 'vitest'
import { RawPeer, subscribe, type RawMessage } from './support/raw-peer.ts'
import { connect, crosses, post, TestNet, texts, TOPIC, type TestNode } from './support/test-net.ts'
import { pause, until } from './support/until.ts'

const net = new TestNet()
afterEach(async () => {
  vi.restoreAllMocks()
  await net.stop()
})

/** Makes every random number of 8 bytes small, as one in 256 is by chance. */
function smallRandomNumbers (): void {
  const real = crypto.getRandomValues.bind(crypto)
  let last = 0
  vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
    if (!(array instanceof Uint8Array) || array.byteLength !== 8) {
      return real(array)
    }
    array.fill(0)
    array[7] = ++last
    return array
  })
}

async function neighbour (node: TestNode): Promise<{ readonly raw: RawPeer, readonly send: (message: RawMessage) => Promise<void> }> {
  const raw = await RawPeer.start(net, 'floodsub')
  const connection = await raw.connect(node.address)
  const stream = await raw.open(connection)
  await stream.send(subscribe(TOPIC))
  await until(() => node.pubsub.subscribers(TOPIC).includes(raw.id) && raw.received.some(({ subscriptions }) => subscriptions?.length === 1),
    3_000, 'the node takes the neighbour in')
  return { raw, send: async (message) => stream.send({ messages: [message] }) }
}

// Floodsub's own numbers are random: one such as 1 travels as one byte, and none of these posts is accepted.
it('sends sequence numbers of 8 bytes that rise, which Gossipsub peers accept', async () => {
  const [flood, gossip] = await Promise.all([net.node({ protocol: 'floodsub' }), net.node({ protocol: 'gossipsub' })])
  const { raw } = await neighbour(flood)
  await connect(flood, gossip)
  smallRandomNumbers()
  for (const text of ['one', 'two', 'three']) {
    await crosses(flood, [gossip], text)
  }
  await until(() => raw.messages.length === 3, 2_000, 'three posts are on the wire')
  for (const { seqno } of raw.messages) {
    expect(seqno?.byteLength).toBe(8)
    expect(seqno?.[0]).not.toBe(0)
  }
  const numbers = raw.messages.map(({ seqno }) => Buffer.from(seqno ?? []).readBigUInt64BE())
  expect(numbers).toEqual(numbers.toSorted((a, b) => Number(a - b)))
})

// Stock Floodsub hands the echo to its author's listeners and floods it once more.
it('neither shows nor forwards its own posts when a neighbour sends them back', async () => {
  const node = await net.node({ protocol: 'floodsub' })
  const [echo, watcher] = [await neighbour(node), await neighbour(node)]
  await post(node, 'mine')
  await until(() => echo.raw.messages.length === 1 && watcher.raw.messages.length === 1, 2_000, 'both neighbours get the post')
  await echo.send(echo.raw.messages[0] as RawMessage)
  await echo.send(await echo.raw.sign(Buffer.from('after it')))
  await until(() => texts(node).includes('after it'), 2_000, 'what came after the echo is read')
  await until(() => watcher.raw.messages.length === 2, 2_000, 'what came after the echo is forwarded')
  expect(texts(node)).toEqual(['after it'])
  expect(watcher.raw.messages.map(({ data }) => Buffer.from(data ?? []).toString())).toEqual(['mine', 'after it'])
})

// The new router remembers nothing: a mark in its seen cache alone lets the echo through.
it('does so also for what it posted before a switch of protocol', async () => {
  const node = await net.node({ protocol: 'floodsub' })
  const first = await neighbour(node)
  await post(node, 'mine')
  await until(() => first.raw.messages.length === 1, 2_000, 'the neighbour gets the post')
  await node.pubsub.switchTo('gossipsub')
  await node.pubsub.switchTo('floodsub')
  const [echo, watcher] = [await neighbour(node), await neighbour(node)]
  await echo.send(first.raw.messages[0] as RawMessage)
  await echo.send(await echo.raw.sign(Buffer.from('after it')))
  await until(() => watcher.raw.messages.length > 0, 2_000, 'what came after the echo is forwarded')
  expect(texts(node)).toEqual(['after it'])
  expect(watcher.raw.messages.map(({ data }) => Buffer.from(data ?? []).toString())).toEqual(['after it'])
})

// Stock Floodsub never marks its posts as seen: in a triangle 98 of 200 came back (measured).
it('shows each post once in a triangle, and to everybody but its author', async () => {
  const [a, b, c] = await Promise.all(['a', 'b', 'c'].map(async () => net.node({ protocol: 'floodsub' }))) as [TestNode, TestNode, TestNode]
  await Promise.all([connect(a, b), connect(b, c), connect(c, a)])
  for (let index = 0; index < 30; index++) {
    await Promise.all([post(a, `a ${index}`), post(b, `b ${index}`), post(c, `c ${index}`)])
  }
  await until(() => [a, b, c].every(({ inbox }) => inbox.length >= 60), 5_000, 'everybody reads 60 posts')
  await pause(100)
  for (const [node, own] of [[a, 'a'], [b, 'b'], [c, 'c']] as const) {
    expect(node.inbox).toHaveLength(60)
    expect(texts(node).filter((text) => text.startsWith(own))).toEqual([])
  }
})
