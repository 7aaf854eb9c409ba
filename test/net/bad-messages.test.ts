import { afterEach, describe, expect, it, vi } from 'vitest'
import { generateIdentity } from '../../main/node/identity.ts'
import { messageId } from '../../main/node/pubsub/message-id.ts'
import { concat, multihash, nextSeqno, RawPeer, seqnoBytes, signMessage, subscribe, type RawMessage, type RawStream } from './support/raw-peer.ts'
import { connect, crosses, post, PROTOCOLS, TestNet, texts, TOPIC, type TestNode } from './support/test-net.ts'
import { pause, until } from './support/until.ts'

const net = new TestNet()
afterEach(async () => net.stop())

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const heads = (node: TestNode): string[] => texts(node).map((text) => text.slice(0, 20))

interface Scene {
  readonly raw: RawPeer
  readonly node: TestNode
  /** Hears what the node forwards. */
  readonly behind: TestNode
  readonly stream: RawStream
  readonly send: (...messages: RawMessage[]) => Promise<void>
  readonly open: () => Promise<RawStream>
}

describe.each(PROTOCOLS)('what a %s neighbour may say', (protocol) => {
  /** A peer that writes by hand, a node, and a second node behind it. */
  async function scene (): Promise<Scene> {
    const [raw, node, behind] = await Promise.all([RawPeer.start(net, protocol), net.node({ protocol }), net.node({ protocol })])
    await connect(behind, node)
    const connection = await raw.connect(node.address)
    const open = async (): Promise<RawStream> => {
      const stream = await raw.open(connection)
      await stream.send(subscribe(TOPIC))
      return stream
    }
    const stream = await open()
    await until(() => node.pubsub.subscribers(TOPIC).includes(raw.id), 3_000, 'the node takes the neighbour in')
    return { raw, node, behind, stream, open, send: async (...messages) => stream.send({ messages }) }
  }

  /** A genuine message, and that it alone came through to both. */
  async function stillUsable ({ raw, node, behind, send }: Scene): Promise<void> {
    await send(await raw.sign(bytes('genuine')))
    await until(() => texts(node).length > 0 && texts(behind).length > 0, 3_000, 'the genuine message is read and forwarded')
    expect(heads(node)).toEqual(['genuine'])
    expect(heads(behind)).toEqual(['genuine'])
    await crosses(behind, [node], 'and the others talk on')
  }

  it('drops what is not signed', async () => {
    const it = await scene()
    const message = await it.raw.sign(bytes('signed'))
    await it.send({ data: bytes('nobody'), topic: TOPIC })
    await it.send({ from: message.from as Uint8Array, seqno: nextSeqno(), data: bytes('unsigned'), topic: TOPIC })
    await it.send({ from: message.from as Uint8Array, data: bytes('no number'), topic: TOPIC })
    await stillUsable(it)
  })

  it('drops what is signed wrongly, or by somebody else', async () => {
    const it = await scene()
    const message = await it.raw.sign(bytes('signed'))
    const other = await generateIdentity()
    const signature = message.signature as Uint8Array
    await it.send(
      { ...message, data: bytes('changed') },
      { ...message, seqno: nextSeqno() },
      { ...message, topic: '/natter/1/other' },
      { ...message, signature: signature.map((byte, index) => index === 3 ? byte ^ 1 : byte) },
      { ...message, signature: signature.subarray(0, 10) },
      { ...message, signature: new Uint8Array(0) },
      // Signed well, but by another key than the one it says it is from.
      { ...await signMessage(other, bytes('stolen')), from: multihash(it.raw.node.libp2p.peerId) },
      { ...message, data: bytes('no peer'), from: Uint8Array.of(1, 2, 3) },
      { ...message, data: bytes('no key'), key: Uint8Array.of(1, 2, 3) }
    )
    await stillUsable(it)
  })

  // 1 MiB is the cap that we keep ourselves: routers take in up to 4 MiB.
  it('drops more than 1 MiB, though signed well', async () => {
    const it = await scene()
    await it.send(await it.raw.sign(new Uint8Array(1_048_577).fill(120)))
    await stillUsable(it)
  })

  it('survives a frame of garbage', async () => {
    const it = await scene()
    await it.stream.sendBytes(Uint8Array.from({ length: 300 }, (_, index) => (index * 89 + 13) & 0xff)).catch(() => {})
    await it.stream.sendBytes(bytes('GET / HTTP/1.1')).catch(() => {})
    await crosses(it.behind, [it.node], 'the others talk on')
    // The stream may have been reset for it; another one is taken.
    let stream: RawStream = it.stream
    await until(async () => {
      try {
        await stream.send({ messages: [await it.raw.sign(bytes('genuine'))] })
      } catch {
        stream = await it.open()
      }
      return texts(it.node).includes('genuine')
    }, 5_000, 'a genuine message is read again')
  })

  // Stock Floodsub then rejects where nobody listens ('Cannot push data onto a stream that is closed'), which ends a Node process.
  it('survives a frame that is cut in half', async () => {
    const it = await scene()
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    net.atEnd(() => process.off('unhandledRejection', unhandled))
    it.stream.stream.send(Uint8Array.of(100, 1, 2, 3))
    await until(() => it.stream.stream.writeBufferLength === 0, 1_000, 'it is sent')
    await pause(50)
    it.stream.stream.abort(new Error('gone'))
    await crosses(it.behind, [it.node], 'the others talk on')
    const next = await it.open()
    await next.send({ messages: [await it.raw.sign(bytes('genuine'))] })
    await until(() => texts(it.node).includes('genuine'), 3_000, 'a genuine message is read on another stream')
    expect(unhandled).not.toHaveBeenCalled()
  })

  it('survives a frame without end', async () => {
    const it = await scene()
    // Says that it is 16 GiB long, and goes on. Routers take in 4 MiB; then one resets the stream, the other throws away what comes.
    it.stream.stream.send(Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x40))
    const kept = (): number => it.node.libp2p.getConnections(it.raw.node.libp2p.peerId)
      .flatMap(({ streams }) => streams).reduce((sum, stream) => sum + stream.readBufferLength, 0)
    const chunk = new Uint8Array(65_536)
    let most = 0
    try {
      for (let sent = 0; sent < 12 * 1_048_576; sent += chunk.byteLength) {
        it.stream.stream.send(chunk)
        await it.stream.stream.onDrain({ signal: AbortSignal.timeout(3_000) })
        most = Math.max(most, kept())
      }
    } catch {
      // The stream is given up.
    }
    expect(most).toBeLessThan(5 * 1_048_576)
    it.stream.stream.abort(new Error('enough'))
    await crosses(it.behind, [it.node], 'the others talk on')
    const next = await it.open()
    await next.send({ messages: [await it.raw.sign(bytes('genuine'))] })
    await until(() => texts(it.node).includes('genuine'), 3_000, 'a genuine message is read on another stream')
  })

  // Stock Floodsub remembers the id before it looks at the signature: the genuine message then never comes.
  it('reads the genuine message though forged copies of it came first', async () => {
    const it = await scene()
    const message = await it.raw.sign(bytes('genuine'))
    await it.send({ ...message, data: bytes('forged') })
    await it.send({ ...message, data: bytes('forged'), signature: new Uint8Array(64) })
    await it.send(message)
    await it.send(message)
    await until(() => texts(it.behind).length > 0, 3_000, 'the genuine message comes through')
    await it.send(await it.raw.sign(bytes('the next one')))
    await until(() => texts(it.behind).includes('the next one'), 3_000, 'the next message comes through')
    expect(texts(it.node)).toEqual(['genuine', 'the next one'])
    expect(texts(it.behind)).toEqual(['genuine', 'the next one'])
  })

  it('is not carried on for topics that we are not on', async () => {
    const it = await scene()
    it.behind.pubsub.subscribe('/natter/1/elsewhere')
    await until(() => it.node.pubsub.subscribers('/natter/1/elsewhere').length === 1, 2_000, 'the node sees the other topic')
    await it.send(await it.raw.sign(bytes('used as a carrier'), { topic: '/natter/1/elsewhere' }))
    await stillUsable(it)
  })

  it('counts as at most 1,000 topics, none with a name over 512 bytes', async () => {
    const { node, raw, stream } = await scene()
    const topics = Array.from({ length: 1_500 }, (_, index) => `t${index}`)
    await stream.send({ subscriptions: [...['x'.repeat(513), 'ü'.repeat(257)], ...topics].map((topic) => ({ subscribe: true, topic })) })
    await stream.send({ messages: [await raw.sign(bytes('after it'))] })
    await until(() => texts(node).includes('after it'), 5_000, 'the neighbour stays usable')
    expect(node.pubsub.seenTopics().length).toBeGreaterThan(900)
    expect(node.pubsub.seenTopics().length).toBeLessThanOrEqual(1_000)
    expect(Math.max(...node.pubsub.seenTopics().map((topic) => Buffer.byteLength(topic)))).toBeLessThanOrEqual(512)
  })

  it('goes by ids as Go makes them', async () => {
    const { node, raw, send } = await scene()
    const seqno = seqnoBytes(0x8000_0000_0000_0102n)
    await send(await raw.sign(bytes('signed'), { seqno }))
    await until(() => node.inbox.length === 1, 2_000, 'the message is read')
    const id = concat(multihash(raw.node.libp2p.peerId), seqno)
    expect(node.inbox[0]?.id).toBe(Buffer.from(id).toString('base64url'))
    expect(node.inbox[0]?.from).toBe(raw.id)
  })
})

