import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { afterEach, describe, expect, it } from 'vitest'
import { MAX_ANNOUNCED, MAX_PUBSUB_MESSAGES } from '../../main/node/limits.ts'
import { concat, RawPeer, signMessage } from './support/raw-peer.ts'
import { PROTOCOLS, TestNet, TOPIC, texts } from './support/test-net.ts'
import { until } from './support/until.ts'

const net = new TestNet()
afterEach(async () => net.stop())

describe.each(PROTOCOLS)('a desktop with %s', (protocol) => {
  it('hears all that a neighbor said before it closed its stream, much of it in one packet', async () => {
    const node = await net.node({ protocol })
    const peer = await RawPeer.start(net, protocol)
    const connection = await peer.connect(node.address)
    const stream = await peer.open(connection)
    const messages = await Promise.all(Array.from({ length: 300 }, async (_, index) => peer.sign(new TextEncoder().encode(`post ${index}`))))
    for (const message of messages) void stream.send({ messages: [message] })
    await stream.stream.close()
    await until(() => node.inbox.length === messages.length, 10_000, () => `all are heard; ${node.inbox.length} were`)
    expect(texts(node)).toEqual(messages.map((_, index) => `post ${index}`))
  })

  it('cuts off who sends empty frames without end, and hears others meanwhile', async () => {
    const node = await net.node({ protocol })
    const [attacker, friend] = [await RawPeer.start(net, protocol), await RawPeer.start(net, protocol)]
    const attack = await attacker.connect(node.address)
    const stream = await attacker.open(attack)
    const honest = await friend.open(await friend.connect(node.address))
    // Each is a length of 0; as many as may be sent are in one write.
    stream.stream.send(new Uint8Array(10 * MAX_PUBSUB_MESSAGES.atOnce))
    await honest.send({ messages: [await friend.sign(new TextEncoder().encode('hello'))] })
    await until(() => texts(node).includes('hello'), 5_000, 'the friend is heard')
    await until(() => attack.status !== 'open', 5_000, 'the attacker is cut off')
    const again = await attacker.connect(node.address).catch(() => undefined)
    await until(() => again?.status !== 'open', 5_000, 'it is not let in again')
  })

  it('cuts off who subscribes and leaves without end', async () => {
    const node = await net.node({ protocol })
    const attacker = await RawPeer.start(net, protocol)
    const connection = await attacker.connect(node.address)
    const stream = await attacker.open(connection)
    const flap = { subscriptions: Array.from({ length: 500 }, (_, index) => ({ subscribe: index % 2 === 0, topic: TOPIC })) }
    for (let sent = 0; sent <= MAX_ANNOUNCED.atOnce; sent += 500) await stream.send(flap).catch(() => {})
    await until(() => connection.status !== 'open', 5_000, 'it is cut off')
  })

  it('is not cut off for forwarding what many others post', async () => {
    const node = await net.node({ protocol })
    const forwarder = await RawPeer.start(net, protocol)
    const connection = await forwarder.connect(node.address)
    const stream = await forwarder.open(connection)
    const posts = await Promise.all(Array.from({ length: 2 * MAX_PUBSUB_MESSAGES.atOnce }, async (_, index) => signMessage(forwarder.key, concat(new TextEncoder().encode(String(index)), new Uint8Array(40)))))
    for (const post of posts) await stream.send({ messages: [post] })
    await until(() => node.inbox.length === posts.length, 30_000, () => `all are heard; ${node.inbox.length} were`)
    expect(connection.status).toBe('open')
    expect(node.inbox[0]?.from).toBe(peerIdFromPrivateKey(forwarder.key).toString())
  })
})
