import { yamux } from '@chainsafe/libp2p-yamux'
import { RELAY_V2_HOP_CODEC, RELAY_V2_STOP_CODEC } from '@libp2p/circuit-relay-v2'
import type { MessageStream, Stream, StreamMuxer, StreamMuxerFactory } from '@libp2p/interface'
import { boundAnswers } from './bounded-answers.ts'
import { readInTurns } from './fair-frames.ts'
import type { FrameMeter, FrameMeters } from './frame-meter.ts'
import type { HeldAccount, HeldBytes } from './guard/held-bytes.ts'
import { reportHeld } from './libp2p-patches/held-streams.ts'
import { readInOrder } from './libp2p-patches/read-in-order.ts'
import { grantWhatIsRead } from './libp2p-patches/stream-credit.ts'
import { tellTrueDrain } from './libp2p-patches/true-drain.ts'
import { boundRequests } from './libp2p-patches/unread-requests.ts'
import { MAX_NEW_STREAMS, MAX_STREAM_WINDOW, MAX_UNSENT_BYTES } from './limits.ts'
import { countBytes } from './network/link-bytes.ts'
import { Bucket } from './quota.ts'

/** What a muxer has beyond its interface, as read in @libp2p/utils 7.4.1 and libp2p-yamux 8. */
interface MuxerEnds {
  readonly decoder: { readonly buffer: { readonly byteLength: number } }
  onData: (data: Parameters<MessageStream['send']>[0]) => void
  handleFrame: (frame: { readonly header: { readonly streamID: number } }) => void
  _newStream: (id: number, ...rest: readonly unknown[]) => Stream & { onMuxerNeedsDrain: () => void }
  send: (data: Parameters<MessageStream['send']>[0]) => boolean
  onTransportClosed: (error?: Error) => void
  onRemoteStream: (stream: Stream) => void
}

const CARRYING: ReadonlySet<string> = new Set([RELAY_V2_HOP_CODEC, RELAY_V2_STOP_CODEC])
/** Bytes in front of each frame. */
const HEADER = 12

/** The connection below, likewise: it throws at writes where this is `closing` or `closed`. */
interface Below { readonly writeStatus?: string, readonly writableNeedsDrain?: boolean }

/** What bounds the streams of a node's connections. */
export interface MuxerGuards {
  readonly role: 'desktop' | 'relay'
  /** Bound what a peer may send by {@link MAX_NEW_STREAMS} and {@link FrameMeters}; who goes beyond is told of, and the connection ends. */
  readonly meters: FrameMeters
  /** Bounds what may wait in streams. */
  readonly held: HeldBytes
}

/**
 * Yamux that survives its connection, and bounds what a peer may have us keep.
 *
 * Trap: it opens a stream in a microtask. Where the connection below has ended
 * and the muxer has not heard of it yet, that throws to nobody, which ends the
 * process: seen when 12 peers came and went. So what is written to a connection
 * that takes nothing any more ends the muxer instead, and with it its streams,
 * whose users then learn of it.
 *
 * Trap: it keeps what comes of a frame until all of it is there, up to 4 GiB.
 */
export function steadyYamux ({ role, meters, held }: MuxerGuards): () => StreamMuxerFactory {
  return () => {
    const maxStreamWindowSize = MAX_STREAM_WINDOW[role]
    // The connection monitor pings.
    const factory = yamux({ enableKeepAlive: false, streamOptions: { maxStreamWindowSize } })()
    return {
      protocol: factory.protocol,
      createStreamMuxer: (connection) => {
        const muxer = factory.createStreamMuxer(connection)
        const meter = meters.of(connection)
        const account = held.open(meters.originOf(connection))
        connection.addEventListener('close', account.close, { once: true })
        steady(muxer, connection, meter)
        countBytes(muxer)
        boundFrames(muxer, { window: maxStreamWindowSize, connection, meter, account })
        boundStreams(muxer, connection, account, meter)
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
      const takesMore = send(data)
      if (!takesMore && connection.writeBufferLength > MAX_UNSENT_BYTES && !ended) {
        ended = true
        // Streams wait by themselves: this is what we answer to a peer that reads nothing.
        queueMicrotask(() => { connection.abort(new RangeError('the peer takes nothing of what it asks for')) })
      }
      return takesMore
    }
    if (!ended) {
      ended = true
      // Whoever writes now has its streams in hand.
      queueMicrotask(() => { inner.onTransportClosed(new Error('the connection has ended')) })
    }
    return true
  }
}

interface FrameBounds {
  readonly window: number
  readonly connection: MessageStream
  readonly meter: FrameMeter | undefined
  readonly account: HeldAccount
}

/** What is thrown here goes to who reads the connection: it ends the muxer and the connection. */
function boundFrames (muxer: StreamMuxer, { window, connection, meter, account }: FrameBounds): void {
  const inner = muxer as StreamMuxer & MuxerEnds
  const isWaiting = readInTurns(muxer, connection)
  const read = inner.onData.bind(inner)
  let held = 0
  inner.onData = (data) => {
    read(data)
    const waits = inner.decoder.buffer.byteLength
    if (!isWaiting() && waits > window + HEADER) {
      throw new RangeError('the peer sent a larger frame than anybody needs')
    }
    if (waits !== held) {
      held = waits
      account.set(connection, waits)
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

function boundStreams (muxer: StreamMuxer, connection: MessageStream & Below, account: HeldAccount, meter: FrameMeter | undefined): void {
  const inner = muxer as StreamMuxer & MuxerEnds
  const open = inner._newStream.bind(inner)
  inner._newStream = (id, ...rest) => {
    const stream = open(id, ...rest)
    grantWhatIsRead(stream)
    tellTrueDrain(stream)
    reportHeld(stream, account)
    boundRequests(stream)
    stream[Symbol.asyncIterator] = () => readInOrder(stream)
    // Trap: a stream that is opened while the connection takes nothing does not know, and writes a window into memory.
    if (connection.writableNeedsDrain === true) stream.onMuxerNeedsDrain()
    return stream
  }
  if (meter === undefined) return
  const take = inner.onRemoteStream.bind(inner)
  const { atOnce, perSecond } = MAX_NEW_STREAMS
  const bucket = new Bucket({ perWindow: atOnce, window: atOnce / perSecond * 1_000 })
  inner.onRemoteStream = (stream) => {
    boundAnswers(stream, () => stream.protocol === '', () => meter.flood())
    take(stream)
    if (!bucket.take()) meter.flood()
  }
}
