import type { Post } from '../../preload/contract/index.ts'
import { call } from '../api.ts'
import { comparePlaces, mergePage, upsert } from '../logic/ordering.ts'
import type { Note, Pending } from '../logic/rows.ts'

/** Posts asked for at a time. */
const PAGE = 100
/** Posts that a topic keeps in the window while nobody reads further up. */
const KEEP = 600

let made = 0

/** One topic's posts as far as this window read them, and what is being written. */
export class Feed {
  readonly topic: string
  posts = $state.raw<readonly Post[]>([])
  pending = $state.raw<readonly Pending[]>([])
  notes = $state.raw<readonly Note[]>([])
  /** Older posts can be had. */
  more = $state(false)
  state = $state<'new' | 'loading' | 'ready'>('new')
  /** Why posts could not be read. */
  error = $state('')
  draft = $state('')
  /** Why the last post did not go out; its text is in the draft again. */
  refusal = $state('')
  newFrom = $state<string | undefined>(undefined)

  constructor (topic: string) {
    this.topic = topic
  }

  /** Reads the newest page, once, and marks where unread posts begin. */
  async open (unread: number): Promise<void> {
    if (this.state === 'new') await this.#load(undefined)
    const others = this.posts.filter((post) => !post.own)
    this.newFrom = unread > 0 ? (others.at(-unread) ?? others[0])?.id : undefined
  }

  /** Reads the page before the oldest post that is here. */
  async older (): Promise<void> {
    const oldest = this.posts[0]
    if (this.state === 'ready' && this.more && oldest !== undefined) await this.#load(oldest)
  }

  async #load (before: Post | undefined): Promise<void> {
    this.state = 'loading'
    const result = await call('listPosts', {
      topic: this.topic, limit: PAGE, ...(before === undefined ? {} : { before: { order: before.order, id: before.id } })
    })
    if (result.ok) {
      const { posts, more } = result.value
      this.error = ''
      const oldest = posts[0]
      // A push about a post older than the first page would leave a hole above it.
      const here = more && before === undefined && oldest !== undefined
        ? this.posts.filter((post) => comparePlaces(post, oldest) >= 0)
        : this.posts
      this.posts = mergePage(here, posts)
      this.more = more
      this.state = 'ready'
    } else {
      this.error = result.message
      this.state = before === undefined ? 'new' : 'ready'
    }
  }

  /** A post as the main process announced it. */
  apply (post: Post): void {
    const oldest = this.posts[0]
    if (this.more && oldest !== undefined && comparePlaces(post, oldest) < 0) return
    this.posts = upsert(this.posts, post)
    if (post.clientId !== undefined) this.#settle(post.clientId)
  }

  note (text: string): void {
    const last = this.posts.at(-1)
    this.notes = [...this.notes, { id: `note ${String(++made)}`, text, after: last === undefined ? undefined : { order: last.order, id: last.id } }]
  }

  /** Shows the post at once; on failure its text is the draft again. */
  async post (): Promise<void> {
    const text = this.draft
    const clientId = `${Date.now().toString(36)}-${String(++made)}`
    this.draft = ''
    this.refusal = ''
    this.pending = [...this.pending, { clientId, text, time: Date.now() }]
    const result = await call('postMessage', { topic: this.topic, text, clientId })
    // What was pushed meanwhile may be further on than this answer.
    if (result.ok && !this.posts.some((post) => post.id === result.value.id)) {
      this.posts = upsert(this.posts, { ...result.value, clientId })
    }
    this.#settle(clientId)
    if (!result.ok) {
      this.draft = this.draft === '' ? text : `${text}\n${this.draft}`
      this.refusal = result.message
    }
  }

  /** Forgets what lies far above; it can be read again. */
  trim (): void {
    if (this.posts.length <= KEEP || this.state !== 'ready') return
    this.posts = this.posts.slice(-KEEP / 2)
    this.more = true
  }

  #settle (clientId: string): void {
    if (this.pending.some((pending) => pending.clientId === clientId)) {
      this.pending = this.pending.filter((pending) => pending.clientId !== clientId)
    }
  }
}
