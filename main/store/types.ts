import type { Delivery, Post } from '../../preload/contract/index.ts'

/** A post as kept: what is shown, and the signed bytes that prove it. */
export interface StoredPost {
  readonly post: Post
  /** The payload as it travelled, byte for byte, so that it can be handed on and checked again. */
  readonly payload: Uint8Array
}

/** A place in a topic; see `Post.order`. */
export interface Place {
  readonly order: number
  readonly id: string
}

/** Where posts are kept. Async throughout, so that a worker can hold it. */
export interface Store {
  /**
   * Keeps a post; `false` if one of that id was there already (which stays as
   * it is), or if the topic is full and the post is older than all in it.
   */
  append: (post: StoredPost) => Promise<boolean>
  /** Sets an own post's delivery; answers the post, or undefined if there is none. A `Post` is a place. */
  setDelivery: (place: Place, delivery: Delivery) => Promise<Post | undefined>
  /** Posts before a place, oldest first. `limit` counts posts. */
  list: (topic: string, before: Place | undefined, limit: number) => Promise<{ readonly posts: readonly Post[], readonly more: boolean }>
  /** Own posts of a topic that are still queued, oldest first. */
  queued: (topic: string) => Promise<readonly StoredPost[]>
  /** Counts one more unread post; answers the new count. */
  addUnread: (topic: string) => Promise<number>
  clearUnread: (topic: string) => Promise<void>
  unread: (topic: string) => number
  /** Forgets a topic, its posts (queued ones too) and its unread count. */
  deleteTopic: (topic: string) => Promise<void>
  close: () => Promise<void>
}
