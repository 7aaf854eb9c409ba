import type { Post } from '../../../preload/contract/index.ts'
import type { BannerWords } from './banner.ts'
import { authorWords, groupWords, titleWords } from './words.ts'

/** Milliseconds between two changes of one notification: what changes faster cannot be read. */
export const GAP = 1_000
/** Milliseconds that the gap may grow to, while posts come faster than it lets them show. */
const MAX_GAP = 30_000
/** Authors of a group that are told apart; a flood under many names is counted, and costs nothing more. */
const MAX_AUTHORS = 100

/**
 * When a notification may change next. Each change that had to wait doubles
 * the gap: a flood that goes on draws the eye twice a minute, not sixty times.
 */
export class Pace {
  #gap = GAP
  #next = -Infinity
  #waiting = false

  /** Milliseconds, on the same clock as `now`, from which a change is due. */
  want (now: number): number {
    if (now < this.#next) this.#waiting = true
    return this.#next
  }

  took (now: number): void {
    this.#gap = this.#waiting ? Math.min(2 * this.#gap, MAX_GAP) : GAP
    this.#waiting = false
    this.#next = now + this.#gap
  }
}

/** Posts of one topic that came since its notification was last answered. */
export class Group {
  readonly topic: string
  readonly #authors = new Map<string, string>()
  #first: Post
  #post: Post
  #posts = 0
  #mentions = true

  constructor (post: Post) {
    this.topic = post.topic
    this.#first = this.#post = post
    this.add(post)
  }

  add (post: Post): void {
    this.#post = post
    if (post.order < this.#first.order) this.#first = post
    this.#posts++
    this.#mentions &&= post.mention === true
    if (!this.#authors.delete(post.author) && this.#authors.size >= MAX_AUTHORS) return
    this.#authors.set(post.author, authorWords(post))
  }

  get posts (): number {
    return this.#posts
  }

  /** The first of them: from there one reads on. */
  get order (): number {
    return this.#first.order
  }

  words (title: string): BannerWords {
    return { title: titleWords(title), body: groupWords({ post: this.#post, posts: this.#posts, authors: [...this.#authors.values()], mentions: this.#mentions }) }
  }
}
