import { yamux } from '@chainsafe/libp2p-yamux'
import { RELAY_V2_HOP_CODEC, RELAY_V2_STOP_CODEC } from '@libp2p/circuit-relay-v2'
import type { MessageStream, Stream, StreamMuxer, StreamMuxerFactory } from '@libp2p/interface'
import { boundAnswers } from './bounded-answers.ts'
import { readInTurns } from './fair-frames.ts'
import type { FrameMeter, FrameMeters } from './frame-meter.ts'
import { MAX_NEW_STREAMS, MAX_STREAM_WINDOW } from './limits.ts'
import { countBytes } from './network/link-bytes.ts'
import { Quota } from './quota.ts'

/** What a muxer has beyond its interface, as read in @libp2p/utils 7.4.1 and libp2p-yamux 8. */
interface MuxerEnds {
  readonly decoder: { readonly buffer: { readonly byteLength: number } }
  onData: (data: Parameters<MessageStream['send']>[0]) => void
  handleFrame: (frame: { readonly header: { readonly streamID: number } }) => void
  _newStream: (id: number, ...rest: readonly unknown[]) => Stream
  send: (data: Parameters<MessageStream['send']>[0]) => boolean
  onTransportClosed: (error?: Error) => void
  onRemoteStream: (stream: Stream) => void
}

const CARRYING: ReadonlySet<string> = new Set([RELAY_V2_HOP_CODEC, RELAY_V2_STOP_CODEC])
/** Bytes in front of each frame. */
const HEADER = 12

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
 * Trap: it keeps what comes of a frame until all of it is there, up to 4 GiB.
 *
 * @param meters bound what a peer may send by {@link MAX_NEW_STREAMS} and
 * {@link MAX_SMALL_FRAMES}; who goes beyond is told of, and the connection ends
 */
export function steadyYamux (meters?: FrameMeters): () => StreamMuxerFactory {
  return () => {
    const maxStreamWindowSize = MAX_STREAM_WINDOW[meters === undefined ? 'desktop' : 'relay']
    // The connection monitor pings.
    const factory = yamux({ enableKeepAlive: false, streamOptions: { maxStreamWindowSize } })()
    return {
      protocol: factory.protocol,
      createStreamMuxer: (connection) => {
        const muxer = factory.createStreamMuxer(connection)
        const meter = meters?.of(connection)
        steady(muxer, connection, meter)
        countBytes(muxer)
        boundFrames(muxer, maxStreamWindowSize, meter, readInTurns(muxer, connection))
        if (meter !== undefined) boundStreams(muxer, meter)
        return muxer
      }
    }
  }
}

function steady (muxer: StreamMuxer, connection: MessageStream & Below, meter: FrameMeter | undefined): void {
  const inner = muxer as StreamMuxer & MuxerEnds
  const send = inner.send.bind(inner)
  let ended = false
  inner.send = (data) => {
    if (connection.writeStatus !== 'closing' && connection.writeStatus !== 'closed') {
      meter?.passed(data.byteLength)
      return send(data)
    }
    if (!ended) {
      ended = true
      // Whoever writes now has its streams in hand.
      queueMicrotask(() => { inner.onTransportClosed(new Error('the connection has ended')) })
    }
    return true
  }
}

/** What is thrown here goes to who reads the connection: it ends the muxer and the connection. */
function boundFrames (muxer: StreamMuxer, window: number, meter: FrameMeter | undefined, isWaiting: () => boolean): void {
  const inner = muxer as StreamMuxer & MuxerEnds
  const read = inner.onData.bind(inner)
  inner.onData = (data) => {
    read(data)
    if (!isWaiting() && inner.decoder.buffer.byteLength > window + HEADER) {
      throw new RangeError('the peer sent a larger frame than anybody needs')
    }
  }
  if (meter !== undefined) {
    const circuits = circuitsOf(inner)
    const handle = inner.handleFrame.bind(inner)
    inner.handleFrame = (frame) => {
      if (circuits.has(frame.header.streamID)) meter.carried()
      else meter.frame()
      handle(frame)
    }
  }
}

/** The streams that carry circuits, by their number. */
function circuitsOf (inner: MuxerEnds): { readonly has: (id: number) => boolean } {
  const streams = new Map<number, Stream>()
  const open = inner._newStream.bind(inner)
  inner._newStream = (id, ...rest) => {
    const stream = open(id, ...rest)
    streams.set(id, stream)
    stream.addEventListener('close', () => { streams.delete(id) }, { once: true })
    return stream
  }
  return { has: (id) => CARRYING.has(streams.get(id)?.protocol ?? '') }
}

function boundStreams (muxer: StreamMuxer, meter: FrameMeter): void {
  const inner = muxer as StreamMuxer & MuxerEnds
  const take = inner.onRemoteStream.bind(inner)
  const { atOnce, perSecond } = MAX_NEW_STREAMS
  const quota = new Quota({ perWindow: atOnce, window: atOnce / perSecond * 1_000 })
  inner.onRemoteStream = (stream) => {
    boundAnswers(stream, () => stream.protocol === '', () => meter.flood())
    take(stream)
    if (!quota.take('')) meter.flood()
  }
}
