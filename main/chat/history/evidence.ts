import type { Post } from '../../../preload/contract/index.ts'
import type { Entry } from '../../store/types.ts'
import { ours } from './errors.ts'
import { before, keyOf } from './keys.ts'
import { MAX_EVIDENCE, MAX_EXCHANGE } from './limits.ts'
import type { HistoryDeps } from './types.ts'

/** How far back own posts are looked up that nobody's list names: a week. */
const REACH = 604_800_000

/** What is known of one peer's copy of one topic, from one session to the next. */
export interface Known {
  /** Both histories were the same, or came to differ only in what one of them does not keep. */
  upTo?: Entry
  /** The last session was complete, and the histories were not the same. */
  differs?: boolean
  /** Posts up to `upTo` that the peer did not take then: it may have had them, or have got them from others since. */
  doubted?: readonly Entry[]
}

/** What {@link Evidence} stands on. */
export interface EvidenceDeps extends Pick<HistoryDeps, 'store' | 'onHeld' | 'isHub' | 'written'> {
  /** A hub has none: nothing is gathered. @default true */
  readonly hasOwnPosts?: boolean
}

/** Gathers which posts a peer is seen to hold, and says so to the store when the session ends. */
export class Evidence {
  readonly #deps: EvidenceDeps
  readonly #peerId: string
  readonly #topic: string
  readonly #known: Known
  readonly #seen = new Map<string, Entry>()
  /** Posts that were there when the session began. */
  #earlier: readonly Entry[] = []
  readonly #refused = new Set<string>()

  constructor (deps: EvidenceDeps, peerId: string, topic: string, known: Known) {
    this.#deps = deps
    this.#peerId = peerId
    this.#topic = topic
    this.#known = known
  }

  /**
   * Where the histories cannot come to be the same, because one of them keeps
   * less, a complete comparison is evidence all the same, for what was there
   * when it began. @throws {HistoryError} `ERR_STORE`
   */
  async prepare (floor: number): Promise<void> {
    if (floor === 0 && this.#known.differs !== true) return
    const { store } = this.#deps
    const newest = Math.min(store.topic(this.#topic).newestStamp, Date.now())
    const since = Math.max(floor, newest - REACH)
    let after = this.#known.upTo !== undefined && this.#known.upTo.stamp >= since ? this.#known.upTo : before(since)
    const earlier: Entry[] = (this.#known.doubted ?? []).filter(({ stamp }) => stamp >= floor)
    while (earlier.length < MAX_EVIDENCE) {
      const page = await ours(store.entries(this.#topic, '', after, MAX_EXCHANGE))
      earlier.push(...page)
      after = page.at(-1)
      if (page.length < MAX_EXCHANGE) break
    }
    this.#earlier = earlier
  }

  /**
   * Changes with each own post that is written. 'The same' may be said of a
   * comparison alone that began and ended with the same: the store answers in
   * turn, and a post that was written after it looked would be taken for held.
   */
  get written (): number {
    return this.#deps.written?.(this.#topic) ?? 0
  }

  /** The peer listed these. */
  shown (entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (this.#seen.size < MAX_EVIDENCE) this.#seen.set(nameOf(entry), entry)
    }
  }

  /** The peer got these, and keeps some of them. */
  taken (kept: readonly Entry[], put: readonly Entry[]): void {
    for (const entry of put) this.#refused.add(nameOf(entry))
    for (const entry of kept) this.#refused.delete(nameOf(entry))
    this.shown(kept)
  }

  /** What differs within a range was not looked at, because it was before: of own posts there nothing new is known. */
  skipped (prefix: string): void {
    for (const entry of this.#earlier) {
      if (keyOf(entry).startsWith(prefix)) this.#refused.add(nameOf(entry))
    }
  }

  /** The peer would not have these, although it lacks them. */
  declined (entries: readonly Entry[]): void {
    for (const entry of entries) this.#refused.add(nameOf(entry))
  }

  /** Tells the store. @throws {HistoryError} `ERR_STORE` */
  async conclude (how: 'same' | 'complete' | 'cut'): Promise<void> {
    this.#known.differs = how === 'complete'
    if (this.#deps.hasOwnPosts === false) return
    if (how === 'same') {
      await this.#tell('all')
      return
    }
    const names = new Set(this.#seen.keys())
    if (how === 'complete') {
      for (const entry of this.#earlier) {
        if (!this.#refused.has(nameOf(entry))) names.add(nameOf(entry))
      }
      const last = this.#earlier.at(-1)
      if (last !== undefined) this.#known.upTo = last
      this.#known.doubted = this.#earlier.filter((entry) => this.#refused.has(nameOf(entry))).slice(-MAX_EXCHANGE)
    }
    const all = [...names]
    for (let at = 0; at < all.length; at += MAX_EXCHANGE) await this.#tell(all.slice(at, at + MAX_EXCHANGE))
  }

  async #tell (ids: readonly string[] | 'all'): Promise<void> {
    const { store, isHub, onHeld } = this.#deps
    const posts: readonly Post[] = await ours(store.setHeld(this.#topic, { peerId: this.#peerId, hub: isHub(this.#peerId) }, ids))
    if (posts.length > 0) onHeld?.(posts)
  }
}

function nameOf ({ id }: Entry): string {
  return Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('base64url')
}
