/** How much was sent: posts, and their bytes. */
export interface Amount {
  readonly posts: number
  readonly bytes: number
}

/**
 * How much was used of late. Use fades evenly: after one `fade` a third of it
 * (1/e) is left. Whoever stays below a limit may therefore use the whole limit
 * at once, and limit ÷ fade for as long as they like.
 */
export class Fading {
  readonly #fade: number
  #posts = 0
  #bytes = 0
  #at = 0

  /** @param fade milliseconds */
  constructor (fade: number) {
    this.#fade = fade
  }

  /** @param now milliseconds of a monotonic clock; never less than the time before */
  add ({ posts, bytes }: Amount, now: number): void {
    this.#fadeTo(now)
    this.#posts += posts
    this.#bytes += bytes
  }

  /** What of a limit is left; below 0 where more was used than that. */
  left ({ posts, bytes }: Amount, now: number): Amount {
    this.#fadeTo(now)
    return { posts: posts - this.#posts, bytes: bytes - this.#bytes }
  }

  /** Whether nothing worth mentioning was used: less than half a post and no bytes to speak of. */
  isIdle (now: number): boolean {
    this.#fadeTo(now)
    return this.#posts < 0.5 && this.#bytes < IDLE_BYTES
  }

  #fadeTo (now: number): void {
    if (now <= this.#at) return
    const rest = Math.exp((this.#at - now) / this.#fade)
    this.#posts *= rest
    this.#bytes *= rest
    this.#at = now
  }
}

/** Bytes below which nobody counts as somebody who sends: half of the smallest envelope. */
const IDLE_BYTES = 128

/** Whether an amount fits into what is left. What it has none of is not looked at. */
export function fits (amount: Amount, left: Amount): boolean {
  return (amount.posts === 0 || amount.posts <= left.posts) && (amount.bytes === 0 || amount.bytes <= left.bytes)
}
