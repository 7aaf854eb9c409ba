import { randomBytes } from 'node:crypto'
import { monotonicNow } from '../../node/clock.ts'
import { MAX_DEAD, SALT_BYTES } from './limits.ts'

/** Milliseconds that a salt is used for, and what was found under it is believed. */
const MEMORY = 3_600_000

/**
 * Milliseconds after which the same difference, found once more, is one for
 * good: a peer also declines what another one is about to send it.
 */
const SURE_AFTER = 10_000

interface Difference { readonly prints: string, readonly since: number, readonly isSure: boolean }

/** What the other side has where it has nothing. */
export const NONE_THERE = 'none'

/**
 * Ranges of one topic that differ from one peer's for good: what one side
 * lacks there it does not want, as the posts of somebody who is blocked, or
 * what was deleted to save space. Without this each session would walk down
 * to every such post anew.
 *
 * A range is known by both sides' fingerprints, and is looked at again when
 * either changes. So the salt stays the same for an hour; the peer learns it, and
 * gains nothing by that: what it says of its own posts is its own affair.
 */
export class DeadRanges {
  #salt = randomBytes(SALT_BYTES)
  #since = monotonicNow()
  #found = new Map<string, Difference>()
  #differ = new Map<string, string>()

  get size (): number {
    return this.#found.size
  }

  /** A session begins. @returns its salt */
  begin (now = monotonicNow()): Uint8Array {
    this.#differ = new Map()
    if (now - this.#since > MEMORY) this.clear(now)
    return this.#salt
  }

  /** Whether a range was found to differ for good, and is as it was. */
  has (prefix: string, theirs: string, ours: string): boolean {
    const found = this.#found.get(prefix)
    return found?.isSure === true && found.prints === `${theirs} ${ours}`
  }

  /** A range differs. */
  note (prefix: string, theirs: string, ours: string): void {
    // The widest come first; each spares the walk to all within it.
    if (this.#differ.size < MAX_DEAD) this.#differ.set(prefix, `${theirs} ${ours}`)
  }

  /** The session was complete: what differs as it did some time ago does so for good. */
  keep (now = monotonicNow()): void {
    for (const [prefix, prints] of this.#differ) {
      const before = this.#found.get(prefix)
      const since = before?.prints === prints ? before.since : now
      this.#found.delete(prefix)
      this.#found.set(prefix, { prints, since, isSure: now - since >= SURE_AFTER })
    }
    for (const prefix of this.#found.keys()) {
      if (this.#found.size <= MAX_DEAD) break
      this.#found.delete(prefix)
    }
  }

  clear (now = monotonicNow()): void {
    this.#found = new Map()
    this.#salt = randomBytes(SALT_BYTES)
    this.#since = now
  }
}
