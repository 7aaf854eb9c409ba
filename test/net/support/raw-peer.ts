import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { identify } from '@libp2p/identify'
import type { Connection, Ed25519PrivateKey, PeerId, Stream } from '@libp2p/interface'
import { publicKeyToProtobuf } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { tcp } from '@libp2p/tcp'
import { lpStream } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { createNode, type CreatedNode } from '../../../main/node/create-node.ts'
import { generateIdentity } from '../../../main/node/identity.ts'
import type { Protocol } from '../../../preload/contract/index.ts'
import { TOPIC, type TestNet } from './test-net.ts'

/** A pubsub message as it travels. */
export interface RawMessage {
  readonly from?: Uint8Array
  readonly data?: Uint8Array
  readonly seqno?: Uint8Array
  readonly topic?: string
  readonly signature?: Uint8Array
  readonly key?: Uint8Array
}

/** A frame of either protocol, as far as tests need it. */
export interface RawRpc {
  readonly subscriptions?: readonly { readonly subscribe: boolean, readonly topic: string }[]
  readonly messages?: readonly RawMessage[]
  readonly prune?: readonly string[]
  /** Ids that IHAVE named; read only. */
  readonly ihave?: readonly Uint8Array[]
  /** Topics of GRAFT; read only. */
  readonly graft?: readonly string[]
}

export const STREAMS = { gossipsub: '/meshsub/1.1.0', floodsub: '/floodsub/1.0.0' } as const satisfies Record<Protocol, string>

const MESSAGE_FIELDS = ['from', 'data', 'seqno', 'topic', 'signature', 'key'] as const

/** One that is no Natter. */
export type ForeignRawPeer = RawPeer<Pick<CreatedNode, 'libp2p'>>

/** A peer that speaks pubsub by hand, and so can also say what no router says. */
export class RawPeer<N extends Pick<CreatedNode, 'libp2p'> = CreatedNode> {
  readonly node: N
  readonly key: Ed25519PrivateKey
  readonly protocol: Protocol
  readonly received: RawRpc[] = []
  /** Streams that the other side opened to us. */
  readonly incoming: Stream[] = []
  /** Whether streams that come in are read. */
  reads = true
  readonly #paused: Stream[] = []
  onRpc: (rpc: RawRpc) => void = () => {}

  private constructor (node: N, key: Ed25519PrivateKey, protocol: Protocol) {
    this.node = node
    this.key = key
    this.protocol = protocol
  }

  /** @param options.answers whether it lets others open streams to it from the start, or from `answer()` on */
  static async start (net: TestNet, protocol: Protocol, { answers = true }: { readonly answers?: boolean } = {}): Promise<RawPeer> {
    const key = await generateIdentity()
    const node = await createNode({ role: 'desktop', privateKey: key, listen: ['/ip4/127.0.0.1/tcp/0'], allowPrivate: true })
    return RawPeer.#begin(net, new RawPeer(node, key, protocol), answers)
  }

  /** Another program than Natter, by what it calls itself. It listens nowhere, and so has no signed peer record. */
  static async foreign (net: TestNet, protocol: Protocol, agent: string): Promise<ForeignRawPeer> {
    const key = await generateIdentity()
    return RawPeer.#begin(net, new RawPeer({ libp2p: await foreignLibp2p(key, agent) }, key, protocol), true)
  }

  static async #begin<P extends ForeignRawPeer> (net: TestNet, peer: P, answers: boolean): Promise<P> {
    net.atEnd(async () => peer.node.libp2p.stop())
    if (answers) await peer.answer()
    await peer.node.libp2p.start()
    return peer
  }

  /** Lets others open streams to it. */
  async answer (): Promise<void> {
    await this.node.libp2p.handle(STREAMS[this.protocol], (stream) => { this.#onStream(stream) }, { runOnLimitedConnection: true, maxInboundStreams: 10 })
  }

  get id (): string {
    return this.node.libp2p.peerId.toString()
  }

  get messages (): RawMessage[] {
    return this.received.flatMap(({ messages }) => messages ?? [])
  }

  /** Another connection where there is one already. */
  async connect (address: Multiaddr): Promise<Connection> {
    return this.node.libp2p.dial(address, { force: true })
  }

  /** Opens a stream to a connected peer. */
  async open (connection: Connection): Promise<RawStream> {
    const stream = await connection.newStream(STREAMS[this.protocol], { maxOutboundStreams: 10 })
    const frames = lpStream(stream)
    return { stream, send: async (rpc) => frames.write(encodeRpc(rpc)), sendBytes: async (bytes) => frames.write(bytes) }
  }

  /** A message as a well-behaved peer signs it. */
  async sign (data: Uint8Array, options: { readonly seqno?: Uint8Array, readonly topic?: string } = {}): Promise<RawMessage> {
    return signMessage(this.key, data, options)
  }

  #onStream (stream: Stream): void {
    this.incoming.push(stream)
    if (!this.reads) {
      stream.pause()
      this.#paused.push(stream)
      return
    }
    this.#read(stream)
  }

  /** Reads again, also from streams that were opened while it did not. */
  readAgain (): void {
    this.reads = true
    for (const stream of this.#paused.splice(0)) {
      stream.resume()
      this.#read(stream)
    }
  }

  #read (stream: Stream): void {
    const frames = lpStream(stream, { maxDataLength: 8 * 1_048_576 })
    void (async () => {
      for (;;) {
        const rpc = decodeRpc((await frames.read()).subarray())
        this.received.push(rpc)
        this.onRpc(rpc)
      }
    })().catch(() => {
      // As every program does: a half that stays open counts as a stream.
      stream.close().catch((error: unknown) => { stream.abort(error instanceof Error ? error : new Error(String(error))) })
    })
  }
}

