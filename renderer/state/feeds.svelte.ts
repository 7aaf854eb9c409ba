import type { Post } from '../../preload/contract/index.ts'
import { Feed } from './feed.svelte.ts'

/** The feeds of the topics that were opened in this window. */
class Feeds {
  readonly #feeds = new Map<string, Feed>()

  of (topic: string): Feed {
    let feed = this.#feeds.get(topic)
    if (feed === undefined) {
      feed = new Feed(topic)
      this.#feeds.set(topic, feed)
    }
    return feed
  }

  /** A topic that nobody opened reads its posts when somebody does. */
  apply (post: Post): void {
    const feed = this.#feeds.get(post.topic)
    if (feed !== undefined && feed.state !== 'new') feed.apply(post)
  }

  /** These posts are gone. */
  removePosts (topic: string, ids: readonly string[]): void {
    this.#feeds.get(topic)?.remove(ids)
  }

  /** Much of what is kept changed at once, in one topic or in all: who reads there sees what is kept now. */
  reread (topic?: string): void {
    for (const [id, feed] of this.#feeds) {
      if (topic === undefined || id === topic) void feed.reread()
    }
  }

  note (text: string): void {
    for (const feed of this.#feeds.values()) feed.note(text)
  }

  remove (topic: string): void {
    this.#feeds.delete(topic)
  }
}

export const feeds = new Feeds()
