import type { ControlCount, PostCount, Protocol } from '../../../preload/contract/index.ts'

/** Posts of one topic that passed between us and one peer. */
export interface PeerCount extends PostCount { readonly peer: string }

/** What passed between us and one peer beside posts. */
export interface PeerControl extends ControlCount { readonly peer: string }

/** What passed under one protocol since the node was made: a copy. */
export interface PubsubCounts {
  readonly protocol: Protocol
  readonly topics: readonly PeerCount[]
  readonly control: readonly PeerControl[]
  /** Peer ids by topic, as they are now. Floodsub has neither: it sends to everybody. */
  readonly mesh: Readonly<Record<string, readonly string[]>>
  readonly fanout: Readonly<Record<string, readonly string[]>>
}

/** What came under one protocol since the node was made, from all peers together. */
export interface PubsubTotals {
  readonly first: number
  readonly duplicates: number
  /** Bytes of posts and of all else on pubsub streams, before encryption. */
  readonly bytesIn: number
}

/** A post that came or left. Of one that leaves it is not known whether its reader has it. */
export interface Traffic {
  readonly peer: string
  readonly topic: string
  readonly direction: 'in' | 'out'
  /** We had it already. */
  readonly duplicate: boolean
}