async function foreignLibp2p (privateKey: Ed25519PrivateKey, userAgent: string): Promise<CreatedNode['libp2p']> {
  return createLibp2p({
    start: false,
    privateKey,
    nodeInfo: { userAgent },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: { denyDialMultiaddr: () => false },
    services: { identify: identify() }
  })
}

/** A pubsub stream that we opened. */
export interface RawStream {
  readonly stream: Stream
  readonly send: (rpc: RawRpc) => Promise<void>
  /** One frame of whatever bytes. */
  readonly sendBytes: (bytes: Uint8Array) => Promise<void>
}

let lastSeqno = 0x1000000000000000n

/** Signs as the pubsub specification has it. */
export async function signMessage (key: Ed25519PrivateKey, data: Uint8Array, { seqno = nextSeqno(), topic = TOPIC }: { readonly seqno?: Uint8Array, readonly topic?: string } = {}): Promise<RawMessage> {
  const message = { from: multihash(peerIdFromPrivateKey(key)), data, seqno, topic }
  const prefix = new TextEncoder().encode('libp2p-pubsub:')
  return { ...message, signature: await key.sign(concat(prefix, encodeMessage(message))), key: publicKeyToProtobuf(key.publicKey) }
}

export function nextSeqno (): Uint8Array {
  return seqnoBytes(++lastSeqno)
}

export function seqnoBytes (value: bigint): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, value)
  return bytes
}

export function multihash (peer: PeerId): Uint8Array {
  return peer.toMultihash().bytes
}

export function concat (...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

export function subscribe (topic: string): RawRpc {
  return { subscriptions: [{ subscribe: true, topic }] }
}

function encodeMessage (message: RawMessage): Uint8Array {
  const writer = new BinaryWriter()
  MESSAGE_FIELDS.forEach((field, index) => {
    const value = message[field]
    if (value !== undefined) {
      writer.tag(index + 1, WireType.LengthDelimited).bytes(typeof value === 'string' ? new TextEncoder().encode(value) : value)
    }
  })
  return writer.finish()
}

/** A frame's bytes, without its length. */
export function encodeRpc ({ subscriptions = [], messages = [], prune = [] }: RawRpc): Uint8Array {
  const writer = new BinaryWriter()
  for (const { subscribe, topic } of subscriptions) {
    writer.tag(1, WireType.LengthDelimited).fork().tag(1, WireType.Varint).bool(subscribe).tag(2, WireType.LengthDelimited).string(topic).join()
  }
  for (const message of messages) {
    writer.tag(2, WireType.LengthDelimited).bytes(encodeMessage(message))
  }
  if (prune.length > 0) {
    writer.tag(3, WireType.LengthDelimited).fork()
    for (const topic of prune) {
      writer.tag(4, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).string(topic).join()
    }
    writer.join()
  }
  return writer.finish()
}

/** Fields with a length, in order; others are skipped. */
function fields (bytes: Uint8Array): { readonly field: number, readonly value: Uint8Array }[] {
  const reader = new BinaryReader(bytes)
  const found: { field: number, value: Uint8Array }[] = []
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag()
    if (type === WireType.LengthDelimited) {
      found.push({ field, value: reader.bytes() })
    } else if (type === WireType.Varint) {
      found.push({ field, value: Uint8Array.of(Number(reader.uint64())) })
    } else {
      reader.skip(type)
    }
  }
  return found
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
const all = (bytes: readonly { readonly field: number, readonly value: Uint8Array }[], field: number): Uint8Array[] =>
  bytes.filter((each) => each.field === field).map(({ value }) => value)

function decodeRpc (bytes: Uint8Array): RawRpc {
  const rpc = fields(bytes)
  const control = all(rpc, 3).flatMap(fields)
  return {
    subscriptions: all(rpc, 1).map(fields).map((each) => ({ subscribe: all(each, 1)[0]?.[0] === 1, topic: text(all(each, 2)[0] ?? new Uint8Array(0)) })),
    messages: all(rpc, 2).map((each) => Object.fromEntries(fields(each).map(({ field, value }) => {
      const name = MESSAGE_FIELDS[field - 1] ?? 'unknown'
      return [name, name === 'topic' ? text(value) : value]
    })) as RawMessage),
    ihave: all(control, 1).flatMap((each) => all(fields(each), 2)),
    graft: all(control, 3).map((each) => text(all(fields(each), 1)[0] ?? new Uint8Array(0)))
  }
}
