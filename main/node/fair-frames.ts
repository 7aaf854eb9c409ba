import type { MessageStream, StreamMuxer } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'
import { thisTurn } from './event-turn.ts'

/** Milliseconds for which one connection keeps all others waiting, in one turn of the event loop. */
const A_TURN = 2
const NOTHING = new Uint8Array(0)

/** What a muxer and the connection below it keep to themselves (libp2p-yamux 8, @libp2p/utils 7.4.1). */
interface Reads {
  readonly decoder: { emitFrames: (bytes: Uint8Array | Uint8ArrayList) => Iterable<unknown> }
  onData: (bytes: Uint8Array | Uint8ArrayList) => void
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
  let waits = false
  const isWaiting = (): boolean => waits
  let [turn, spent] = [0, 0]

  inner.decoder.emitFrames = function * (bytes) {
    const now = thisTurn()
    if (now !== turn) [turn, spent] = [now, 0]
    const begin = performance.now() - spent
    for (const frame of emit(bytes)) {
      yield frame
      spent = performance.now() - begin
      if (spent > A_TURN && connection.status === 'open') {
        wait()
        return
      }
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
