import { streamPair } from '@libp2p/utils'
import type { Connection, Stream } from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'
import fc from 'fast-check'
import { multiaddr } from '@multiformats/multiaddr'
import { encode } from 'it-length-prefixed'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { describe, expect, it } from 'vitest'
import { generateIdentity } from '../../../main/node/identity.ts'
import { readInOrder } from '../../../main/node/libp2p-patches/read-in-order.ts'
import { Lines } from '../../../main/node/pubsub/lines.ts'
import { pacedComponents } from '../../../main/node/pubsub/paced-streams.ts'
import { sendAll } from '../../net/support/drained.ts'

const remoteAddr = multiaddr('/ip4/127.0.0.1/tcp/1')
const remotePeer = peerIdFromPrivateKey(await generateIdentity())

/** Messages of some kilobytes together, and where the packets that carry them end. */
const talk = fc.record({
  messages: fc.array(fc.uint8Array({ minLength: 0, maxLength: 600 }), { maxLength: 40 }),
  cuts: fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 60 })
})

/** Sends bytes in pieces of these lengths, again from the first, and closes. */
async function sendInPieces (stream: Stream, bytes: Uint8Array, cuts: readonly number[]): Promise<void> {
  let at = 0
  for (let piece = 0; at < bytes.byteLength; piece++) {
    const end = at + (cuts[piece % cuts.length] ?? 1)
    await sendAll(stream, bytes.slice(at, end))
    at = end
  }
  await stream.close()
}

const joined = (pieces: readonly { readonly subarray: () => Uint8Array }[]): Uint8Array => new Uint8Array(Buffer.concat(pieces.map((piece) => piece.subarray())))

describe('what comes in pieces', () => {
  it('is read whole and in order by iteration, wherever it is cut', async () => {
    await fc.assert(fc.asyncProperty(talk, async ({ messages, cuts }) => {
      const [from, to] = await streamPair()
      const bytes = joined(messages)
      const sent = sendInPieces(from, bytes, cuts)
      const read: Uint8Array[] = []
      for await (const piece of readInOrder(to)) read.push(piece.subarray())
      await sent
      expect(joined(read)).toEqual(bytes)
    }), { numRuns: 60 })
  })

  it('reaches a router frame by frame, wherever it is cut', async () => {
    await fc.assert(fc.asyncProperty(talk, async ({ messages, cuts }) => {
      const [from, to] = await streamPair()
      let handle: ((stream: Stream, connection: Connection) => unknown) | undefined
      const registrar = { handle: async (_protocol: string, handler: typeof handle) => { handle = handler } }
      const { registrar: wrapped } = pacedComponents({ registrar: registrar as unknown as Registrar }, { lines: new Lines(() => {}), counts: 'all', isExempt: () => true, onFlood: () => {} })
      const frames: Uint8Array[] = []
      const over = Promise.withResolvers<undefined>()
      await wrapped.handle('/test', (stream) => {
        stream.addEventListener('message', ({ data }) => { frames.push(data.subarray()) })
        stream.addEventListener('remoteCloseWrite', () => { over.resolve(undefined) })
      })
      void handle?.(to, { remotePeer, remoteAddr } as unknown as Connection)
      const framed = messages.map((message) => encode.single(message).subarray())
      const sent = sendInPieces(from, joined(framed), cuts)
      await over.promise
      await sent
      expect(frames).toEqual(framed)
    }), { numRuns: 60 })
  })
})
