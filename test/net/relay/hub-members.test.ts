import { afterEach, describe, expect, it } from 'vitest'
import { lpStream } from '@libp2p/utils'
import { PROTOCOLS } from '../../../main/node/protocols.ts'
import { ask } from '../../../main/node/streams.ts'
import { TestNet, reserve, type TestNode } from '../support/test-net.ts'
import { pause, until } from '../support/until.ts'
import { connectTo, listenToMembers, readMembers, startRelay, type TestRelay, type Told } from './support.ts'

const net = new TestNet()
afterEach(async () => net.stop())

interface Client { readonly node: TestNode, readonly told: Told[] }

async function client (relay: TestRelay, topics: readonly string[]): Promise<Client> {
  const node = await net.node({ topics })
  const told = await listenToMembers(node)
  await connectTo(node, relay)
  await until(() => topics.every((topic) => node.pubsub.subscribers(topic).includes(relay.id)), 5_000, 'the hub is on the topics')
  return { node, told }
}

function came ({ told }: Client, topic: string): string[] {
  return told.filter((each) => each.topic === topic).flatMap((each) => each.came.map(({ peer }) => peer))
}

function left ({ told }: Client, topic: string): string[] {
  return told.filter((each) => each.topic === topic).flatMap((each) => each.left)
}

describe('a hub pushes', () => {
  it('records of those who come, to members of their topic and nobody else', async () => {
    const relay = await startRelay(net)
    const [a, b, stranger] = [await client(relay, ['one']), await client(relay, ['one', 'two']), await client(relay, ['two', 'three'])]
    await until(() => came(a, 'one').includes(b.node.id) && came(b, 'one').includes(a.node.id), 3_000, 'a and b know each other')
    await until(() => came(stranger, 'two').includes(b.node.id), 3_000, 'who shares another topic is known there')
    expect(new Set(stranger.told.map(({ topic }) => topic))).toEqual(new Set(['two']))
    expect(stranger.told.flatMap((each) => each.came).map(({ peer }) => peer)).not.toContain(a.node.id)
    const everybody = [a, b, stranger].flatMap(({ told }) => told.flatMap((each) => each.came.map(({ peer }) => peer)))
    expect(everybody).not.toContain(relay.id)
  })

  it('addresses when they change', async () => {
    const relay = await startRelay(net)
    const [a, b] = [await client(relay, ['one']), await client(relay, ['one'])]
    await reserve(b.node, relay)
    await until(() => a.told.some((each) => each.came.some(({ peer, addresses }) => peer === b.node.id && addresses.some((address) => address.includes('/p2p-circuit')))),
      3_000, 'a knows b\'s circuit address')
  })

  it('who left the topic, and who left altogether', async () => {
    const relay = await startRelay(net)
    const [a, b, c] = [await client(relay, ['one']), await client(relay, ['one']), await client(relay, ['one'])]
    await until(() => came(a, 'one').includes(b.node.id) && came(a, 'one').includes(c.node.id), 3_000, 'a knows both')
    b.node.pubsub.unsubscribe('one')
    await until(() => left(a, 'one').includes(b.node.id), 3_000, 'a hears that b left')
    await c.node.libp2p.stop()
    await until(() => left(a, 'one').includes(c.node.id), 3_000, 'a hears that c is gone')
    b.node.pubsub.subscribe('one')
    await until(() => came(a, 'one').filter((peer) => peer === b.node.id).length === 2, 3_000, 'a hears that b is back')
  })

  it('only what is new', async () => {
    const relay = await startRelay(net)
    const [a, b] = [await client(relay, ['one']), await client(relay, ['one'])]
    await until(() => came(a, 'one').includes(b.node.id), 3_000, 'a knows b')
    const c = await client(relay, ['one'])
    await until(() => came(a, 'one').includes(c.node.id), 3_000, 'a knows c')
    // On a busy machine what was told of b may be told twice: its answer came too late.
    const news = a.told.find((each) => each.came.some(({ peer }) => peer === c.node.id))
    expect(news?.came.map(({ peer }) => peer)).toEqual([c.node.id])
  })

  it('more at once to who knows enough of a topic\'s members already, and all of it in the end', async () => {
    const relay = await startRelay(net)
    const a = await client(relay, ['one'])
    await Promise.all(Array.from({ length: 8 }, async () => client(relay, ['one'])))
    await until(() => new Set(came(a, 'one')).size === 8, 5_000, 'a knows eight')
    const before = a.told.length
    const late: Client[] = []
    for (let count = 0; count < 4; count++) late.push(await client(relay, ['one']))
    await until(() => late.every(({ node }) => came(a, 'one').includes(node.id)), 5_000, 'a knows them all')
    // Their records may change once more while they are told.
    expect(a.told.length - before).toBeLessThanOrEqual(2)
    // Who is new there knows nobody, and is told at once.
    expect(new Set(late.flatMap((each) => came(each, 'one'))).size).toBeGreaterThanOrEqual(8)
  })

  it('to so many members of a topic only', async () => {
    const relay = await startRelay(net, { hub: { limits: { membersPerTopic: 1 } } })
    const [a, b, c] = [await client(relay, ['one']), await client(relay, ['one']), await client(relay, ['one'])]
    await until(() => came(a, 'one').length === 1, 3_000, 'a knows one')
    await pause(300)
    expect(came(a, 'one')).toEqual([b.node.id])
    await b.node.libp2p.stop()
    await until(() => came(a, 'one').includes(c.node.id), 3_000, 'another takes its place')
  })
})

describe('a hub that is asked', () => {
  it('tells the members of the asker\'s topics', async () => {
    const relay = await startRelay(net)
    const [a, b, c] = [await client(relay, ['one']), await client(relay, ['two']), await client(relay, ['two'])]
    await until(() => came(b, 'two').includes(c.node.id), 3_000, 'the hub knows them')
    const connection = await connectTo(b.node, relay)
    const answer = await readMembers(await ask(connection, PROTOCOLS.hub, new Uint8Array(0)))
    expect(answer.map(({ topic, came }) => ({ topic, came: came.map(({ peer }) => peer) }))).toEqual([{ topic: 'two', came: [c.node.id] }])
    const none = await ask(await connectTo(a.node, relay), PROTOCOLS.hub, new Uint8Array(0))
    expect(none).toHaveLength(0)
  })

  it('resets the stream of an oversized request, and nothing else', async () => {
    const relay = await startRelay(net)
    const a = await client(relay, ['one'])
    const connection = await connectTo(a.node, relay)
    const stream = await connection.newStream(PROTOCOLS.hub.id)
    await lpStream(stream).write(new Uint8Array(PROTOCOLS.hub.maxBytes + 1)).catch(() => {})
    await until(() => stream.status !== 'open', 2_000, 'the stream is reset')
    expect(connection.status).toBe('open')
    expect(await ask(connection, PROTOCOLS.hub, new Uint8Array(0))).toHaveLength(0)
  })
})
