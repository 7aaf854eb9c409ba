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

/** Streams of one peer that are looked at for each such time: whoever opens them without end must not fill memory. */
const MAX_ENDED = 64
/** Milliseconds in which a peer that lost its stream opens another by itself; Go does so at once. */
const REOPENS_WITHIN = 1_000

/**
 * Symptom: after a second connection took the place of the first, and after a
 * switch of protocol of ours, nobody hears a peer of js-libp2p 2.8 any more (0 of
 * 20, measured).
 *
 * Cause: its gossipsub keeps a stream that ended with its connection, or that we
 * reset, goes on writing into it, and opens no other one (js-libp2p#3531, mended in
 * 2026 for js-libp2p 3 alone). It forgets that stream only when ours to it is reset.
 *
 * Fix: who lost its stream to us so, and opens no other one, has ours reset, once
 * for each that it lost. Natters are left out: they
 * open another stream by themselves. It can go when nobody runs js-libp2p 2 any more.
 */
export class LostStreams {
  readonly #options: LostStreamsOptions
  /** Streams that ended, and what they ran on, until it is looked whether another took their place; by peer. */
  readonly #ended = new Map<string, (readonly [Stream, Connection])[]>()

  constructor (options: LostStreamsOptions) {
    this.#options = options
  }

  /** A peer opened a stream. */
  watch (stream: Stream, connection: Connection): void {
    stream.addEventListener('close', () => { this.#lookLater(stream, connection) }, { once: true })
  }

  #lookLater (stream: Stream, connection: Connection): void {
    const { remotePeer } = connection
    const peer = remotePeer.toString()
    const ended = this.#ended.get(peer)
    if (ended !== undefined) {
      if (ended.length < MAX_ENDED) ended.push([stream, connection])
      return
    }
    this.#ended.set(peer, [[stream, connection]])
    setTimeout(() => {
      const all = this.#ended.get(peer) ?? []
      this.#ended.delete(peer)
      if (all.some(isLost) && this.#options.isForeign(peer) && this.#isSilent(remotePeer)) this.#options.beginAnew(remotePeer)
    }, REOPENS_WITHIN).unref()
  }

  #isSilent (peer: PeerId): boolean {
    const open = this.#options.getConnections(peer).filter(({ status }) => status === 'open')
    return open.length > 0 && !open.some(({ streams }) => streams.some((stream) => stream.direction === 'inbound' && isPubsubProtocol(stream.protocol)))
  }
}

/** One that the peer itself closed, or reset, is not lost: it knows of that. */
function isLost ([stream, connection]: readonly [Stream, Connection]): boolean {
  return connection.status !== 'open' || stream.status === 'aborted'
}
