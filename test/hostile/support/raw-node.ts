import { syncBuiltinESMExports } from 'node:module'
import net, { type NetConnectOpts, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { circuitRelayTransport, RELAY_V2_HOP_CODEC, RELAY_V2_STOP_CODEC } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import type { Connection, Ed25519PrivateKey, MessageStream, PeerId, Stream } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { lpStream } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2p } from 'libp2p'
import { sendAll } from '../../net/support/drained.ts'
import { generateIdentity } from '../../../main/node/identity.ts'

/** What a connection keeps to itself, to send what no muxer would: yamux above Noise above the bare connection. */
interface Inside {
  readonly muxer: { readonly maConn: MessageStream & { readonly stream: MessageStream & { readonly socket?: Socket } }, handlePing: () => void, createStream: () => Promise<Stream> }
}

let source = '127.0.0.1'
const connect = net.connect.bind(net)
// libp2p's TCP does not let one choose where a connection comes from.
net.connect = ((options: NetConnectOpts, ...rest: []): Socket => connect({ ...options, localAddress: source } as NetConnectOpts, ...rest)) as typeof net.connect
// For those that import it by name.
syncBuiltinESMExports()

const OK = 100
const ALL = 100_000
/** What libp2p itself bounds is no obstacle to an attacker. */
const NO_LIMITS = { maxInboundStreams: ALL, maxOutboundStreams: ALL } as const

/** A peer that speaks plain libp2p, without any guard, and does what it likes. */
export interface RawNode {
  readonly libp2p: Libp2p
  readonly id: PeerId
  readonly connection: Connection
}

export interface RawNodeOptions {
  /** Whether it says what it speaks; without it nobody opens a stream to it. @default true */
  readonly identifies?: boolean
  /** Whether it can dial through a relay. @default false: what it does with circuits is its test's */
  readonly dialsCircuits?: boolean
  /** Who it is. @default somebody new */
  readonly key?: Ed25519PrivateKey
}

/** Makes a peer and connects it. @param from the IP address on loopback that it comes from */
export async function startRawNode (address: string, from: string, { identifies = true, dialsCircuits = false, key }: RawNodeOptions = {}): Promise<RawNode> {
  const libp2p = await createLibp2p({
    privateKey: key ?? await generateIdentity(),
    addresses: { listen: [] },
    transports: [tcp(), ...(dialsCircuits ? [circuitRelayTransport()] : [])],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux({ maxInboundStreams: ALL, maxOutboundStreams: ALL, enableKeepAlive: false })],
    connectionGater: { denyDialMultiaddr: () => false },
    connectionMonitor: { enabled: false },
    ...(identifies ? { services: { identify: identify() } } : {})
  })
  await libp2p.start()
  source = from
  const connection = await libp2p.dial(multiaddr(address))
  return { libp2p, id: libp2p.peerId, connection }
}

export function inside (connection: Connection): Inside {
  return connection as unknown as Inside
}

/** The socket of a connection, to stop reading it. */
export function stopReading (connection: Connection): void {
  inside(connection).muxer.maConn.stream.pause()
}

export async function openStream (connection: Connection, protocol: string): Promise<Stream> {
  return connection.newStream(protocol, { ...NO_LIMITS, signal: AbortSignal.timeout(5_000) })
}

/** Takes a place on a relay. @returns whether it got one */
export async function reserve ({ connection }: RawNode): Promise<boolean> {
  const stream = await openStream(connection, RELAY_V2_HOP_CODEC)
  const frames = lpStream(stream)
  await frames.write(new BinaryWriter().tag(1, WireType.Varint).uint32(0).finish())
  return isOk((await frames.read({ signal: AbortSignal.timeout(5_000) })).subarray())
}

/** Lets circuits come, and does with each what it likes. */
export async function acceptCircuits ({ libp2p }: RawNode, use: (stream: Stream) => void): Promise<void> {
  await libp2p.handle(RELAY_V2_STOP_CODEC, async (stream) => {
    const frames = lpStream(stream)
    await frames.read()
    await frames.write(new BinaryWriter().tag(1, WireType.Varint).uint32(1).tag(4, WireType.Varint).uint32(OK).finish())
    use(frames.unwrap())
  }, { runOnLimitedConnection: true, ...NO_LIMITS })
}

/** Opens a circuit; undefined where the relay gives none. */
export async function openCircuit ({ connection }: RawNode, to: PeerId): Promise<Stream | undefined> {
  const stream = await openStream(connection, RELAY_V2_HOP_CODEC)
  const frames = lpStream(stream)
  await frames.write(new BinaryWriter().tag(1, WireType.Varint).uint32(1)
    .tag(2, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).bytes(to.toMultihash().bytes).join().finish())
  return isOk((await frames.read({ signal: AbortSignal.timeout(5_000) })).subarray()) ? frames.unwrap() : undefined
}

/** Whether field 5, the status of a hop message, is OK. */
function isOk (answer: Uint8Array): boolean {
  return answer.includes(OK)
}

/** Writes the same again and again, as fast as it is taken, until the other side has had enough. */
export async function pump (to: MessageStream, bytes: Uint8Array, ended: AbortSignal): Promise<void> {
  while (!ended.aborted && to.status === 'open') {
    try {
      await sendAll(to, bytes.slice(), ended)
    } catch {
      // It is cut off, or the attack is over.
    }
    await nextTurn()
  }
}

const DATA = 0

/** A frame of yamux with data for a stream. */
export function dataFrame (stream: Stream, data: Uint8Array, length = data.byteLength): Uint8Array {
  const bytes = new Uint8Array(12 + data.byteLength)
  const view = new DataView(bytes.buffer)
  view.setUint8(1, DATA)
  view.setUint32(4, Number(stream.id))
  view.setUint32(8, length)
  bytes.set(data, 12)
  return bytes
}

/** The same frame, as often as it fits into one message of Noise. */
export function repeat (one: Uint8Array): Uint8Array {
  const times = Math.floor(65_000 / one.byteLength)
  const all = new Uint8Array(times * one.byteLength)
  for (let at = 0; at < times; at++) all.set(one, at * one.byteLength)
  return all
}
