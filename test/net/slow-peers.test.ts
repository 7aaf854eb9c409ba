import { afterEach, describe, expect, it } from 'vitest'
import { MAX_PEER_BUFFER_BYTES } from '../../main/node/limits.ts'
import { proxyTo } from './support/proxy.ts'
import { RawPeer, subscribe } from './support/raw-peer.ts'
import { crossesAtLast, meet, post, PROTOCOLS, TestNet, TOPIC, type TestNode } from './support/test-net.ts'
import { until } from './support/until.ts'

const net = new TestNet()
afterEach(async () => net.stop())

const POST = 'x'.repeat(65_536)

/** Bytes that wait in a node's streams to others. */
function waiting (node: TestNode): number {
  return node.libp2p.getConnections().flatMap(({ streams }) => streams).reduce((sum, stream) => sum + stream.writeBufferLength, 0)
}

/** Posts much more than a peer may have waiting; answers the most that waited. */
async function flood (node: TestNode, posts: number): Promise<number> {
  let most = 0
  for (let index = 0; index < posts; index++) {
    await post(node, POST)
    most = Math.max(most, waiting(node))
  }
  return most
}

// Without MAX_PEER_BUFFER_BYTES on the stream everything that is posted waits in memory.
describe.each(PROTOCOLS)('%s and a peer that stops reading', (protocol) => {
  it('keeps 1 MiB for it, resets its stream, and takes it in again', async () => {
    const [raw, node] = await Promise.all([RawPeer.start(net, protocol), net.node({ protocol })])
    raw.reads = false
    const connection = await raw.connect(node.address)
    const stream = await raw.open(connection)
    await stream.send(subscribe(TOPIC))
    await until(() => node.pubsub.subscribers(TOPIC).includes(raw.id) && raw.incoming.length === 1, 3_000, 'the node takes the peer in')

    let most = 0
    await until(async () => {
      most = Math.max(most, await flood(node, 20))
      return raw.incoming[0]?.status === 'reset' || most > 4 * MAX_PEER_BUFFER_BYTES
    }, 5_000, () => `the stream is reset; it is ${raw.incoming[0]?.status ?? 'none'}, at most ${most} bytes waited`)
    expect(most).toBeLessThanOrEqual(MAX_PEER_BUFFER_BYTES + 2 * POST.length)
    expect(waiting(node)).toBeLessThan(POST.length)

    raw.readAgain()
    await until(() => raw.incoming.length > 1, 5_000, 'the node opens another stream')
    let next = 0
    await until(async () => {
      // The node may have reset our stream with its own.
      if (performance.now() > next) {
        next = performance.now() + 1_000
        await stream.send(subscribe(TOPIC)).catch(() => {})
        await raw.open(connection).then(async (other) => other.send(subscribe(TOPIC))).catch(() => {})
      }
      await post(node, 'again')
      return raw.messages.some(({ data }) => Buffer.from(data ?? []).toString() === 'again')
    }, 5_000, 'the peer gets posts again')
  })

  // A router that loses us closes its end of the stream and says nothing else: posts would go nowhere for good.
  it('opens another stream when the peer closes its end', async () => {
    const [raw, node] = await Promise.all([RawPeer.start(net, protocol), net.node({ protocol })])
    const stream = await raw.open(await raw.connect(node.address))
    await stream.send(subscribe(TOPIC))
    await until(() => node.pubsub.subscribers(TOPIC).includes(raw.id) && raw.incoming.length === 1, 3_000, 'the node takes the peer in')
    await raw.incoming[0]?.close()
    await until(() => raw.incoming.length > 1, 5_000, 'the node opens another stream')
    await until(async () => {
      await post(node, 'again')
      return raw.messages.some(({ data }) => Buffer.from(data ?? []).toString() === 'again')
    }, 3_000, 'the peer gets posts again')
  })

  it('does the same when the whole connection stands still, and talks on afterwards', async () => {
    const [a, b] = await Promise.all([net.node({ protocol }), net.node({ protocol })])
    const proxy = await proxyTo(net, b.address)
    await a.libp2p.dial(proxy.address)
    await meet(a, b)
    proxy.freeze()
    expect(await flood(a, 300)).toBeLessThanOrEqual(MAX_PEER_BUFFER_BYTES + 2 * POST.length)
    proxy.thaw()
    await Promise.all([crossesAtLast(a, b, 'a again', 6_000), crossesAtLast(b, a, 'b again', 6_000)])
  })
})

it('does not keep others waiting for the slow one', async () => {
  const [hub, slow, a, b] = await Promise.all([net.hub(), net.node(), net.node(), net.node()])
  const proxy = await proxyTo(net, hub.address)
  await Promise.all([slow.libp2p.dial(proxy.address), a.libp2p.dial(hub.address), b.libp2p.dial(hub.address)])
  await Promise.all([slow, a, b].map(async (node) => meet(node, hub)))
  proxy.freeze()
  for (let index = 0; index < 60; index++) {
    await post(a, POST)
    await until(() => b.inbox.length === index + 1, 2_000, 'the other one reads on')
  }
  proxy.thaw()
  await crossesAtLast(a, slow, 'a again', 6_000)
})
