import type { Delivery, Post } from '../../preload/contract/index.ts'
import type { Place, Store, StoredPost } from './types.ts'

/** How {@link createMemoryStore} keeps posts. */
export interface MemoryStoreOptions {
  /**
   * Posts kept of one topic. Beyond it the oldest goes, but never one that is
   * still queued: it has reached nobody yet. 20,000 posts of 200 bytes take
   * about 20 MB.
   *
   * @default 20000
   */
  readonly maxPostsPerTopic?: number
}

/** One topic: its posts in order, and which of them are queued. */
interface Shelf {
  readonly posts: StoredPost[]
  readonly queued: Set<string>
  unread: number
}

/**
 * Keeps posts in memory, until the process ends. A new post is usually the
 * newest, so finding its place and putting it there costs the same however
 * long the topic is.
 */
export function createMemoryStore ({ maxPostsPerTopic = 20_000 }: MemoryStoreOptions = {}): Store {
  const shelves = new Map<string, Shelf>()
  /** Topic of every post that is kept, by the post's id. */
  const topics = new Map<string, string>()

  function shelfOf (topic: string): Shelf {
    const existing = shelves.get(topic)
    if (existing !== undefined) return existing
    const shelf: Shelf = { posts: [], queued: new Set(), unread: 0 }
    shelves.set(topic, shelf)
    return shelf
  }

  function find (id: string, order: number, shelf: Shelf): number {
    const at = firstNotBefore(shelf.posts, { order, id })
    return shelf.posts[at]?.post.id === id ? at : -1
  }

  function dropOldest (shelf: Shelf): void {
    const at = shelf.posts.findIndex(({ post }) => !shelf.queued.has(post.id))
    if (at === -1) return
    const [gone] = shelf.posts.splice(at, 1)
    if (gone !== undefined) topics.delete(gone.post.id)
  }

  return {
    append: async (stored) => {
      const { post } = stored
      if (topics.has(post.id)) return false
      const shelf = shelfOf(post.topic)
      shelf.posts.splice(firstNotBefore(shelf.posts, post), 0, stored)
      topics.set(post.id, post.topic)
      if (post.delivery?.kind === 'queued') shelf.queued.add(post.id)
      if (shelf.posts.length > maxPostsPerTopic) dropOldest(shelf)
      return topics.has(post.id)
    },

    setDelivery: async (place, delivery: Delivery) => {
      const topic = topics.get(place.id)
      if (topic === undefined) return undefined
      const shelf = shelfOf(topic)
      const at = find(place.id, place.order, shelf)
      const stored = shelf.posts[at]
      if (stored === undefined) return undefined
      const post: Post = { ...stored.post, delivery }
      shelf.posts[at] = { ...stored, post }
      if (delivery.kind === 'queued') shelf.queued.add(post.id)
      else shelf.queued.delete(post.id)
      return post
    },

    list: async (topic, before, limit) => {
      const posts = shelves.get(topic)?.posts ?? []
      const end = before === undefined ? posts.length : firstNotBefore(posts, before)
      const start = Math.max(0, end - limit)
      return { posts: posts.slice(start, end).map(({ post }) => post), more: start > 0 }
    },

    queued: async (topic) => {
      const shelf = shelves.get(topic)
      if (shelf === undefined || shelf.queued.size === 0) return []
      return shelf.posts.filter(({ post }) => shelf.queued.has(post.id))
    },

    addUnread: async (topic) => ++shelfOf(topic).unread,
    clearUnread: async (topic) => { shelfOf(topic).unread = 0 },
    unread: (topic) => shelves.get(topic)?.unread ?? 0,

    deleteTopic: async (topic) => {
      for (const { post } of shelves.get(topic)?.posts ?? []) topics.delete(post.id)
      shelves.delete(topic)
    },

    close: async () => {
      shelves.clear()
      topics.clear()
    }
  }
}

/** Index of the first post that does not stand before a place: the place's own, or where it would go. */
function firstNotBefore (posts: readonly StoredPost[], place: Place): number {
  let low = 0
  let high = posts.length
  // Most posts are the newest, most questions are about the end.
  const last = posts.at(-1)
  if (last !== undefined && isBefore(last.post, place)) return high
  while (low < high) {
    const middle = (low + high) >>> 1
    const stored = posts[middle]
    if (stored !== undefined && isBefore(stored.post, place)) low = middle + 1
    else high = middle
  }
  return low
}

function isBefore (a: Place, b: Place): boolean {
  return a.order === b.order ? a.id < b.id : a.order < b.order
}
