import { yamux } from '@chainsafe/libp2p-yamux'
import type { MultiaddrConnection, Stream, StreamMuxer } from '@libp2p/interface'
import { multiaddrConnectionPair } from '@libp2p/utils'
import { expect, it } from 'vitest'
import { readInTurns } from '../../main/node/fair-frames.ts'
import { pause, until } from './support/until.ts'

const FRAMES = 3_000
const WARM = 200
const DATA = 0
const STREAM = 1
/** Milliseconds that each frame takes here, so that 3,000 take many turns. */
const EACH = 0.05
/** Frames that a turn of 2 ms ends after. */
const MOST = 2 / EACH + 1

/** Frames of one byte, numbered in that byte, as yamux has them. */
function frames (count: number): Uint8Array {
  const bytes = new Uint8Array(13 * count)
  const view = new DataView(bytes.buffer)
  for (let index = 0; index < count; index++) {
    view.setUint8(13 * index + 1, DATA)
    view.setUint32(13 * index + 4, STREAM)
    view.setUint32(13 * index + 8, 1)
    bytes[13 * index + 12] = index % 256
  }
  return bytes
}

/** What a connection of TCP does for each chunk that its socket has. */
type Socketlike = MultiaddrConnection & { readonly onData: (bytes: Uint8Array) => void }

interface Pair { readonly here: MultiaddrConnection, readonly there: MultiaddrConnection, readonly muxer: StreamMuxer, readonly read: number[] }

/** A muxer that reads in turns, and the bare connection that writes to it, with a stream open between them. */
async function pair (): Promise<Pair> {
  const [there, here] = multiaddrConnectionPair()
  const muxer = yamux()().createStreamMuxer(here)
  readInTurns(muxer, here)
  const read: number[] = []
  muxer.addEventListener('stream', ({ detail: stream }: CustomEvent<Stream>) => {
    stream.addEventListener('message', ({ data }) => {
      for (const byte of data.subarray()) {
        read.push(byte)
        for (const ends = performance.now() + EACH; performance.now() < ends;);
      }
    })
  })
  // A window update with SYN opens stream 1.
  there.send(Uint8Array.of(0, 1, 0, 1, 0, 0, 0, STREAM, 0, 0, 0, 0))
  await until(() => muxer.streams.length === 1, 2_000, 'the stream is open')
  return { here, there, muxer, read }
}

it.each([['in one piece', 1], ['in many, which one socket hands out one after the other', FRAMES]])('thousands of frames that came at once, %s, are read in many turns, all of them, in order', async (_, pieces) => {
  const { here, read } = await pair()
  // Code that runs for the first time takes longer than a turn by itself.
  for (; read.length < WARM; await pause(1)) (here as Socketlike).onData(frames(1))
  read.length = 0
  const turns: number[] = []
  const look = (): void => {
    turns.push(read.length)
    if (read.length < FRAMES) setImmediate(look)
  }
  const all = frames(FRAMES)
  setImmediate(look)
  for (let piece = 0; piece < pieces; piece++) (here as Socketlike).onData(all.subarray(piece * all.byteLength / pieces, (piece + 1) * all.byteLength / pieces))
  await until(() => read.length >= FRAMES, 20_000, () => `all frames are read; ${String(read.length)} were`)
  expect(read).toEqual(Array.from({ length: FRAMES }, (_, index) => index % 256))
  expect(Math.max(...turns.map((count, turn) => count - (turns[turn - 1] ?? 0))), 'most in one turn').toBeLessThanOrEqual(MOST)
})

it('what comes meanwhile follows, and nothing is read from a connection that ends half way', async () => {
  const first = await pair()
  first.there.send(frames(256))
  first.there.send(frames(256))
  await until(() => first.read.length >= 512, 20_000, 'both are read')
  expect(first.read.slice(256)).toEqual(first.read.slice(0, 256))

  const second = await pair()
  second.there.send(frames(FRAMES))
  await until(() => second.read.length > 0, 2_000, 'it begins')
  second.here.abort(new Error('enough'))
  const then = second.read.length
  expect(then).toBeLessThan(FRAMES)
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(second.read.length).toBe(then)
})
