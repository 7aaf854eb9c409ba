import { monotonicNow } from '../../node/clock.ts'
import { HISTORY_TIMES, MAX_REMEMBERED, type HistoryTimes } from './limits.ts'

/** A session that is to run. */
export interface Due {
  readonly peerId: string
  readonly topic: string
  /** Not before this moment, by `monotonicNow`. */
  readonly at: number
  /** Not at all if a session of the two on the topic ended after this moment. */
  readonly unlessSince: number | undefined
}

/** What is remembered of a peer and a topic. */
interface Past {
  endedAt: number
  /** Sessions that moved nothing, one after the other. */
  idle: number
  /** Sessions that failed one after the other, and when the next may be tried. */
  failures: number
  retryAt: number
  /** Sessions that found nothing although something was said to differ, one after the other, and until when the peer is left alone. */
  vain: number
  aloneUntil: number
  /** Sessions that were paced and brought nothing, one after the other. */
  paced: number
}

/** A gap grows no longer than four times. */
const MAX_IDLE = 2

/** Which sessions are to run, and when: nothing runs here. */
export class DueList {
  readonly #times: HistoryTimes
  readonly #now: () => number
  readonly #due = new Map<string, Due>()
  readonly #past = new Map<string, Past>()

  constructor (times: HistoryTimes = HISTORY_TIMES, now: () => number = monotonicNow) {
    this.#times = times
    this.#now = now
  }

  /** Sessions that wait, the one that is due first in front. */
  get waiting (): readonly Due[] {
    return [...this.#due.values()].sort((a, b) => a.at - b.at)
  }

  /** Plans a session; where one is planned, the earlier moment holds. */
  plan (peerId: string, topic: string, delay: number, unlessSince?: number): void {
    const key = keyOf(peerId, topic)
    const at = Math.max(this.#now() + delay, this.#earliest(key))
    const planned = this.#due.get(key)
    // Of one that may be left out and one that has to run, the latter stays.
    const unless = planned === undefined || planned.unlessSince !== undefined ? unlessSince : undefined
    this.#due.set(key, { peerId, topic, at: Math.min(at, planned?.at ?? at), unlessSince: unless })
  }

  drop ({ peerId, topic }: Pick<Due, 'peerId' | 'topic'>): void {
    this.#due.delete(keyOf(peerId, topic))
  }

  dropPeer (peerId: string): void {
    for (const due of this.#due.values()) {
      if (due.peerId === peerId) this.drop(due)
    }
  }

  /** Whether it is no longer needed: another session ended meanwhile. */
  isSpared ({ peerId, topic, unlessSince }: Due): boolean {
    return unlessSince !== undefined && (this.#past.get(keyOf(peerId, topic))?.endedAt ?? -Infinity) > unlessSince
  }

  /** A session goes on where it stopped. */
  goOn (peerId: string, topic: string, delay: number): void {
    const key = keyOf(peerId, topic)
    const { retryAt = -Infinity, aloneUntil = -Infinity } = this.#past.get(key) ?? {}
    this.#due.set(key, { peerId, topic, at: Math.max(this.#now() + delay, retryAt, aloneUntil), unlessSince: undefined })
  }

  /** The connection to a peer is a new one: what failed over the old one, and when, no longer counts. What it did wrong does. */
  renewed (peerId: string): void {
    for (const [key, past] of this.#past) {
      if (key.startsWith(`${peerId} `)) Object.assign(past, { endedAt: -Infinity, idle: 0, failures: 0, retryAt: -Infinity })
    }
  }

  /** A session that the peer began ended well. */
  answered (peerId: string, topic: string): void {
    this.#remember(peerId, topic).endedAt = this.#now()
  }

  /** A session that we began ended well. @param isVain nothing differed, although the peer said so */
  ended (peerId: string, topic: string, { isVain, moved }: { readonly isVain: boolean, readonly moved: number }): void {
    const past = this.#remember(peerId, topic)
    past.endedAt = this.#now()
    past.idle = moved > 0 ? 0 : Math.min(past.idle + 1, MAX_IDLE)
    past.failures = 0
    past.vain = isVain ? past.vain + 1 : 0
    // Once is chance: a post that came in meanwhile.
    if (past.vain > 1) this.#leaveAlone(past)
  }

  /** A session that we began brought all that there was room for, and goes on when there is more. */
  paced (peerId: string, topic: string, got: number): void {
    const past = this.#remember(peerId, topic)
    past.paced = got > 0 ? 0 : past.paced + 1
    this.goOn(peerId, topic, grown(this.#times.paced, past.paced, this.#times.aloneMost))
  }

  /** A session failed. @returns how often in a row by now */
  failed (peerId: string, topic: string): number {
    const past = this.#remember(peerId, topic)
    past.failures += 1
    past.retryAt = this.#now() + grown(this.#times.retry, past.failures - 1, this.#times.retryMost)
    return past.failures
  }

  /** A peer that wastes time is left alone on that topic, each time for longer. */
  wasted (peerId: string, topic: string): void {
    const past = this.#remember(peerId, topic)
    past.vain = Math.max(2, past.vain + 1)
    this.#leaveAlone(past)
  }

  #leaveAlone (past: Past): void {
    past.aloneUntil = this.#now() + grown(this.#times.alone, past.vain - 2, this.#times.aloneMost)
  }

  #earliest (key: string): number {
    const past = this.#past.get(key)
    if (past === undefined) return -Infinity
    return Math.max(past.endedAt + this.#times.gap * 2 ** past.idle, past.retryAt, past.aloneUntil)
  }

  #remember (peerId: string, topic: string): Past {
    const key = keyOf(peerId, topic)
    const past = this.#past.get(key) ?? { endedAt: -Infinity, idle: 0, failures: 0, retryAt: -Infinity, vain: 0, aloneUntil: -Infinity, paced: 0 }
    this.#past.delete(key)
    this.#past.set(key, past)
    const oldest = this.#past.keys().next().value
    if (this.#past.size > MAX_REMEMBERED && oldest !== undefined) this.#past.delete(oldest)
    return past
  }
}

/** Doubles with each time, up to a bound. */
function grown (first: number, times: number, most: number): number {
  return Math.min(most, first * 2 ** Math.min(times, 20))
}

function keyOf (peerId: string, topic: string): string {
  return `${peerId} ${topic}`
}
