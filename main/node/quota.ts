import { monotonicNow } from './clock.ts'

/** How much a {@link Quota} lets through. */
export interface QuotaOptions {
  /** Units a window. */
  readonly perWindow: number
  /** Milliseconds. */
  readonly window: number
  /** Keys remembered at once; beyond it the oldest are forgotten, so that keys cannot fill memory. @default 10,000 */
  readonly keys?: number
}

interface Bucket { left: number, at: number }

/** Token buckets, one a key: a full window's worth at once, refilled evenly. */
export class Quota {
  readonly #options: QuotaOptions
  readonly #buckets = new Map<string, Bucket>()

  constructor (options: QuotaOptions) {
    this.#options = options
  }

  /** Takes units if there are enough left. */
  take (key: string, units = 1, now = monotonicNow()): boolean {
    const { perWindow, window, keys = 10_000 } = this.#options
    const bucket = this.#buckets.get(key) ?? { left: perWindow, at: now }
    bucket.left = Math.min(perWindow, bucket.left + Math.max(0, now - bucket.at) * perWindow / window)
    bucket.at = now
    this.#buckets.delete(key)
    this.#buckets.set(key, bucket)
    if (this.#buckets.size > keys) {
      const [oldest] = this.#buckets.keys()
      this.#buckets.delete(oldest as string)
    }
    if (bucket.left < units) {
      return false
    }
    bucket.left -= units
    return true
  }
}
