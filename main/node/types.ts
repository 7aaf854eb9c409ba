import type { EventEmitter } from 'node:events'
import type { PrivateKey } from '@libp2p/interface'
import type { CheckStep, CheckStepId, NetworkPeer, Path, Protocol, ProtocolState, Reachability, Relay, RelaySource } from '../../preload/contract/index.ts'
import type { Paths } from './paths/types.ts'
import type { PubsubCounts, PubsubTotals, Traffic } from './pubsub/counts.ts'
import type { NumberStore } from './pubsub/sequence-numbers.ts'
import type { PostQuota } from './quotas/post-quota.ts'
import type { ProxyFor } from './transports/types.ts'

export type { NumberStore } from './pubsub/sequence-numbers.ts'
export type { PeerControl, PeerCount, PubsubCounts, PubsubTotals, Traffic } from './pubsub/counts.ts'

/** A message that a router has checked: signed by `from`, first copy, not ours. */
export interface PubsubMessage {
  readonly topic: string
  /** Peer id of who signed it. */
  readonly from: string
  readonly data: Uint8Array
  /** `from` ‖ sequence number, in base64url; unique a message. */
  readonly id: string
  /** Peer id of the neighbour that handed it to us. */
  readonly via?: string
}

/** What {@link Pubsub} announces. */
export interface PubsubEvents {
  'message': [PubsubMessage]
  /** A copy of a post came, first or duplicate, or left. Made only while somebody listens. */
  'traffic': [Traffic]
  /** Connected peers joined or left these topics. */
  'subscribers:change': [{ readonly topics: readonly string[] }]
  'protocol:change': [ProtocolState]
  /** We subscribed to a topic, or left one. */
  'topics:change': []
}

/** One way to publish and subscribe over Gossipsub and Floodsub, switched at run time. */
export interface Pubsub extends EventEmitter<PubsubEvents> {
  readonly state: ProtocolState
  /** Topics that we subscribe to. */
  readonly topics: readonly string[]
  subscribe: (topic: string) => void
  unsubscribe: (topic: string) => void
  /** Peer ids of connected peers on a topic, hubs included. */
  subscribers: (topic: string) => readonly string[]
  /** Topics that connected peers are seen to subscribe to, whether or not we do. */
  seenTopics: () => readonly string[]
  /**
   * Hands a payload to the router, once a switch of protocol that is under way
   * has settled. Nobody there is no error: `recipients` is then empty.
   *
   * @throws {NodeError} `ERR_TOO_LARGE` above 1 MiB
   */
  publish: (topic: string, data: Uint8Array) => Promise<{ readonly recipients: readonly string[] }>
  /** Changes the protocol; settles within 2 s; keeps subscriptions. */
  switchTo: (protocol: Protocol) => Promise<void>
  /** What passed under a protocol. @param protocol by default the one in use */
  counts: (protocol?: Protocol) => PubsubCounts
  /** The sums alone, whose cost does not grow with peers or time. */
  totals: (protocol: Protocol) => PubsubTotals
}

/** Somebody on a topic, as the network shows them. Hubs are left out. */
export interface Member {
  readonly peerId: string
  readonly path: Path
}

/** What {@link People} announces. */
export interface PeopleEvents {
  /** The people of these topics, or the ways to them, changed. */
  'people:change': [{ readonly topics: readonly string[] }]
  /** A signed peer record of somebody on our topics came in: keep it for the next start. */
  'record:learned': [KnownPerson]
  /** A peer told us of a relay that we do not know; the person decides. */
  'relay:learned': [{ readonly address: string, readonly from: string }]
}

/** A person whose signed peer record we hold, to be found again after a restart. */
export interface KnownPerson {
  readonly peerId: string
  /** A libp2p signed peer record (RFC 0003), as its envelope's bytes. */
  readonly record: Uint8Array
  readonly topics: readonly string[]
  /** What they call themselves, as an invite of theirs has it. */
  readonly name?: string
}

