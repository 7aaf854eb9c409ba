import { yamux } from '@chainsafe/libp2p-yamux'
import type { MessageStream, StreamMuxer, StreamMuxerFactory } from '@libp2p/interface'

/** What a muxer has beyond its interface, as read in @libp2p/utils 7.4.1. */
interface MuxerEnds {
  send: (data: Parameters<MessageStream['send']>[0]) => boolean
  onTransportClosed: (error?: Error) => void
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
 */
export function steadyYamux (): () => StreamMuxerFactory {
  return () => {
    const factory = yamux()()
    return {
      protocol: factory.protocol,
      createStreamMuxer: (connection) => steady(factory.createStreamMuxer(connection), connection)
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
