import type { MessageStream, StreamMuxer } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'
import { TurnTime } from './event-turn.ts'

/** Milliseconds for which one connection keeps all others waiting, in one turn of the event loop. */
const A_TURN = 2
/** Bytes of a frame that has not arrived in full which are copied: a few bytes would keep the whole packet in memory. */
const SMALL_REST = 4_096
const NOTHING = new Uint8Array(0)

type Bytes = Uint8Array | Uint8ArrayList

/** What a muxer and the connection below it keep to themselves (libp2p-yamux 8, @libp2p/utils 7.4.1). */
interface Reads {
  readonly decoder: {
    readonly buffer: { readonly byteLength: number, slice: () => Uint8Array, consume: (bytes: number) => void, append: (bytes: Uint8Array) => void }
    emitFrames: (bytes: Bytes) => Iterable<unknown>
  }
  onData: (bytes: Bytes) => void
}
interface Below { sendPause: () => void }

/**
 * Lets others have a turn where one connection brought much at once.
 *
 * Trap: yamux handles all that came in one go, which may be 5,000 frames of one
 * byte: with 2,000 of them through a circuit others waited up to 93 ms (p99, measured).
 * Here the rest waits for the next turn of the event loop, and what comes
 * meanwhile for the rest. Node reads up to 32 times from one socket before it
 * turns to the next, so what counts is the time of all that was read in a turn.
 *
 * @returns whether a rest waits
 */
export function readInTurns (muxer: StreamMuxer, connection: MessageStream): () => boolean {
  const inner = muxer as StreamMuxer & Reads
  const below = connection as MessageStream & Below
  const emit = inner.decoder.emitFrames.bind(inner.decoder)
  const time = new TurnTime(A_TURN)
  let waits = false
  const isWaiting = (): boolean => waits

  inner.decoder.emitFrames = function * (bytes) {
    time.begin()
    for (const frame of emit(bytes)) {
      yield frame
      if (time.isOver() && connection.status === 'open') {
        wait()
        return
      }
    }
    keepSmall()
  }

  function keepSmall (): void {
    const { buffer } = inner.decoder
    const rest = buffer.byteLength
    if (rest > 0 && rest <= SMALL_REST) {
      const copy = new Uint8Array(buffer.slice())
      buffer.consume(rest)
      buffer.append(copy)
    }
  }

  function wait (): void {
    waits = true
    connection.pause()
    setImmediate(() => {
      waits = false
      if (connection.status !== 'open') return
      try {
        inner.onData(NOTHING)
        goOn()
      } catch (error) {
        muxer.abort(error as Error)
        connection.abort(error as Error)
      }
    })
  }

  function goOn (): void {
    if (waits) return
    // It hands out what it kept, and reads on even where that makes it wait again.
    connection.resume()
    if (isWaiting()) below.sendPause()
  }
  return isWaiting
}