/** Who is on our topics and how we reach them; finds and keeps connections to them. */
export interface People extends EventEmitter<PeopleEvents> {
  /** People on a topic, ourselves left out: connected ones, then those known or heard through a hub. */
  onTopic: (topic: string) => readonly Member[]
  /** How many more a hub counts there, whom it cannot name: other programs sign no peer record. */
  unnamed: (topic: string) => number
  /**
   * How many people a message on a topic was given to, from what the router says
   * it gave it to: people directly, and through a hub those that the hub names or counts
   * there. Of a hub of Natter 0.1.0, which counts nobody, those heard through it count.
   */
  reached: (topic: string, recipients: readonly string[]) => number
  isHub: (peerId: string) => boolean
  /**
   * Takes a signed peer record (from an invite, or from an earlier run), checks
   * it, and dials who it names, now and again when they are gone.
   *
   * @throws {NodeError} `ERR_BAD_RECORD`
   */
  know: (person: { readonly record: Uint8Array, readonly topics: readonly string[] }) => Promise<string>
  /** Our own signed peer record as it is now: an envelope's bytes. */
  ownRecord: () => Promise<Uint8Array>
}

/** A relay that we may use. */
export interface RelayCandidate {
  readonly address: string
  /** Further addresses of the same relay, tried in turn where the first does not answer. @default none */
  readonly alternatives?: readonly string[]
  readonly source: RelaySource
  /** Relays that others named are used only after the person agreed. */
  readonly approved: boolean
}

/** A relay that another relay told us of. */
export interface FoundRelay {
  readonly peerId: string
  /** Multiaddrs with its peer id, IP addresses first; never empty. */
  readonly addresses: readonly string[]
}

/** What {@link ReachabilityService} announces. */
export interface ReachabilityEvents {
  'reachability:change': [Reachability]
  'relays:change': [readonly Relay[]]
  /** One of our relays, `from`, told us of others. Each signed where it is; more is not known of them. */
  'relays:found': [{ readonly from: string, readonly relays: readonly FoundRelay[] }]
}

/** Keeps us reachable through relays, and says truthfully how we stand. */
export interface ReachabilityService extends EventEmitter<ReachabilityEvents> {
  readonly state: Reachability
  readonly relays: readonly Relay[]
  /** The relays to choose from from now on; those no longer named are let go. */
  setCandidates: (candidates: readonly RelayCandidate[]) => void
  /** Asks the relays that listen for us for others, now and then, or no longer. */
  setFinding: (on: boolean) => void
}

/** One of our own stream protocols that carries many messages, each with its length in front. */
export type ChannelProtocol = 'history'

/** Two peers' conversation under one of our protocols. Messages are at most the protocol's `maxBytes`. */
export interface Channel {
  readonly peerId: string
  /** A relay caps the connection. */
  readonly limited: boolean
  /** Bytes that the relay still lets through; undefined where it caps none. Falls as bytes pass. */
  readonly bytesLeft: number | undefined
  /** @throws where the peer does not take it within the protocol's deadline, or is gone */
  send: (message: Uint8Array) => Promise<void>
  /** The next message; undefined where the peer closed its end. @throws as {@link Channel.send} does, and for a message that is too long */
  receive: () => Promise<Uint8Array | undefined>
  /** Ends it in good order. Never rejects. */
  close: () => Promise<void>
  /** Ends it at once; the peer sees a reset. */
  abort: (reason: Error) => void
}

/** Opens and serves channels. */
export interface Channels {
  /**
   * Serves a protocol and watches who offers it.
   *
   * @param handler runs a channel that a peer opened; a throw resets it
   * @param watch told of connected peers that speak it, once identify has said so
   * @returns a function that ends both
   */
  serve: (protocol: ChannelProtocol, handler: (channel: Channel) => Promise<void>, watch?: { readonly onPeer: (peerId: string) => void, readonly onGone: (peerId: string) => void }) => Promise<() => Promise<void>>
  /** @throws where there is no connection, or the peer does not speak it */
  open: (protocol: ChannelProtocol, peerId: string) => Promise<Channel>
  /** Closes every connection to a peer and refuses new ones for a minute: it broke the rules. */
  shutOut: (peerId: string) => void
}

/** Our connections as they stand. */
export interface NetworkFacts {
  /** Everybody whom we are connected to, with every connection; a copy, made when asked. */
  peers: () => readonly NetworkPeer[]
}

