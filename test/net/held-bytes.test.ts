import { createLibp2p } from 'libp2p'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import type { Connection, Stream } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { byteStream } from '@libp2p/utils'
import { afterEach, describe, expect, it } from 'vitest'
import { createNode, type CreatedNode } from '../../main/node/create-node.ts'
import { generateIdentity } from '../../main/node/identity.ts'
import { MAX_HELD_BYTES } from '../../main/node/limits.ts'
import { pump } from '../hostile/support/raw-node.ts'
import { TestNet } from './support/test-net.ts'
import { pause, until } from './support/until.ts'

const BULK = '/test/bulk'
const KIB = 1_024
/** A new stream's window, as yamux's specification has it. */
const WINDOW = 256 * KIB

interface Inner extends Stream { readonly readBuffer: { readonly bufs: readonly Uint8Array[] } }

const net = new TestNet()
afterEach(async () => net.stop())

/** One of ours, and a stranger with plain libp2p who is connected to it. */
async function meet (): Promise<{ readonly ours: CreatedNode, readonly stranger: Connection, readonly inbound: () => Inner[] }> {
  const ours = await createNode({ role: 'relay', privateKey: await generateIdentity(), listen: ['/ip4/127.0.0.1/tcp/0'], allowPrivate: true })
  net.atEnd(async () => ours.libp2p.stop())
  await ours.libp2p.start()
  const theirs = await createLibp2p({ transports: [tcp()], connectionEncrypters: [noise()], streamMuxers: [yamux()], connectionGater: { denyDialMultiaddr: () => false } })
  net.atEnd(async () => theirs.stop())
  const stranger = await theirs.dial(ours.libp2p.getMultiaddrs())
  const inbound = (): Inner[] => ours.libp2p.getConnections(theirs.peerId).flatMap(({ streams }) => streams).filter(({ direction }) => direction === 'inbound') as Inner[]
  return { ours, stranger, inbound }
}

async function flood (stream: Stream, chunk = 32 * KIB): Promise<void> {
  const ended = new AbortController()
  net.atEnd(() => { ended.abort() })
  void pump(stream, new Uint8Array(chunk), ended.signal)
  return Promise.resolve()
}

describe('a stream', () => {
  it('that nobody reads holds a window, and is neither reset nor granted more', async () => {
    const { ours, stranger, inbound } = await meet()
    await ours.libp2p.handle(BULK, () => {})
    await flood(await stranger.newStream(BULK))
    await until(() => inbound()[0]?.readBufferLength === WINDOW, 5_000, 'the window is used up')
    await pause(300)
    expect(inbound()[0]).toMatchObject({ status: 'open', readBufferLength: WINDOW })
  })

  it('that is paused each time it brings something holds no more', async () => {
    const { ours, stranger, inbound } = await meet()
    await ours.libp2p.handle(BULK, (stream) => {
      stream.addEventListener('message', () => { stream.pause() })
      const timer = setInterval(() => { if (stream.readStatus === 'paused') stream.resume() }, 5)
      net.atEnd(() => { clearInterval(timer) })
    })
    await flood(await stranger.newStream(BULK))
    let most = 0
    for (let looks = 0; looks < 50; looks++) {
      await pause(10)
      most = Math.max(most, inbound()[0]?.readBufferLength ?? 0)
    }
    expect(most).toBeGreaterThan(0)
    // A relay lets a window grow to 1 MiB.
    expect(most).toBeLessThanOrEqual(1_024 * KIB)
  })

  it('that is read by iteration keeps its sender to the pace of who reads', async () => {
    const { ours, stranger } = await meet()
    let read = 0
    await ours.libp2p.handle(BULK, async (stream) => {
      for await (const bytes of stream) {
        read += bytes.byteLength
        await pause(20)
      }
    })
    const stream = await stranger.newStream(BULK)
    let sent = 0
    stream.addEventListener('drain', () => {})
    const send = stream.send.bind(stream)
    stream.send = (bytes) => {
      sent += bytes.byteLength
      return send(bytes)
    }
    await flood(stream)
    await until(() => read > 512 * KIB, 10_000, 'something is read')
    expect(sent - read).toBeLessThan(2_048 * KIB)
  })

  it('brings all that was sent before its end to who reads slowly', async () => {
    const { ours, stranger } = await meet()
    const { promise, resolve } = Promise.withResolvers<number>()
    await ours.libp2p.handle(BULK, async (stream) => {
      let read = 0
      for await (const bytes of stream) {
        read += bytes.byteLength
        await pause(5)
      }
      resolve(read)
    })
    const stream = await stranger.newStream(BULK)
    for (let sent = 0; sent < 40; sent++) {
      if (!stream.send(new Uint8Array(32 * KIB))) await new Promise((drained) => { stream.addEventListener('drain', drained, { once: true }) })
    }
    await stream.close()
    expect(await promise).toBe(40 * 32 * KIB)
  })

  it('filled byte by byte holds few pieces, and little beside its bytes', async () => {
    const { ours, stranger, inbound } = await meet()
    await ours.libp2p.handle(BULK, () => {})
    await flood(await stranger.newStream(BULK), 1)
    await until(() => (inbound()[0]?.readBufferLength ?? 0) > 300, 5_000, 'many bytes came')
    const { bufs } = inbound()[0]?.readBuffer ?? { bufs: [] }
    expect(bufs.length).toBeLessThanOrEqual(256)
    expect(bufs.reduce((sum, { buffer }) => sum + buffer.byteLength, 0)).toBeLessThan(64 * KIB)
  })
})

