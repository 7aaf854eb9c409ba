import { monotonicNow } from './clock.ts'

/** How much a {@link Bucket} lets through. */
export interface BucketOptions {
  /** Units a window. */
  readonly perWindow: number
  /** Milliseconds. */
  readonly window: number
}

/** How much a {@link Quota} lets through. */
export interface QuotaOptions extends BucketOptions {
  /** Keys remembered at once; beyond it the oldest are forgotten, so that keys cannot fill memory. @default 5,000 */
  readonly keys?: number
}

/** A token bucket: a full window's worth at once, refilled evenly. */
export class Bucket {
  readonly #options: BucketOptions
  #left: number
  #at: number

  constructor (options: BucketOptions, now = monotonicNow()) {
    this.#options = options
    this.#left = options.perWindow
    this.#at = now
  }

  /** Takes units if there are enough left. Negative units give back, up to a full bucket. */
  take (units = 1, now = monotonicNow()): boolean {
    const { perWindow, window } = this.#options
    this.#left = Math.min(perWindow, this.#left + Math.max(0, now - this.#at) * perWindow / window)
    this.#at = now
    if (this.#left < units) return false
    this.#left = Math.min(perWindow, this.#left - units)
    return true
  }

  /** Whether it is full again by now, as one is that was never used. */
  isFull (now: number): boolean {
    const { perWindow, window } = this.#options
    return this.#left + Math.max(0, now - this.#at) * perWindow / window >= perWindow
  }
}

/** Buckets, one a key. Those that are full again are forgotten; the one used longest ago is looked at first. */
export class Quota {
  readonly #options: QuotaOptions
  readonly #buckets = new Map<string, Bucket>()

  constructor (options: QuotaOptions) {
    this.#options = options
  }

  /** Keys that are remembered now. */
  get size (): number { return this.#buckets.size }

  /** Takes units of a key if there are enough left. */
  take (key: string, units = 1, now = monotonicNow()): boolean {
    const { keys = 5_000 } = this.#options
    const bucket = this.#buckets.get(key) ?? new Bucket(this.#options, now)
    this.#buckets.delete(key)
    this.#buckets.set(key, bucket)
    this.#forget(keys, now)
    return bucket.take(units, now)
  }

  /** Two a call: in the end as many as come, and none of them holds anything up. */
  #forget (keys: number, now: number): void {
    let looks = 2
    for (const [key, bucket] of this.#buckets) {
      if (looks-- === 0 || (this.#buckets.size <= keys && !bucket.isFull(now))) return
      if (this.#buckets.size > 1) this.#buckets.delete(key)
    }
  }
}
