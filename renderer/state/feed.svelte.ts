import { tick } from 'svelte'
import type { Page, Post, PostPage, Result } from '../../preload/contract/index.ts'
import { call } from '../api.ts'
import type { Note } from '../logic/rows.ts'
import { append, drop, EMPTY, MOST, prepend, sideOf, take, trimEnd, trimStart, type Stretch } from '../logic/stretch.ts'
import { Writing } from './writing.svelte.ts'

/** Posts asked for at a time. */
const PAGE = 100

/**
 * Posts beyond which the far end is forgotten at once. Up to there that waits
 * until the list stands: a list that grows shorter above while it scrolls down
 * jumps (virtua then holds it by its end).
 */
const TOO_MANY = MOST + 500

/** What is to be in sight when a stretch of posts is drawn anew. */
export type Target =
  | { readonly kind: 'end' }
  /** The line above what is new. */
  | { readonly kind: 'new' }
  /** One post, lit for a moment. */
  | { readonly kind: 'post', readonly order: number }
  /** Where the reader was: the first post in sight, and how far its top edge is from the list's, in pixels. */
  | { readonly kind: 'place', readonly order: number, readonly offset: number }

let made = 0

/** One topic's posts as far as this window holds them, and where they are read. */
export class Feed {
  readonly topic: string
  readonly writing: Writing
  stretch = $state.raw<Stretch>(EMPTY)
  notes = $state.raw<readonly Note[]>([])
  state = $state<'new' | 'loading' | 'ready'>('new')
  /** Why posts could not be read. */
  error = $state('')
  /** `order` of the first unread post when the topic was opened. */
  newFrom = $state<number | undefined>(undefined)
  /** Rises with every stretch that has nothing to do with the one before. */
  epoch = $state(0)
  target = $state.raw<Target>({ kind: 'end' })
  /** The post that is lit. */
  lit = $state<number | undefined>(undefined)
  /** The last change was at the start of the posts, above what is in sight. */
  above = $state(false)
  /** Where the reader is; undefined at the newest post. Written by the list, in no hurry. */
  place: Extract<Target, { readonly kind: 'place' }> | undefined
  #newest = -Infinity
  /** The last page that failed, to ask for it again. */
  #failed: Page = { kind: 'newest' }
  /** Pushes that came while a page was on its way, which may be older than they are. */
  #late: (() => void)[] = []
  #run = 0
  #paging = false

