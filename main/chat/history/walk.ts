import type { Entry } from '../../store/types.ts'
import { inTurns } from '../turns.ts'
import { compare, diff, noFindings, type Findings, type Item, type Lacked, type Measure, type Sweep } from './compare.ts'
import { ours } from './errors.ts'
import { shortId } from './fingerprint.ts'
import { before, byRange } from './keys.ts'
import { MAX_FRONTIER, MAX_LISTED, READ_AT_ONCE } from './limits.ts'
import type { HistoryStore } from './types.ts'
import type { View } from './views.ts'

/** Posts read at once while a range is swept: one page, 5 KiB. */
const PAGE = 4 * READ_AT_ONCE

/** A sweep that goes on from somewhere. */
interface Broom extends Sweep {
  readonly missing: Map<string, Sweep['theirs'][number]>
  after: Entry | undefined
}

/**
 * The way through a history: which ranges are still to be compared, and what
 * was found and is still to be fetched or offered. Newest first and depth
 * first, so that a cut session has brought what is read first, and so that
 * what waits stays small.
 */
export class Walk {
  readonly #store: HistoryStore
  readonly #topic: string
  readonly #measure: Measure
  /** Ascending: the newest is last. */
  readonly #frontier: Item[] = []
  readonly #lacked: Lacked[] = []
  readonly #offers: Entry[] = []
  readonly #brooms: Broom[] = []
  readonly #onShown: (entries: readonly Entry[]) => void
  readonly #onSkipped: (prefix: string) => void
  /** Short ids of posts that we deleted to save space, of the ranges that were looked at. */
  readonly #gone = new Set<string>()
  #fetches = true
  #vain = 0
  #unwanted = 0
  #isCut = false

  /**
   * @param onShown is told of posts of ours that the other side listed
   * @param onSkipped is told of ranges that differ for good, and are not looked into
   */
  constructor (store: HistoryStore, topic: string, measure: Measure, onShown: (entries: readonly Entry[]) => void, onSkipped: (prefix: string) => void) {
    this.#store = store
    this.#topic = topic
    this.#measure = { ...measure, isUnwanted: (listed) => this.#gone.has(listed.short) || measure.isUnwanted(listed) }
    this.#onShown = onShown
    this.#onSkipped = onSkipped
  }

  /** Posts that are to be fetched or offered, as far as is known. */
  get toMove (): number {
    return this.#lacked.reduce((sum, { entries }) => sum + entries.length, 0) + this.#offers.length +
      this.#brooms.reduce((sum, { count }) => sum + count, 0)
  }

  get hasRanges (): boolean {
    return this.#frontier.length > 0
  }

  /** Posts are known that are to be fetched. */
  get hasLacked (): boolean {
    return this.#lacked.length > 0
  }

  /** No more posts are to be fetched. */
  stopFetching (): void {
    this.#fetches = false
    this.#lacked.length = 0
  }

  /** Ranges said to differ that did not. */
  get vain (): number {
    return this.#vain
  }

  /** Posts that we lack because we do not want them. */
  get unwanted (): number {
    return this.#unwanted
  }

  /** Some ranges were left out, because too many waited. */
  get isCut (): boolean {
    return this.#isCut
  }

  /** The newest ranges that wait, at most so many and with lists of bounded length; ascending. */
  next (most: number): Item[] {
    const items: Item[] = []
    for (let listed = 0; items.length < most;) {
      const item = this.#frontier.at(-1)
      listed += item?.list === true ? item.count : 0
      if (item === undefined || (listed > MAX_LISTED && items.length > 0)) break
      this.#frontier.pop()
      items.push(item)
    }
    return items.reverse()
  }

