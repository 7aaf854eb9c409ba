import type { Connection, MessageStream, StreamMuxer } from '@libp2p/interface'

/** Bytes that passed one connection. */
export interface LinkBytes { readonly in: number, readonly out: number }

/** What a muxer has beyond its interface, as read in @libp2p/utils 7.4.1. */
interface MuxerEnds {
  send: (data: Parameters<MessageStream['send']>[0]) => boolean
  onData: (data: Parameters<MessageStream['send']>[0]) => void
}

/** What of a connection is used beyond its interface (libp2p 3.3). */
interface Muxed { readonly muxer?: StreamMuxer }

const counts = new WeakMap<StreamMuxer, { in: number, out: number }>()
const NONE: LinkBytes = { in: 0, out: 0 }

/**
 * Counts what passes a muxer, which is all that a connection carries: streams,
 * their frames and pings, before encryption. Two additions a read or write.
 */
export function countBytes (muxer: StreamMuxer): StreamMuxer {
  const inner = muxer as StreamMuxer & MuxerEnds
  const count = { in: 0, out: 0 }
  const send = inner.send.bind(inner)
  const take = inner.onData.bind(inner)
  inner.send = (data) => {
    count.out += data.byteLength
    return send(data)
  }
  inner.onData = (data) => {
    count.in += data.byteLength
    take(data)
  }
  counts.set(muxer, count)
  return muxer
}

/** What passed a connection so far; nothing where no muxer of ours runs over it. */
export function bytesOf (connection: Connection): LinkBytes {
  const { muxer } = connection as Connection & Muxed
  return (muxer === undefined ? undefined : counts.get(muxer)) ?? NONE
}
