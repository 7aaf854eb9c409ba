import type { Check } from './check.ts'
import type { Desktop, Errand, Update } from './desktop.ts'
import type { Blocked, Notice, Phase, Post, ProtocolState, Reachability, Self, Settings, Topic, TopicPeople } from './model.ts'
import type { NetworkPeer, Pass } from './network.ts'
import type { ProtocolSample, Simulation } from './protocols.ts'
import type { Relay, RelaySources } from './relays.ts'

/**
 * What the main process announces. Each event carries the changed item as it
 * now is, never 'go and fetch again'.
 */
export interface Events {
  readonly 'phase:change': Phase
  readonly 'self:change': Self
  readonly 'settings:change': Settings
  readonly 'topic:change': Topic
  readonly 'topic:remove': { readonly id: string }
  readonly 'post:change': Post
  /** These posts are gone: their author was blocked. Posts that grew too old go without a word. */
  readonly 'posts:remove': { readonly topic: string, readonly ids: readonly string[] }
  /** Everybody who is blocked. */
  readonly 'blocked:change': readonly Blocked[]
  /** Everybody on a topic that we subscribe to. */
  readonly 'people:change': TopicPeople
  /** All relays, in the order in which they are shown. */
  readonly 'relays:change': readonly Relay[]
  readonly 'relay-sources:change': RelaySources
  readonly 'reachability:change': Reachability
  readonly 'protocol:change': ProtocolState
  /** A peer came, or something about it changed; only while a window watches the network, at most four times a second. */
  readonly 'network-peer:change': NetworkPeer
  /** The last connection to a peer is gone; likewise. */
  readonly 'network-peer:remove': { readonly peerId: string }
  /** Posts that came or left since the last of these; likewise. */
  readonly 'traffic:pass': readonly Pass[]
  /** What passed in a span of time; only while a window watches the protocols, at most once a second. */
  readonly 'protocol-sample:change': ProtocolSample
  /** The simulated network, as far as it has come. */
  readonly 'simulation:change': Simulation
  readonly 'notice:add': Notice
  readonly 'notice:remove': { readonly id: string }
  readonly 'desktop:change': Desktop
  readonly 'update:change': Update
  /** The check of why nobody connects, as far as it has come. */
  readonly 'check:change': Check
  /** The app was asked, from outside the window, to show something. */
  readonly 'errand:open': Errand
}

export type EventName = keyof Events

/** One event as it crosses the boundary. */
export type Push = { readonly [K in EventName]: { readonly event: K, readonly value: Events[K] } }[EventName]

/**
 * Pushes travel in batches, at most one a frame (16 ms). `sequence` rises by
 * one a batch; a window drops batches that its snapshot already includes.
 */
export interface PushBatch {
  readonly sequence: number
  readonly pushes: readonly Push[]
}
