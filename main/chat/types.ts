import type { EventEmitter } from 'node:events'
import type { PrivateKey } from '@libp2p/interface'
import type { Events, Notify, Person, Post, Topic, TopicPeople } from '../../preload/contract/index.ts'
import type { NatterNode } from '../node/types.ts'
import type { Store } from '../store/types.ts'
import type { Verdict } from './history/types.ts'
import type { KnownNames } from './known-names.ts'
import type { Rejections } from './topics/inbox.ts'
import type { Reading } from './topics/reading.ts'

/** What {@link Chat} announces, each as the contract has it. */
export interface ChatEvents {
  'topic:change': [Events['topic:change']]
  'topic:remove': [Events['topic:remove']]
  'post:change': [Events['post:change']]
  /** Somebody else posted just now. What was posted before we were here, and history catches up with, comes without this. */
  'post:arrive': [Post]
  /** Pubsub brought a post of somebody else whose author says when it was written: milliseconds since then, below 0 where clocks differ. */
  'post:heard': [{ readonly took: number }]
  'posts:remove': [Events['posts:remove']]
  'people:change': [Events['people:change']]
  /** What others posted could not be kept; it is asked for again once the store takes posts. */
  'store:fail': [unknown]
  /** The store takes posts again. */
  'store:recover': []
}

/** What people say to each other, over one node. Keeps nothing itself: posts are the store's. */
export interface Chat extends EventEmitter<ChatEvents>, Reading {
  /** Wire names of the topics that we are on, in the order in which we came. */
  readonly subscriptions: () => readonly string[]
  /** Subscribed topics, then discovered ones, most people first. */
  readonly topics: () => readonly Topic[]
  /** Everybody on a subscribed topic, ourselves first. */
  readonly people: (topic: string) => readonly Person[]
  /** The same, and how many more there are whom nobody can name. */
  readonly whoIsOn: (topic: string) => TopicPeople

  /**
   * Subscribes by wire name; nothing happens where we are on it already.
   *
   * @throws {ChatError} `ERR_BAD_TOPIC`, `ERR_TOO_LONG`
   */
  readonly subscribe: (topic: string) => void
  /** Leaves a topic; `forget` deletes its posts too, queued ones among them. */
  readonly leave: (topic: string, forget: boolean) => Promise<void>
  readonly markRead: (topic: string) => Promise<void>
  /** Takes what somebody calls themselves from elsewhere than their posts: an invite that they signed. A post says it better. */
  readonly learnName: (peerId: string, name: string) => void
  /** @throws {ChatError} `ERR_NOT_SUBSCRIBED` */
  readonly setNotify: (topic: string, notify: Notify) => Promise<void>
  /**
   * Keeps a topic's posts for so many days, deleting older ones from now on; `null`: for ever.
   *
   * @throws {ChatError} `ERR_NOT_SUBSCRIBED`
   */
  readonly keep: (topic: string, days: number | null) => Promise<void>
  /**
   * Lets a topic take so many bytes on the disk, deleting what is beyond from now on; `null`: any number.
   *
   * @throws {ChatError} `ERR_NOT_SUBSCRIBED`
   */
  readonly limit: (topic: string, maxBytes: number | null) => Promise<void>
  /** The person knows this peer: it is no stranger, however new it is. @throws {StoreError} where that cannot be saved */
  readonly welcome: (peerId: string) => Promise<void>
  /** Takes signed payloads of a topic from elsewhere than the network; each is checked like one from there. */
  readonly take: (topic: string, payloads: readonly Uint8Array[]) => Promise<readonly Verdict[]>
  /** Drops what a peer posts from now on, deletes what is there, refuses its connections. */
  readonly block: (peerId: string) => Promise<void>
  /** Takes {@link Chat.block} back; what others still have of the peer's posts comes back by itself. */
  readonly unblock: (peerId: string) => void
  /**
   * Signs, keeps and sends a text; answers at once, with the post queued. It
   * goes out as soon as a person is there.
   *
   * @throws {ChatError} `ERR_EMPTY`, `ERR_TOO_LONG`, `ERR_NOT_SUBSCRIBED`
   * @throws {StoreError} where it cannot be kept: nothing was posted
   */
  readonly post: (topic: string, text: string, clientId?: string) => Promise<Post>
  /** The name that posts are signed with from now on. */
  readonly setDisplayName: (name: string) => void
  /** Shows topics that connected people are on, or our own alone. */
  readonly setSeenNearby: (on: boolean) => void
  /** Payloads that were not taken, by reason. */
  readonly rejections: () => Rejections
  /** Lets go of node and store, which stay open; resolves when nothing is under way. */
  readonly close: () => Promise<void>
}

/** What {@link Chat} stands on. */
export interface ChatDeps {
  readonly node: NatterNode
  /** Signs our posts. */
  readonly key: PrivateKey
  readonly store: Store
  /** Outlives a change of node. @default none known */
  readonly names?: KnownNames
  /** Milliseconds since the Unix epoch. @default Date.now */
  readonly now?: () => number
}

/** How {@link Chat} begins. */
export interface ChatOptions {
  /** Wire names of topics to be on from the start. */
  readonly subscriptions: readonly string[]
  readonly displayName: string
  /** Topics that connected people are on are shown. @default true */
  readonly seenNearby?: boolean
  /** Peer ids of those who are blocked. @default none */
  readonly blocked?: readonly string[]
}
