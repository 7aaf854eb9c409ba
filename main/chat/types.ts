import type { EventEmitter } from 'node:events'
import type { PrivateKey } from '@libp2p/interface'
import type { Events, Person, Post, Topic } from '../../preload/contract/index.ts'
import type { NatterNode } from '../node/types.ts'
import type { Place, Store } from '../store/types.ts'
import type { KnownNames } from './known-names.ts'
import type { Rejections } from './topics/inbox.ts'

/** What {@link Chat} announces, each as the contract has it. */
export interface ChatEvents {
  'topic:change': [Events['topic:change']]
  'topic:remove': [Events['topic:remove']]
  'post:change': [Events['post:change']]
  'people:change': [Events['people:change']]
}

/** What people say to each other, over one node. Keeps nothing itself: posts are the store's. */
export interface Chat extends EventEmitter<ChatEvents> {
  /** Wire names of the topics that we are on, in the order in which we came. */
  readonly subscriptions: () => readonly string[]
  /** Subscribed topics, then discovered ones, most people first. */
  readonly topics: () => readonly Topic[]
  /** Everybody on a subscribed topic, ourselves first. */
  readonly people: (topic: string) => readonly Person[]

  /**
   * Subscribes by wire name; nothing happens where we are on it already.
   *
   * @throws {ChatError} `ERR_BAD_TOPIC`, `ERR_TOO_LONG`
   */
  readonly subscribe: (topic: string) => void
  /** Leaves a topic and forgets its posts, queued ones too. */
  readonly leave: (topic: string) => Promise<void>
  readonly markRead: (topic: string) => Promise<void>
  readonly listPosts: (topic: string, before: Place | undefined, limit: number) => Promise<{ readonly posts: readonly Post[], readonly more: boolean }>
  /**
   * Signs, keeps and sends a text; answers at once, with the post queued. It
   * goes out as soon as a person is there.
   *
   * @throws {ChatError} `ERR_EMPTY`, `ERR_TOO_LONG`, `ERR_NOT_SUBSCRIBED`
   */
  readonly post: (topic: string, text: string, clientId?: string) => Promise<Post>
  /** The name that posts are signed with from now on. */
  readonly setDisplayName: (name: string) => void
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
}
