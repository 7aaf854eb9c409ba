import type { Connection, PeerId, Stream } from '@libp2p/interface'
import { isPubsubProtocol } from './router.ts'

/** What {@link LostStreams} need to know and do. */
export interface LostStreamsOptions {
  readonly getConnections: (peer: PeerId) => readonly Connection[]
  /** Whether a peer is known to be no Natter: those open another stream by themselves. */
  readonly isForeign: (peer: string) => boolean
  /** Resets our streams to a peer and opens another. */
  readonly beginAnew: (peer: PeerId) => void
}

/** Milliseconds in which a peer that lost its stream opens another by itself; Go does so at once. */
const REOPENS_WITHIN = 1_000

/**
 * Symptom: after a second connection took the place of the first, nobody hears a
 * peer of js-libp2p 2.8 any more (0 of 20, measured).
 *
 * Cause: its gossipsub keeps a stream that ended with its connection, goes on
 * writing into it, and opens no other one (js-libp2p#3531, mended in 2026 for
 * js-libp2p 3 alone). It forgets that stream only when ours to it is reset.
 *
 * Fix: who lost its stream to us with a connection, and opens none on the one that
 * is left, has ours reset, once for each that it lost. Natters are left out: they
 * open another stream by themselves. It can go when nobody runs js-libp2p 2 any more.
 */
export class LostStreams {
  readonly #options: LostStreamsOptions
  readonly #waiting = new Set<string>()

  constructor (options: LostStreamsOptions) {
    this.#options = options
  }

  /** A peer opened a stream. */
  watch (stream: Stream, connection: Connection): void {
    stream.addEventListener('close', () => { this.#lookLater(connection) }, { once: true })
  }

  #lookLater (connection: Connection): void {
    const peer = connection.remotePeer.toString()
    if (this.#waiting.has(peer)) return
    this.#waiting.add(peer)
    setTimeout(() => {
      this.#waiting.delete(peer)
      if (connection.status !== 'open' && this.#options.isForeign(peer) && this.#isSilent(connection.remotePeer)) {
        this.#options.beginAnew(connection.remotePeer)
      }
    }, REOPENS_WITHIN).unref()
  }

  #isSilent (peer: PeerId): boolean {
    const open = this.#options.getConnections(peer).filter(({ status }) => status === 'open')
    return open.length > 0 && !open.some(({ streams }) => streams.some((stream) => stream.direction === 'inbound' && isPubsubProtocol(stream.protocol)))
  }
}