it('a writer that waits for each of its writes fills no memory, however slow its reader', async () => {
  const { ours, stranger } = await meet()
  const { promise, resolve } = Promise.withResolvers<Inner>()
  await ours.libp2p.handle(BULK, (stream) => { resolve(stream as Inner) })
  const theirs = await stranger.newStream(BULK)
  theirs.addEventListener('message', () => {
    theirs.pause()
    const timer = setTimeout(() => { if (theirs.readStatus === 'paused') theirs.resume() }, 5)
    net.atEnd(() => { clearTimeout(timer) })
  })
  const stream = await promise
  const bytes = byteStream(stream)
  let most = 0
  for (let written = 0; written < 40; written++) {
    await bytes.write(new Uint8Array(512 * KIB))
    most = Math.max(most, stream.writeBufferLength)
  }
  expect(most).toBeLessThanOrEqual(512 * KIB)
})

it('a request that does not end is reset, whatever the protocol', async () => {
  const { stranger, inbound } = await meet()
  for (const protocol of ['/ipfs/id/1.0.0', '/ipfs/id/push/1.0.0']) {
    const stream = await stranger.newStream(protocol)
    stream.send(Uint8Array.of(0xff, 0xff, 0xff, 0x01))
    await flood(stream)
    await until(() => stream.status !== 'open', 5_000, `${protocol} is reset`)
  }
  expect(inbound()).toEqual([])
})

it('many streams of one connection hold so much together, and those that hold most are reset', async () => {
  const { ours, stranger, inbound } = await meet()
  await ours.libp2p.handle(BULK, () => {}, { maxInboundStreams: 100 })
  const count = MAX_HELD_BYTES.relay.perConnection / WINDOW + 8
  for (let opened = 0; opened < count; opened++) {
    await flood(await stranger.newStream(BULK, { maxOutboundStreams: 100 }))
  }
  const held = (): number => inbound().reduce((sum, { readBufferLength }) => sum + readBufferLength, 0)
  await until(() => held() >= MAX_HELD_BYTES.relay.perConnection - 2 * WINDOW, 10_000, 'as much as may be waits')
  await pause(300)
  expect(held()).toBeLessThanOrEqual(MAX_HELD_BYTES.relay.perConnection)
  expect(stranger.status).toBe('open')
})
