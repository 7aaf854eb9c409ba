import type { ConnectionManager, Registrar } from '@libp2p/interface-internal'
import type { ComponentLogger, Connection, Libp2pEvents, PeerId, PeerStore, PrivateKey, Stream, TypedEventTarget } from '@libp2p/interface'
import type { Message, PublishResult, SubscriptionChangeData } from '@chainsafe/libp2p-gossipsub'
import type { TopicValidatorFn } from '@chainsafe/libp2p-gossipsub'
import type { Doorkeeper } from './early-refusal.ts'
import type { Lines } from './lines.ts'
import type { Neighbours } from './naming/neighbours.ts'

/** What a router takes from libp2p. */
export interface RouterComponents {
  readonly privateKey: PrivateKey
  readonly peerId: PeerId
  readonly peerStore: PeerStore
  readonly registrar: Registrar
  readonly connectionManager: ConnectionManager
  readonly logger: ComponentLogger
  readonly events: TypedEventTarget<Libp2pEvents>
}

/** Told of each copy of a post that was checked: whether a post like it had come before. */
export type Judge = (peer: string, topic: string, duplicate: boolean) => void

/** How a router of either kind is made. */
export interface RouterOptions {
  readonly judge: Judge
  readonly neighbours: Neighbours
  /** Asked before signatures are checked. @default nobody is */
  readonly doorkeeper?: Doorkeeper
  /** Gives the sequence number of each post of ours. */
  readonly nextNumber: () => Promise<bigint>
  /** In which messages are handled. */
  readonly lines: Lines
  /** Told of peers that announce far too much. */
  readonly onFlood: (peer: string) => void
}

/** What Gossipsub and Floodsub have in common, and all that the rest of Natter knows of them. */
export interface Router {
  readonly topicValidators: Map<string, TopicValidatorFn>
  addEventListener: ((type: 'message', listener: (event: CustomEvent<Message>) => void) => void) &
    ((type: 'subscription-change', listener: (event: CustomEvent<SubscriptionChangeData>) => void) => void)
  start: () => Promise<void>
  stop: () => Promise<void>
  subscribe: (topic: string) => void
  unsubscribe: (topic: string) => void
  getSubscribers: (topic: string) => PeerId[]
  /** Neighbours on a topic, by peer id. Floodsub has none: it sends to everybody. */
  getMeshPeers?: (topic: string) => string[]
  publish: (topic: string, data: Uint8Array) => Promise<PublishResult>
  /** Peer ids by topic; Gossipsub's alone. */
  readonly mesh?: ReadonlyMap<string, ReadonlySet<string>>
  readonly fanout?: ReadonlyMap<string, ReadonlySet<string>>
}

/** Stream protocols of both routers. */
export function isPubsubProtocol (protocol: string | undefined): boolean {
  return protocol !== undefined && (protocol.startsWith('/meshsub/') || protocol === '/floodsub/1.0.0')
}

/** Whether any pubsub stream still stands on a connection, ours or the other end's. */
export function carriesPubsub ({ streams }: Connection): boolean {
  return streams.some(({ protocol }) => isPubsubProtocol(protocol))
}

/** Streams of ours on a connection. */
export function outboundPubsub ({ streams }: Connection): Stream[] {
  return streams.filter(({ direction, status, protocol }) => direction === 'outbound' && status === 'open' && isPubsubProtocol(protocol))
}

/** Whether a stream of ours stands on a connection, by which posts can leave. */
export function hasOutboundPubsub (connection: Connection): boolean {
  return outboundPubsub(connection).some(canCarry)
}

/** Whether what is written to a stream is read: neither end closed it. */
export function canCarry ({ status, writeStatus, remoteWriteStatus }: Stream): boolean {
  return status === 'open' && writeStatus === 'writable' && remoteWriteStatus === 'writable'
}

/**
 * Resets streams of ours of which one end was closed. Trap: a router that let
 * go of us closes only its end, and what we send goes on to count as sent; and
 * where we let go, the half that is left keeps Floodsub from opening another.
 */
export function resetDeaf (connection: Connection): void {
  for (const stream of outboundPubsub(connection)) {
    // One that is closing still sends.
    if (stream.remoteWriteStatus !== 'writable' || stream.writeStatus === 'closed') {
      stream.abort(new Error('one end is closed'))
    }
  }
}
