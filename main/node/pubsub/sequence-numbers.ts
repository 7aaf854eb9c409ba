/** Keeps the numbers that may have been used, so that none is used twice. */
export interface NumberStore {
  /** The greatest number that may have been used; undefined where none was. */
  readonly load: () => Promise<bigint | undefined>
  /** Resolves once it is written down that numbers up to this one may be used. */
  readonly save: (upTo: bigint) => Promise<void>
}

/** Numbers that are written down at once: a start costs one write, and a post none. */
const BLOCK = 1_000_000n
/** The next block is written down when so many are left. */
const SOON = BLOCK / 10n

const NANOSECONDS = 1_000_000n
/** What a clock says counts between these times alone, when Natter did not exist and when one that is right will be replaced: 2026-11-01 and 2100-01-01. */
const EARLIEST = BigInt(Date.UTC(2026, 10, 1)) * NANOSECONDS
const LATEST = BigInt(Date.UTC(2100, 0, 1)) * NANOSECONDS
/** Half of what 8 bytes hold: more was never written down by us, since clocks lead to less than half of it. */
const DAMAGED = 2n ** 63n

/**
 * The sequence numbers of what we post, one rising row for both routers: Go's
 * BasicSeqnoValidator takes no post whose number is not above its author's
 * last one, whatever router sent it.
 *
 * Numbers begin at the nanoseconds of the clock, or above the greatest that was
 * ever written down, whichever is more; so a clock that was set back repeats none.
 * Their first byte is never zero, because some routers drop it then.
 */
export class SequenceNumbers {
  readonly #store: NumberStore | undefined
  readonly #now: () => number
  #next: bigint | undefined
  /** The last number that may be used. */
  #upTo = 0n
  #reserving: Promise<void> | undefined

  /** @param store where it is missing, the clock alone decides */
  constructor (store?: NumberStore, now: () => number = Date.now) {
    this.#store = store
    this.#now = now
  }

  /** The next number. Waits only for a block that is being written down and used up already, as at the first one. */
  async next (): Promise<bigint> {
    while (this.#next === undefined || this.#next > this.#upTo) await (this.#reserving ?? this.#reserve())
    const number = this.#next++
    if (this.#upTo - number < SOON) void this.#reserve()
    return number
  }

  async #reserve (): Promise<void> {
    this.#reserving ??= this.#writeDown().finally(() => { this.#reserving = undefined })
    await this.#reserving
  }

  async #writeDown (): Promise<void> {
    this.#next ??= await this.#first()
    const upTo = (this.#upTo > this.#next ? this.#upTo : this.#next) + BLOCK
    // On a full disk people post all the same: the clock alone sees to it then that the next start repeats none.
    await this.#store?.save(upTo).catch(() => {})
    this.#upTo = upTo
  }

  async #first (): Promise<bigint> {
    const clock = BigInt(Math.trunc(this.#now())) * NANOSECONDS
    const begin = clock < EARLIEST || clock > LATEST ? EARLIEST : clock
    const stored = await this.#store?.load().catch(() => undefined)
    return stored !== undefined && stored >= begin && stored < DAMAGED ? stored + 1n : begin
  }
}
