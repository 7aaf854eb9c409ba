import type { Stream } from '@libp2p/interface'
import type { HeldAccount } from '../guard/held-bytes.ts'

/** What a list of bytes keeps to itself (uint8arraylist 3). */
interface Pieces {
  readonly byteLength: number
  readonly bufs: Uint8Array[]
  append: (bytes: Uint8Array) => void
  consume: (bytes: number) => void
}

/** What a stream has beyond its interface (@libp2p/utils 7.4.1). */
interface Buffers extends Stream {
  readonly readBuffer: Pieces
  readonly writeBuffer: Pieces
  onData: (bytes: Uint8Array) => void
  dispatchReadBuffer: () => void
  processSendQueue: () => boolean
}

/** Pieces that may wait in one stream before small ones become one. */
const MANY_PIECES = 256
/** Average bytes of a piece below which pieces count as small: each costs about 100 bytes of its own. */
const SMALL_PIECE = 1_024
/** A piece keeps the whole packet that it came in; from this part of it on it is copied instead. */
const PART = 4

/**
 * Reports the bytes that wait in a stream, and keeps them small.
 *
 * Symptom: 256 KiB that a peer sends as frames of one byte take 30 MB where nobody reads them, and a single byte
 * keeps the 64 KiB that it was decrypted with.
 * Cause: a stream keeps the slices it is handed.
 * Fix: what has to wait is copied where it is a small part of its packet, and small pieces become one.
 * Scope: streams in which something waits; what is read at once is not copied.
 * Upstream: none filed (2026-12-01).
 * Can go when: @libp2p/utils copies what it buffers.
 */
export function reportHeld (stream: Stream, account: HeldAccount): void {
  const inner = stream as Buffers
  let [held, isClosed] = [0, false]
  const report = (): void => {
    const now = isClosed ? 0 : inner.readBuffer.byteLength + inner.writeBuffer.byteLength
    if (now !== held) {
      held = now
      account.set(stream, now)
    }
  }

  const take = inner.onData.bind(inner)
  inner.onData = (bytes) => {
    const before = inner.readBuffer.bufs.length
    take(bytes)
    if (inner.readBuffer.byteLength > 0) compact(inner.readBuffer, before)
    report()
  }
  const dispatch = inner.dispatchReadBuffer.bind(inner)
  inner.dispatchReadBuffer = () => {
    dispatch()
    report()
  }
  // Every write goes through it, and every drain.
  const send = inner.processSendQueue.bind(inner)
  inner.processSendQueue = () => {
    try {
      return send()
    } finally {
      report()
    }
  }
  stream.addEventListener('close', () => {
    isClosed = true
    report()
  }, { once: true })
}

/** Keeps little more than the bytes that wait. @param from the first piece that may be new */
function compact (buffer: Pieces, from: number): void {
  const { bufs } = buffer
  for (let index = Math.min(from, bufs.length - 1); index < bufs.length; index++) {
    const piece = bufs[index]
    if (piece !== undefined && piece.byteLength * PART < piece.buffer.byteLength) bufs[index] = new Uint8Array(piece)
  }
  if (bufs.length >= MANY_PIECES && buffer.byteLength < bufs.length * SMALL_PIECE) {
    const whole = new Uint8Array(Buffer.concat(bufs, buffer.byteLength))
    buffer.consume(buffer.byteLength)
    buffer.append(whole)
  }
}
