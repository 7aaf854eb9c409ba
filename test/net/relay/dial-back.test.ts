import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { lpStream } from '@libp2p/utils'
import type { Connection } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, describe, expect, it } from 'vitest'
import { createNode } from '../../../main/node/create-node.ts'
import { generateIdentity } from '../../../main/node/identity.ts'
import { DialBackRequestSchema, DialBackResponseSchema, type DialBackResponse } from '../../../main/node/node_pb.ts'
import { PROTOCOLS } from '../../../main/node/protocols.ts'
import { ask } from '../../../main/node/streams.ts'
import { TestNet, TOPIC, dialThrough, reserve } from '../support/test-net.ts'
import { until } from '../support/until.ts'
import { connectTo, startRelay } from './support.ts'

const net = new TestNet()
afterEach(async () => net.stop())

async function dialBack (connection: Connection, address: string | Uint8Array): Promise<DialBackResponse> {
  const bytes = typeof address === 'string' ? multiaddr(address).bytes : address
  const request = toBinary(DialBackRequestSchema, create(DialBackRequestSchema, { address: bytes }))
  return fromBinary(DialBackResponseSchema, await ask(connection, PROTOCOLS.dialBack, request))
}

function listening (node: { readonly address: { toString: () => string } }): string {
  return node.address.toString().replace(/\/p2p\/.*/, '')
}

describe('a dial-back', () => {
  it('reaches the asker where it listens, and touches nothing else', async () => {
    const relay = await startRelay(net)
    const a = await net.node()
    const seen: string[] = []
    a.components.events.addEventListener('connection:open', (event) => { seen.push(event.detail.remotePeer.toString()) })
    const connection = await connectTo(a, relay)
    expect(await dialBack(connection, listening(a))).toMatchObject({ reached: true, reason: '' })
    expect(relay.stats.dialBack).toEqual({ reached: 1, failed: 0, refused: 0 })
    await until(() => a.components.connectionManager.getConnections().length === 1, 2_000, 'the dialler has gone')
    expect(connection.status).toBe('open')
    expect(seen.filter((peer) => peer === relay.id)).toHaveLength(1)
    expect(a.pubsub.subscribers(TOPIC)).toEqual([relay.id])
  })

  it('reaches over WebSocket too', async () => {
    const relay = await startRelay(net)
    const node = await createNode({ role: 'desktop', privateKey: await generateIdentity(), listen: ['/ip4/127.0.0.1/tcp/0/ws'], allowPrivate: true })
    net.atEnd(async () => node.libp2p.stop())
    await node.libp2p.start()
    const connection = await node.libp2p.dial(relay.address)
    expect(await dialBack(connection, node.libp2p.getMultiaddrs()[0]?.toString().replace(/\/p2p\/.*/, '') ?? '')).toMatchObject({ reached: true })
  })

  it('says so where nobody answers', async () => {
    const relay = await startRelay(net)
    const a = await net.node()
    expect(await dialBack(await connectTo(a, relay), '/ip4/127.0.0.1/tcp/1')).toMatchObject({ reached: false, reason: 'Nobody with your peer id answered at that address.' })
  })

  it('does not count another peer at that address', async () => {
    const relay = await startRelay(net)
    const [a, b] = [await net.node(), await net.node()]
    expect(await dialBack(await connectTo(a, relay), listening(b))).toMatchObject({ reached: false, reason: 'Nobody with your peer id answered at that address.' })
    expect(relay.stats.dialBack).toEqual({ reached: 0, failed: 1, refused: 0 })
  })
})

describe('no dial-back is made', () => {
  it.each([
    ['somebody else\'s address', '/ip4/127.0.0.2/tcp/4001'],
    ['somebody else\'s address', '/ip4/8.8.8.8/tcp/443'],
    ['the same machine in another family', '/ip6/::1/tcp/4001'],
    ['a name', '/dns4/localhost/tcp/4001'],
    ['another protocol', '/ip4/127.0.0.1/udp/4001'],
    ['another protocol', '/ip4/127.0.0.1/udp/4001/quic-v1'],
    ['port 0', '/ip4/127.0.0.1/tcp/0'],
    ['what hides behind WebSocket', '/ip4/127.0.0.1/tcp/4001/ws/p2p/12D3KooWEU4QF4sLjbzmyLv9iFW2YXCFM9zzpVnHB8vSemKHmjTF/p2p-circuit'],
    ['a circuit', '/ip4/127.0.0.1/tcp/4001/p2p/12D3KooWEU4QF4sLjbzmyLv9iFW2YXCFM9zzpVnHB8vSemKHmjTF/p2p-circuit'],
    ['an address with a peer id', '/ip4/127.0.0.1/tcp/4001/p2p/12D3KooWEU4QF4sLjbzmyLv9iFW2YXCFM9zzpVnHB8vSemKHmjTF'],
    ['bytes that are no address', new Uint8Array([255, 255, 1, 2])],
    ['nothing', new Uint8Array(0)]
  ])('to %s (%s)', async (_, address) => {
    const relay = await startRelay(net, { hub: false })
    const a = await net.node()
    const answer = await dialBack(await connectTo(a, relay), address)
    expect(answer.reached).toBe(false)
    expect(answer.reason).toMatch(/^[A-Z][^.]*\.$/)
    expect(relay.stats.dialBack).toEqual({ reached: 0, failed: 0, refused: 1 })
  })

  it('for who comes over a circuit', async () => {
    // A desktop that serves dial-backs is itself reached through a relay.
    const relay = await startRelay(net)
    const [server, asker] = [await net.node(), await net.node()]
    const { DialBack } = await import('../../../main/node/relay/dial-back.ts')
    const service = new DialBack(server.components)
    await service.start()
    net.atEnd(async () => service.stop())
    await reserve(server, relay)
    await connectTo(asker, relay)
    const circuit = await dialThrough(asker, relay, server)
    expect(await dialBack(circuit, listening(asker))).toMatchObject({ reached: false, reason: 'Only a peer that is connected without a relay can be dialled back.' })
  })

  it('more often than a peer may ask, or an address', async () => {
    const relay = await startRelay(net, { dialBack: { limits: { perAddress: 2 } } })
    const [a, b] = [await net.node(), await net.node()]
    const first = await connectTo(a, relay)
    expect(await dialBack(first, listening(a))).toMatchObject({ reached: true })
    expect(await dialBack(first, listening(a))).toMatchObject({ reached: true })
    const other = await dialBack(await connectTo(b, relay), listening(b))
    expect(other).toMatchObject({ reached: false })
    expect(other.reason).toContain('too many')
    for (let i = 2; i < PROTOCOLS.dialBack.perMinute; i++) {
      await dialBack(first, listening(a))
    }
    await expect(dialBack(first, listening(a))).rejects.toThrow()
    expect(first.status).toBe('open')
  })
})

it('a malformed request resets the stream, and nothing else', async () => {
  const relay = await startRelay(net)
  const a = await net.node()
  const connection = await connectTo(a, relay)
  await expect(ask(connection, PROTOCOLS.dialBack, new Uint8Array([0xff, 0xff, 0xff]))).rejects.toThrow()
  const stream = await connection.newStream(PROTOCOLS.dialBack.id)
  await lpStream(stream).write(new Uint8Array(PROTOCOLS.dialBack.maxBytes + 1)).catch(() => {})
  await until(() => stream.status !== 'open', 2_000, 'the oversized one is reset')
  expect(connection.status).toBe('open')
  expect(await dialBack(connection, listening(a))).toMatchObject({ reached: true })
})