/** What a check is to look at, and who hears of it. */
export interface CheckQuestion {
  /** Peer id of somebody who is to be reached. @default nobody */
  readonly person?: string
  /** Ends the check at once. */
  readonly signal: AbortSignal
  /** Told at the start and of each finding. @default nobody hears of it */
  readonly onChange?: (check: CheckResult) => void
}

/** How far a check has come. */
export interface CheckResult {
  readonly steps: readonly CheckStep[]
  /** At the end: the step whose finding explains most of what is wrong. */
  readonly cause?: CheckStepId
}

/** How many posts of others get in. */
export interface Admission {
  /** The figures; others are taken to have the same. */
  readonly quota: PostQuota
  /** Which authors have an allowance of their own; all others share one. @default none */
  setKnown: (isKnown: (author: string) => boolean) => void
  /** Bytes of payloads that newcomers may add to a topic at this moment through a neighbor; 0 or less: none. */
  bytesForNewcomers: (topic: string, neighbor: string) => number
  /** Counts a newcomer's post that did not come live. Answers whether there was room for it. */
  takeForNewcomer: (post: { readonly neighbor: string, readonly author: string, readonly topic: string, readonly bytes: number }) => boolean
}

/** What {@link NatterNode} announces about itself. */
export interface NodeEvents {
  /** Our addresses changed. */
  'self:change': []
  /** A neighbor sent far too much: it was disconnected, and cannot connect for so many milliseconds. */
  'peer:set-aside': [{ readonly peerId: string, readonly time: number }]
}

/** The peer: always reachable, carries bytes. Knows no posts. */
export interface NatterNode extends EventEmitter<NodeEvents> {
  readonly peerId: string
  /** Multiaddrs under which others may reach us, each with our peer id. */
  readonly addresses: readonly string[]
  /** The TCP port that we listen on; another than asked for if that one was taken. 0: none. */
  readonly port: number
  readonly pubsub: Pubsub
  readonly people: People
  readonly reachability: ReachabilityService
  readonly channels: Channels
  readonly network: NetworkFacts
  readonly paths: Paths
  readonly admission: Admission
  /** Peers whose connections are refused from now on; those that stand are closed. */
  setBlocked: (peerIds: readonly string[]) => void
  /** Looks for people in the local network, or no longer. */
  setMdns: (on: boolean) => Promise<void>
  /** Turns circuits into direct connections, or no longer. */
  setDirectConnections: (on: boolean) => Promise<void>
  /** Asks the router to lead a port to this computer, or takes it back. */
  setRouterPort: (on: boolean) => Promise<void>
  /** Offers relay service to others, or no longer. */
  setBeRelay: (on: boolean) => Promise<void>
  /** Looks what keeps people from connecting; never rejects. */
  check: (question: CheckQuestion) => Promise<CheckResult>
  /** Closes everything; resolves within 5 s. */
  stop: () => Promise<void>
}

/** What a desktop's node is made from. */
export interface DesktopNodeOptions {
  readonly privateKey: PrivateKey
  readonly protocol: Protocol
  /** 0: the system chooses. */
  readonly listenPort: number
  readonly mdns: boolean
  /** Circuits are turned into direct connections. @default true */
  readonly directConnections?: boolean
  /** The router is asked for a port. @default false */
  readonly routerPort?: boolean
  readonly beRelay: boolean
  readonly relays: readonly RelayCandidate[]
  readonly topics: readonly string[]
  readonly known: readonly KnownPerson[]
  /** Keeps which sequence numbers of posts may have been used, from one start to the next. @default none does: the clock alone decides */
  readonly numbers?: NumberStore
  /** Peer ids whose connections are refused. @default none */
  readonly blocked?: readonly string[]
  /** How many posts of others get in live. @default POST_QUOTA */
  readonly postQuota?: PostQuota
  /** Tests on loopback only: private and loopback addresses count as public ones. @default false */
  readonly allowPrivate?: boolean
  /** The proxies that lead out of this network. @default none */
  readonly proxyFor?: ProxyFor
  /** The node keeps off the network altogether, whatever else is asked of it; the sentence says why. @default it does not */
  readonly offline?: string
}
