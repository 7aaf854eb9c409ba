import type { Post } from '../../preload/contract/index.ts'
import { call } from '../api.ts'
import { foldDraft, nextPost, type Draft } from '../logic/draft.ts'
import type { Pending } from '../logic/rows.ts'

/** Whom a post that is on its way concerns. */
interface Heard {
  /** A post is about to be shown at the end of the topic. */
  readonly begin: () => void
  readonly posted: (post: Post) => void
}

let made = 0

/** What is being written in a topic: the draft, and posts that have no id yet. */
export class Writing {
  readonly #topic: string
  readonly #heard: Heard
  /** What stands in the field. */
  draft = $state('')
  /** What follows it, and the field has no room for. */
  rest = $state.raw('')
  /** Why the last post did not go out; its text is in the draft again. */
  refusal = $state('')
  pending = $state.raw<readonly Pending[]>([])

  constructor (topic: string, heard: Heard) {
    this.#topic = topic
    this.#heard = heard
  }

  /** Makes a text the draft, however long it is. */
  write (text: string): void {
    const { shown, rest } = foldDraft(text)
    this.set({ shown, rest })
  }

  set ({ shown, rest }: Draft): void {
    this.draft = shown
    this.rest = rest
  }

  /** Shows the post at once; on failure its text is the draft again. A draft that is too long for one post is posted in parts, one a call. */
  async post (): Promise<void> {
    const text = nextPost({ shown: this.draft, rest: this.rest })
    const left = text.length > this.draft.length ? '' : this.rest
    const clientId = `${Date.now().toString(36)}-${String(++made)}`
    this.write(left)
    this.refusal = ''
    this.pending = [...this.pending, { clientId, text, time: Date.now() }]
    this.#heard.begin()
    const result = await call('postMessage', { topic: this.#topic, text, clientId })
    if (result.ok) this.#heard.posted({ ...result.value, clientId })
    this.#settle(clientId)
    if (!result.ok) {
      const now = this.draft + this.rest
      // A part stands before what follows it; else something new was begun meanwhile.
      this.write(now === '' || left !== '' ? text + now : `${text}\n${now}`)
      this.refusal = result.message
    }
  }

  /** A post came: where it is one of those that are on their way, its row takes over. */
  settle (post: Post): void {
    if (post.clientId !== undefined) this.#settle(post.clientId)
  }

  #settle (clientId: string): void {
    if (this.pending.some((pending) => pending.clientId === clientId)) {
      this.pending = this.pending.filter((pending) => pending.clientId !== clientId)
    }
  }
}