  constructor (topic: string) {
    this.topic = topic
    this.writing = new Writing(topic, {
      begin: () => { if (this.stretch.newer) void this.toNewest() },
      posted: (post) => { this.#posted(post) }
    })
  }

  /** The topic comes into sight: at the first unread post, unless it was left further on; else where it was left, else at the newest. */
  async open (unread: number): Promise<void> {
    // Somebody asked for one post of it a moment ago.
    if (this.target.kind === 'post' && (this.state === 'loading' || this.lit !== undefined)) return
    const place = this.state === 'ready' ? this.place : undefined
    if (place !== undefined && unread === 0) {
      this.#aim(place)
    } else if (unread > 0 || this.state === 'new') {
      await this.#replace({ kind: unread > 0 ? 'unread' : 'newest' }, place)
    } else {
      this.newFrom = undefined
      await this.toNewest()
    }
  }

  /** Shows one post among those around it, and lights it. */
  async show (order: number): Promise<void> {
    this.lit = undefined
    if (this.state === 'ready' && this.stretch.posts.some((post) => post.order === order)) this.#aim({ kind: 'post', order })
    else await this.#replace({ kind: 'around', order })
  }

  /** To the end of the topic, which may have to be read first. */
  async toNewest (): Promise<void> {
    if (this.stretch.newer || this.state === 'new') await this.#replace({ kind: 'newest' })
    else this.#aim({ kind: 'end' })
  }

  /** Reads again what could not be read; where that is further on, the place that is read stays. */
  async again (): Promise<void> {
    const page = this.#failed
    this.error = ''
    if (page.kind === 'before') await this.older()
    else if (page.kind === 'after') await this.newer()
    else await this.#replace(page)
  }

  /** What is kept changed as a whole: nothing that is here can be relied on. */
  async reread (): Promise<void> {
    if (this.state !== 'new' || this.error !== '') await this.#replace({ kind: 'newest' })
  }

  /** Reads the page before the oldest post that is here. */
  async older (): Promise<void> {
    const [first] = this.stretch.posts
    if (this.stretch.older && first !== undefined) await this.#page({ kind: 'before', order: first.order }, prepend)
  }

  /** Reads the page after the newest post that is here. */
  async newer (): Promise<void> {
    const last = this.stretch.posts.at(-1)
    if (this.stretch.newer && last !== undefined) await this.#page({ kind: 'after', order: last.order }, append)
  }

  /** A post as the main process announced it. */
  apply (post: Post): void {
    this.#newest = Math.max(this.#newest, post.order)
    if (this.state === 'loading' || this.#paging) this.#late.push(() => { this.apply(post) })
    const side = sideOf(this.stretch, post)
    const known = this.stretch.posts.some((other) => other.id === post.id)
    if (!known) this.above = side !== 'after' && this.place !== undefined && post.order < this.place.order
    this.stretch = take(this.stretch, post)
    this.writing.settle(post)
  }

  /** These posts are gone. */
  remove (ids: readonly string[]): void {
    if (this.state === 'loading' || this.#paging) this.#late.push(() => { this.remove(ids) })
    this.above = this.place !== undefined
    this.stretch = drop(this.stretch, ids)
  }

  note (text: string): void {
    const after = Math.max(this.#newest, this.stretch.posts.at(-1)?.order ?? -Infinity)
    this.notes = [...this.notes, { id: `note ${String(++made)}`, text, after: after === -Infinity ? undefined : after }]
  }

  /** Forgets what lies far from where one reads; it can be read again. */
  trim (end: 'oldest' | 'newest'): void {
    const shorter = end === 'oldest' ? trimStart(this.stretch) : trimEnd(this.stretch)
    if (this.state !== 'ready' || shorter === this.stretch) return
    this.above = end === 'oldest'
    this.stretch = shorter
  }

  #posted (post: Post): void {
    // What was pushed meanwhile may be further on than this answer.
    if (!this.stretch.posts.some((other) => other.id === post.id)) this.apply(post)
  }

  #aim (target: Target): void {
    this.target = { ...target }
    this.lit = target.kind === 'post' ? target.order : undefined
  }

  /** @param further where to stay if that turns out to be beyond the first unread post */
  async #replace (page: Page, further?: Extract<Target, { readonly kind: 'place' }>): Promise<void> {
    const run = ++this.#run
    const was = this.state
    this.#failed = page
    this.state = 'loading'
    if (page.kind === 'around') this.target = { kind: 'post', order: page.order }
    const result = await this.#ask(page)
    if (run !== this.#run) return
    if (further !== undefined && (!result.ok || (result.value.firstUnread ?? Infinity) <= further.order)) {
      if (result.ok) this.newFrom = result.value.firstUnread
      this.error = result.ok ? '' : result.message
      this.#aim(further)
      this.state = 'ready'
    } else if (result.ok) {
      const { posts, older, newer, firstUnread } = result.value
      this.error = ''
      this.place = undefined
      this.above = false
      // 'newest' is asked for by who was at the end, or goes there: the line stays where it was.
      if (page.kind !== 'newest' || was === 'new') this.newFrom = page.kind === 'newest' ? undefined : firstUnread
      this.stretch = { posts, older, newer }
      this.epoch++
      this.#aim(page.kind === 'around' ? { kind: 'post', order: page.order } : page.kind === 'unread' && firstUnread !== undefined ? { kind: 'new' } : { kind: 'end' })
      this.state = 'ready'
    } else {
      this.error = result.message
      this.state = this.stretch.posts.length > 0 ? 'ready' : 'new'
    }
    this.#catchUp()
  }

  async #page (page: Page, join: (stretch: Stretch, page: PostPage) => Stretch): Promise<void> {
    // After a failure the person says when to try again.
    if (this.state !== 'ready' || this.#paging || this.error !== '') return
    const run = this.#run
    const above = page.kind === 'before'
    this.#paging = true
    const result = await this.#ask(page)
    this.#paging = false
    if (run !== this.#run) return
    if (!result.ok) {
      this.#failed = page
      this.error = result.message
      this.#catchUp()
      return
    }
    this.above = above
    this.stretch = join(this.stretch, result.value)
    this.#catchUp()
    if (this.stretch.posts.length <= TOO_MANY) return
    // The list takes one change at one end at a time.
    await tick()
    if (run === this.#run) this.trim(above ? 'newest' : 'oldest')
  }

  #ask (page: Page): Promise<Result<PostPage>> {
    this.#late = []
    return call('listPosts', { topic: this.topic, page, limit: PAGE })
  }

  #catchUp (): void {
    const late = this.#late
    this.#late = []
    for (const apply of late) apply()
  }
}
