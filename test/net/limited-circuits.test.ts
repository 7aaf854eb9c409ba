import { afterEach, describe, expect, it } from 'vitest'
import { crosses, dialThrough, meet, post, PROTOCOLS, reserve, TestNet, TOPIC, type PlainRelay } from './support/test-net.ts'

const net = new TestNet()
afterEach(async () => net.stop())

async function limitedRelay (): Promise<PlainRelay> {
  return net.plainRelay({ reservations: { applyDefaultLimit: true } })
}

describe.each(PROTOCOLS)('%s over a circuit that its relay limits', (protocol) => {
  // Without runOnLimitedConnection (Gossipsub) or limitedComponents (Floodsub) the two never see each other on the topic.
  it('carries posts both ways', async () => {
    const [relay, a, b] = await Promise.all([limitedRelay(), net.node({ protocol }), net.node({ protocol })])
    await reserve(a, relay)
    const connection = await dialThrough(b, relay, a)
    expect(connection.remoteAddr.toString()).toContain('/p2p-circuit/')
    expect(connection.limits?.bytes).toBeLessThanOrEqual(131_072n)

    await meet(a, b)
    await crosses(a, [b], 'from a')
    await crosses(b, [a], 'from b')
  })
})

it('carries posts between the two protocols', async () => {
  const [relay, a, b] = await Promise.all([limitedRelay(), net.node({ protocol: 'gossipsub' }), net.node({ protocol: 'floodsub' })])
  await reserve(a, relay)
  await dialThrough(b, relay, a)
  await meet(a, b)
  await crosses(a, [b], 'from gossipsub')
  await crosses(b, [a], 'from floodsub')
})

describe.each(PROTOCOLS)('%s with nobody there', (protocol) => {
  // Gossipsub throws NoPeersSubscribedToTopic without allowPublishToZeroTopicPeers.
  it('takes a post and names no recipient', async () => {
    const node = await net.node({ protocol })
    expect(await post(node, 'alone')).toEqual([])
    expect(await post(node, 'nor here', '/natter/1/unsubscribed')).toEqual([])
    expect(node.inbox).toEqual([])
  })

  it('refuses more than 1 MiB, and takes 1 MiB', async () => {
    const [a, b] = await Promise.all([net.node({ protocol }), net.node({ protocol })])
    await b.libp2p.dial(a.address)
    await meet(a, b)
    await expect(a.pubsub.publish(TOPIC, new Uint8Array(1_048_577))).rejects.toMatchObject({ code: 'ERR_TOO_LARGE' })
    const whole = 'x'.repeat(1_048_576)
    await crosses(a, [b], whole)
  })
})
