import type { Delivery, Notify, Page, Post, PostPage } from '../../preload/contract/index.ts'

/** A post that is to be kept. */
export interface NewPost {
  /** As it is shown; its place is found by the store. */
  readonly post: Omit<Post, 'order'>
  /** Where it is to stand: milliseconds since the Unix epoch. Posts of one millisecond stand in the order of their ids. */
  readonly at: number
  /**
   * The place that the post itself carries, the same wherever it is kept; what
   * reconciliation goes by. Undefined where the dialect has no signed
   * envelope: such a post is never handed on.
   */
  readonly stamp: number | undefined
  /** The payload as it travelled, byte for byte, so that it can be handed on and checked again. */
  readonly payload: Uint8Array
  /** Its author is new to this profile: over its limit, the topic gives such posts up first. @default false */
  readonly stranger?: boolean
  /** The person asks for it: also where it was deleted to save space, and where the topic takes more with it than it may. @default false */
  readonly insists?: boolean
}

/** A post as kept: what is shown, and the signed bytes that prove it. */
export interface StoredPost {
  readonly post: Post
  readonly stamp: number | undefined
  readonly payload: Uint8Array
}

/** What is kept of a topic beside its posts. Undefined fields were never set. */
export interface TopicState {
  /** Posts of others that came since the topic was last read; kept, not counted. */
  readonly unread: number
  /** `order` of the first unread post, where there is one. */
  readonly firstUnread: number | undefined
  /** The greatest stamp among its posts, those more than ten years ahead of their place left out; 0 where there is none. */
  readonly newestStamp: number
  readonly notify: Notify
  /** Days that posts are kept; null: for ever. */
  readonly keepDays: number | null
  /** What its posts take on the disk, about, in bytes; undefined while they are being counted. */
  readonly bytes: number | undefined
  /** What they may take; null: any number. */
  readonly maxBytes: number | null
  /** Posts with a lower stamp are not fetched from others: some of them were deleted to save space. 0: all are. */
  readonly floor: number
  /** Newer posts that were deleted to save space, and are not fetched either; see {@link Store.goneIn}. */
  readonly gone: number
}

/** What a topic may take on the disk unless somebody says otherwise: more than a million posts of common length in nine of ten. */
export const DEFAULT_TOPIC_BYTES = 500_000_000

/** What came of {@link Store.append}. */
export interface Appended {
  /** For each post, as it is kept; undefined where one of that id was there, or the topic does not want it. */
  readonly posts: readonly (Post | undefined)[]
  /** Positions of those that the topic does not want: too old, or deleted before to save space. */
  readonly unwanted: readonly number[]
}

/** How an own post's delivery moved: numbers only ever rise. */
export interface DeliveryReport {
  /** People whom pubsub named as recipients. */
  readonly sent?: number
}

/** What a part of a topic's history looks like; see `tree/`. */
export interface RangeView {
  /** Hexadecimal digits of the key that all posts in the range begin with; '' is the whole topic. */
  readonly prefix: string
  readonly count: number
  /** The sum of the ids, modulo 2^256: 32 bytes. */
  readonly sum: Uint8Array
  /** Its non-empty parts, at the first digit where it splits. Present where `entries` is not. */
  readonly children?: readonly { readonly prefix: string, readonly count: number, readonly sum: Uint8Array }[]
  /** All that is in it, ascending, where that is at most {@link MAX_ENTRIES}. */
  readonly entries?: readonly Entry[]
}

/** Posts up to which a range is listed instead of split. */
export const MAX_ENTRIES = 24

/** One post as reconciliation sees it. */
export interface Entry {
  readonly stamp: number
  /** SHA-256 of the envelope: 32 bytes. `Post.id` is its base64url. */
  readonly id: Uint8Array
}

/** How a database fared at its opening. */
export interface OpenReport {
  /** File name of a database that was set aside, and why. */
  readonly aside?: { readonly name: string, readonly reason: 'damaged' | 'newer' | 'other-key' }
}

