import { yamux } from '@chainsafe/libp2p-yamux'
import type { MessageStream, Stream, StreamMuxer, StreamMuxerFactory } from '@libp2p/interface'
import { MAX_NEW_STREAMS } from './limits.ts'
import { Quota } from './quota.ts'

/** What a muxer has beyond its interface, as read in @libp2p/utils 7.4.1. */
interface MuxerEnds {
  send: (data: Parameters<MessageStream['send']>[0]) => boolean
  onTransportClosed: (error?: Error) => void
  onRemoteStream: (stream: Stream) => void
}

/** The connection below, likewise: it throws at writes where this is `closing` or `closed`. */
interface Below { readonly writeStatus?: string }

/**
 * Yamux that survives its connection.
 *
 * Trap: it opens a stream in a microtask. Where the connection below has ended
 * and the muxer has not heard of it yet, that throws to nobody, which ends the
 * process: seen when 12 peers came and went. So what is written to a connection
 * that takes nothing any more ends the muxer instead, and with it its streams,
 * whose users then learn of it.
 *
 * @param onFlood bounds streams by {@link MAX_NEW_STREAMS}: told of a peer that
 * opens more, by its last stream, before the connection ends
 */
export function steadyYamux (onFlood?: (stream: Stream) => void): () => StreamMuxerFactory {
  return () => {
    const factory = yamux()()
    return {
      protocol: factory.protocol,
      createStreamMuxer: (connection) => {
        const muxer = steady(factory.createStreamMuxer(connection), connection)
        if (onFlood !== undefined) bound(muxer, onFlood)
        return muxer
      }
    }
  }
}

function steady (muxer: StreamMuxer, connection: MessageStream & Below): StreamMuxer {
  const inner = muxer as StreamMuxer & MuxerEnds
  const send = inner.send.bind(inner)
  let ended = false
  inner.send = (data) => {
    if (connection.writeStatus !== 'closing' && connection.writeStatus !== 'closed') return send(data)
    if (!ended) {
      ended = true
      // Whoever writes now has its streams in hand.
      queueMicrotask(() => { inner.onTransportClosed(new Error('the connection has ended')) })
    }
    return true
  }
  return muxer
}

function bound (muxer: StreamMuxer, onFlood: (stream: Stream) => void): void {
  const inner = muxer as StreamMuxer & MuxerEnds
  const take = inner.onRemoteStream.bind(inner)
  const { atOnce, perSecond } = MAX_NEW_STREAMS
  const quota = new Quota({ perWindow: atOnce, window: atOnce / perSecond * 1_000 })
  inner.onRemoteStream = (stream) => {
    take(stream)
    if (!quota.take('')) {
      onFlood(stream)
      // Thrown to who reads frames: it ends the muxer and the connection.
      throw new RangeError('the peer opened more streams than anybody needs')
    }
  }
}