// By JavaScript's default the id begins with the public key's protobuf: Go peers ask for ids that then nobody has.
it('Gossipsub offers posts by ids as Go makes them', async () => {
  const [raw, node] = await Promise.all([RawPeer.start(net, 'gossipsub'), net.node({ protocol: 'gossipsub' })])
  const connection = await raw.connect(node.address)
  const stream = await raw.open(connection)
  // Who leaves the mesh gets offers (IHAVE) instead of posts.
  raw.onRpc = ({ graft }) => { if (graft !== undefined && graft.length > 0) void stream.send({ prune: graft }) }
  await stream.send(subscribe(TOPIC))
  await until(() => raw.received.some(({ graft }) => graft?.includes(TOPIC)), 3_000, 'the node grafts the neighbour')
  await post(node, 'offered')
  await until(() => raw.messages.length > 0, 2_000, 'the post comes')
  const { from, seqno } = raw.messages[0] as { from: Uint8Array, seqno: Uint8Array }
  expect(concat(from)).toEqual(concat(multihash(node.libp2p.peerId)))
  expect(seqno.byteLength).toBe(8)
  await until(() => raw.received.some(({ ihave }) => (ihave?.length ?? 0) > 0), 4_000, 'the node offers the post')
  const offered = raw.received.flatMap(({ ihave }) => ihave ?? [])
  const expected = messageId({ from: node.libp2p.peerId, sequenceNumber: BigInt(`0x${Buffer.from(seqno).toString('hex')}`) })
  expect(expected).toEqual(concat(from, seqno))
  expect(offered.map((id) => concat(id))).toContainEqual(concat(from, seqno))
})