/** Where posts are kept. Async throughout: a worker holds the database. */
export interface Store {
  readonly report: OpenReport
  /** Keeps posts, all or none; counts those of others as unread. @throws {StoreError} */
  append: (posts: readonly NewPost[]) => Promise<Appended>
  /** Moves an own post's delivery forward; answers the post where that changed it. */
  setDelivery: (id: string, report: DeliveryReport) => Promise<Post | undefined>
  /**
   * A peer's history was seen to hold these own posts of a topic, or all that
   * we wrote in it so far. Each peer counts once a post. Answers the posts that changed.
   */
  setHeld: (topic: string, peer: { readonly peerId: string, readonly hub: boolean }, ids: readonly string[] | 'all') => Promise<readonly Post[]>
  list: (topic: string, page: Page, limit: number) => Promise<PostPage>
  /** Own posts of a topic that no person is known to have got, oldest first. */
  queued: (topic: string) => Promise<readonly StoredPost[]>
  /** Newest first; `words` as `PostPage` has them. `limit` counts hits. */
  search: (query: string, options: { readonly topic?: string | undefined, readonly before?: number | undefined, readonly limit: number }) => Promise<SearchResult>

  /** What is kept of a topic; known without asking the worker. */
  topic: (topic: string) => TopicState
  /** Everything in the topic counts as read. */
  markRead: (topic: string) => Promise<void>
  /** Where `maxBytes` rises, what was deleted to save space may be fetched again. */
  setTopic: (topic: string, change: { readonly notify?: Notify, readonly keepDays?: number | null, readonly maxBytes?: number | null }) => Promise<void>
  /** Forgets a topic, its posts (queued ones too) and what was set for it. */
  deleteTopic: (topic: string) => Promise<void>
  /** Deletes an author's posts everywhere; answers what went. */
  deleteAuthor: (peerId: string) => Promise<readonly { readonly topic: string, readonly ids: readonly string[] }[]>
  /**
   * Deletes what its topic no longer keeps and, oldest first, what is beyond
   * `maxBytes` of payloads in all; a bounded piece of work a call. Queued posts
   * stay. Ask again while `posts` is not 0.
   */
  prune: (options: { readonly now: number, readonly keepDays?: number, readonly maxBytes?: number }) => Promise<Pruned>
  /**
   * Deletes posts of topics that take more than they may: first strangers' of the
   * last week, the largest first, then strangers' older ones, then what
   * others wrote and was read, oldest first. Own posts stay, and unread ones of
   * people who are known. A bounded piece of work a call.
   */
  trim: () => Promise<Trimmed>
  /** Peers of whom we have had something, the most recently heard first, at most `limit`; `since` is when that began, milliseconds since the Unix epoch. */
  peers: (limit: number) => Promise<{ readonly ids: readonly string[], readonly since: readonly number[] }>
  /** From now on, a peer counts as one that was always known. */
  knowPeer: (peerId: string) => Promise<void>
  /** Posts in these ranges that were deleted to save space, ascending. */
  goneIn: (topic: string, prefixes: readonly string[]) => Promise<readonly Entry[]>
  /** For each id, whether that post was deleted to save space. */
  areGone: (topic: string, ids: readonly Uint8Array[]) => Promise<readonly boolean[]>
  /** Names that authors last signed, most recently heard first, at most `limit`. */
  names: (limit: number) => Promise<readonly { readonly peerId: string, readonly name: string }[]>

  /** How the topic's history looks in these ranges, those left out that are empty. */
  ranges: (topic: string, prefixes: readonly string[]) => Promise<readonly RangeView[]>
  /** What is in a range, ascending from after `after`, at most `limit`. */
  entries: (topic: string, prefix: string, after: Entry | undefined, limit: number) => Promise<readonly Entry[]>
  /** Payloads by id; undefined where there is none. */
  payloads: (topic: string, ids: readonly Uint8Array[]) => Promise<readonly (Uint8Array | undefined)[]>
  /** Posts with their payloads in order, for exports, from after `after`. */
  read: (topic: string, after: number | undefined, limit: number) => Promise<readonly StoredPost[]>

  close: () => Promise<void>
}

/** What {@link Store.prune} did in one piece. */
export interface Pruned {
  /** Posts deleted. */
  readonly posts: number
  /** Where `maxBytes` was exceeded: the place in time up to which all posts went, milliseconds since the Unix epoch. */
  readonly fullBefore?: number
}

/** What {@link Store.trim} did in one piece. */
export interface Trimmed {
  readonly removed: readonly { readonly topic: string, readonly ids: readonly string[] }[]
  /** There is more to do: ask again. */
  readonly more: boolean
}

/** What {@link Store.search} found. */
export interface SearchResult {
  readonly hits: readonly { readonly post: Post, readonly before?: Post, readonly after?: Post }[]
  readonly more: boolean
  readonly words: readonly string[]
}

export type { Delivery }
