import type { SearchHit } from '../../preload/contract/index.ts'
import { call } from '../api.ts'

/** Milliseconds without a key before the search is made: a quick typist pauses for less. */
const PAUSE = 120

/** One search as it is typed: its hits, newest first. */
export class Search {
  query = $state('')
  /** The topic to look in; undefined: all. */
  topic = $state<string | undefined>(undefined)
  hits = $state.raw<readonly SearchHit[]>([])
  /** What is marked in the hits' texts. */
  words = $state.raw<readonly string[]>([])
  /** Older hits can be had. */
  more = $state(false)
  /** When the search that is under way began, by `performance.now`; 0 while none is. */
  since = $state(0)
  /** Why the last search failed. */
  error = $state('')
  /** The query that `hits` answers; '' before the first answer. */
  answered = $state('')
  #timer: ReturnType<typeof setTimeout> | undefined
  #run = 0

  constructor (topic: string | undefined) {
    this.topic = topic
  }

  /** The query or the topic changed: what is under way no longer matters. */
  changed (): void {
    clearTimeout(this.#timer)
    this.#run++
    this.error = ''
    this.since = 0
    if (this.query.trim() === '') {
      this.hits = []
      this.more = false
      this.answered = ''
      return
    }
    this.#timer = setTimeout(() => void this.#ask(undefined), PAUSE)
  }

  /** Now, without waiting for a pause; also after a failure. */
  async now (): Promise<void> {
    clearTimeout(this.#timer)
    if (this.query.trim() !== '') await this.#ask(undefined)
  }

  /** The next older hits. */
  async further (): Promise<void> {
    const last = this.hits.at(-1)
    if (this.more && this.since === 0 && last !== undefined) await this.#ask(last.post.order)
  }

  /** Nobody looks any more. */
  stop (): void {
    clearTimeout(this.#timer)
    this.#run++
    this.since = 0
  }

  async #ask (before: number | undefined): Promise<void> {
    const run = ++this.#run
    const query = this.query.trim()
    this.since = performance.now()
    this.error = ''
    const result = await call('searchPosts', {
      query, ...(this.topic === undefined ? {} : { topic: this.topic }), ...(before === undefined ? {} : { before })
    })
    // A slower answer to an older question.
    if (run !== this.#run) return
    this.since = 0
    if (!result.ok) {
      this.error = result.message
      return
    }
    this.hits = before === undefined ? result.value.hits : [...this.hits, ...result.value.hits]
    this.more = result.value.more
    this.words = result.value.words
    this.answered = query
  }
}