  /** Takes in what the other side has in these ranges. @throws {HistoryError} `ERR_STORE` */
  async absorb (items: readonly Item[], views: readonly View[]): Promise<void> {
    const found = noFindings()
    await this.#lookForGone(items, views)
    const own = await ours(this.#store.ranges(this.#topic, items.map(({ prefix }) => prefix)))
    const ownOf = byRange(own)
    await inTurns(items.entries(), ([at, item]) => { compare(this.#measure, item, views[at] ?? { kind: 'none' }, ownOf(item.prefix), found) })
    // Each time at least one digit further: at most as often as a key has digits.
    while (found.again.length > 0) {
      const again = found.again.splice(0)
      const againOf = byRange(await ours(this.#store.ranges(this.#topic, again.map(({ asked }) => asked.prefix))))
      for (const { asked, theirs } of again) compare(this.#measure, asked, theirs, againOf(asked.prefix), found)
    }
    this.#keep(found)
  }

  /** Which posts that the other side lists we once deleted to save space. */
  async #lookForGone (items: readonly Item[], views: readonly View[]): Promise<void> {
    if (this.#store.topic(this.#topic).gone === 0) return
    const listed = items.filter((_, at) => views[at]?.kind === 'list').map(({ prefix }) => prefix)
    if (listed.length === 0) return
    const gone = await ours(this.#store.goneIn(this.#topic, listed))
    await inTurns(gone, ({ id }) => { this.#gone.add(shortId(this.#measure.salt, id)) })
  }

  #keep ({ items, lacked, offers, sweeps, shown, vain, unwanted, skipped }: Findings): void {
    this.#frontier.push(...items.sort((a, b) => a.prefix < b.prefix ? -1 : 1))
    if (this.#frontier.length > MAX_FRONTIER) {
      this.#frontier.splice(0, this.#frontier.length - MAX_FRONTIER)
      this.#isCut = true
    }
    if (this.#fetches) this.#lacked.push(...lacked)
    this.#offers.push(...offers)
    for (const sweep of sweeps) {
      this.#brooms.push({ ...sweep, missing: new Map(sweep.theirs.map((listed) => [listed.short, listed])), after: before(this.#measure.floor) })
    }
    this.#vain += vain
    this.#unwanted += unwanted + skipped.length
    skipped.forEach(this.#onSkipped)
    this.#onShown(shown)
  }

  /** Posts of ours to offer, at most so many. @throws {HistoryError} `ERR_STORE` */
  async takeOffers (most: number): Promise<Entry[]> {
    while (this.#offers.length < most) {
      const broom = this.#brooms.at(-1)
      if (broom === undefined) break
      await this.#sweep(broom)
    }
    return this.#offers.splice(0, most)
  }

  async #sweep (broom: Broom): Promise<void> {
    const page = await ours(this.#store.entries(this.#topic, broom.prefix, broom.after, PAGE))
    const shown: Entry[] = []
    for (const entry of page) {
      if (broom.missing.delete(shortId(this.#measure.salt, entry.id))) shown.push(entry)
      else this.#offers.push(entry)
    }
    this.#onShown(shown)
    broom.after = page.at(-1)
    // What was not met is what we lack, now that all of ours has been seen.
    if (page.length < PAGE) {
      this.#brooms.splice(this.#brooms.indexOf(broom), 1)
      const { lacked, unwanted } = diff(this.#measure, [...broom.missing.values()], [])
      this.#unwanted += unwanted
      if (lacked.length > 0 && this.#fetches) this.#lacked.push({ prefix: broom.prefix, list: broom.list, entries: lacked })
    }
  }

  /** Posts that were asked for or offered, and found no room: next time. */
  putBack (lacked: readonly Lacked[], offers: readonly Entry[]): void {
    if (this.#fetches) this.#lacked.push(...lacked)
    this.#offers.unshift(...offers)
  }

  /** Posts to ask for, newest first, at most so many. */
  takeLacked (most: number): Lacked[] {
    this.#lacked.sort((a, b) => a.prefix < b.prefix ? -1 : 1)
    const taken: Lacked[] = []
    for (let left = most; left > 0;) {
      const group = this.#lacked.pop()
      if (group === undefined) break
      if (group.entries.length > left) this.#lacked.push({ ...group, entries: group.entries.slice(0, -left) })
      const entries = group.entries.slice(-left)
      taken.push({ ...group, entries })
      left -= entries.length
    }
    return taken
  }
}
