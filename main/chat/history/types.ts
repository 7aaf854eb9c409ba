import type { Post } from '../../../preload/contract/index.ts'
import type { Channels } from '../../node/types.ts'
import type { Store } from '../../store/types.ts'

/** What history needs of a store; a desktop's and a hub's are the same. */
export type HistoryStore = Pick<Store, 'ranges' | 'entries' | 'payloads' | 'setHeld' | 'topic' | 'goneIn' | 'areGone'>

/**
 * What became of a payload that a peer's history handed us. `unwanted`: it is genuine, and not stored here.
 * `later`: there is no room for it now. `refused`: it is no genuine post of that topic.
 */
export type Verdict = 'kept' | 'known' | 'unwanted' | 'later' | 'refused'

/** What {@link History} stands on. */
export interface HistoryDeps {
  readonly self: string
  readonly channels: Channels
  readonly store: HistoryStore
  /** Whether we are on a topic, or keep it for others. */
  readonly isOurs: (topic: string) => boolean
  /** Topics that both are on, as pubsub shows; for a hub, ours that it may keep. */
  readonly sharedWith: (peerId: string) => readonly string[]
  readonly isHub: (peerId: string) => boolean
  /** The oldest stamp that we keep of a topic, 0: all. Older posts are neither asked for nor taken. */
  readonly floor: (topic: string) => number
  /**
   * Verifies and keeps payloads of a topic that a peer handed over, in this order.
   *
   * @throws {StoreError} where they cannot be kept
   */
  readonly take: (topic: string, payloads: readonly Uint8Array[], from: string) => Promise<readonly Verdict[]>
  /**
   * Bytes of payloads by strangers that may come from a peer now. Who wrote a
   * post is seen only when it is there: with little left, few posts are asked for at a time. @default any number
   */
  readonly allowance?: (topic: string, peerId: string) => number
  /** How many own posts of a topic were handed to the store by now; counted before it keeps them. @default none are written while it runs */
  readonly written?: (topic: string) => number
  /** Own posts' delivery moved. */
  readonly onHeld?: (posts: readonly Post[]) => void
  /** While a session brings posts: how many came so far; undefined: none is under way any more. */
  readonly onProgress?: (topic: string, posts: number | undefined) => void
}

/** How a session ended. */
export interface SessionOutcome {
  readonly peerId: string
  readonly topic: string
  /** Both had the same when it ended; else the budget ran out, and it goes on another time. */
  readonly complete: boolean
  /** There was no room for more posts of strangers. */
  readonly isPaced: boolean
  readonly got: number
  readonly gave: number
  readonly roundTrips: number
  /** Bytes that both sent, payloads left out. */
  readonly bytesBeyondPosts: number
}

/** Keeps our history and that of others the same. */
export interface History {
  /** Something may differ from what these peers have; looks soon, with a little waiting to gather. */
  readonly look: (topics: readonly string[], peerIds?: readonly string[]) => void
  /** What `take` called unwanted may be wanted from now on: it is asked for again in sessions to come. */
  readonly wantAgain: () => void
  /** Runs one session now. Rejects where the peer is gone, will not now (busy with us already, not on the topic) or breaks the rules. */
  readonly sync: (peerId: string, topic: string) => Promise<SessionOutcome>
  /** Ends sessions; resolves when none is under way. */
  readonly close: () => Promise<void>
}
