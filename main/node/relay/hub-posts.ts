import { monotonicNow } from '../clock.ts'
import { Quota } from '../quota.ts'

/** How much a client may hand a hub. */
export interface PostCaps {
  /** Posts a second, after five seconds' worth at once. */
  readonly postsPerSecond: number
  /** Bytes a second, after five seconds' worth at once. */
  readonly bytesPerSecond: number
}

/** Why a hub did not forward a message. */
export type DropReason = 'posts' | 'bytes' | 'topics'

/** Milliseconds whose allowance may be used at once: what waited while somebody was away goes out together. */
const BURST = 5_000
/**
 * Drops, in multiples of what is allowed in the same time, after which a
 * client is shut out. Each dropped post has cost a check of its signature by
 * then (about 0.2 ms, measured), so that a client that goes on takes the
 * others' share of the processor.
 */
const FLOOD = 4
/** Milliseconds that a client which floods is shut out. */
const SHUT_OUT = 60_000

/** Counts what clients hand to a hub, and says what may pass. */
export class HubPosts {
  readonly #posts: Quota
  readonly #bytes: Quota
  readonly #patience: Quota
  readonly #shutOut = new Map<string, number>()
  readonly #dropped: Record<DropReason, number> = { posts: 0, bytes: 0, topics: 0 }
  #forwarded = 0

  constructor (caps: PostCaps) {
    this.#posts = quota(caps.postsPerSecond)
    this.#bytes = quota(caps.bytesPerSecond)
    this.#patience = quota(caps.postsPerSecond * FLOOD)
  }

  get forwarded (): number {
    return this.#forwarded
  }

  get dropped (): Readonly<Record<DropReason, number>> {
    return { ...this.#dropped }
  }

  /** Undefined: it may pass. Else why not. */
  take (client: string, bytes: number, topicRefused: boolean, now = monotonicNow()): DropReason | undefined {
    const reason = topicRefused
      ? 'topics'
      : !this.#posts.take(client, 1, now) ? 'posts' : !this.#bytes.take(client, bytes, now) ? 'bytes' : undefined
    if (reason === undefined) {
      this.#forwarded++
    } else {
      this.#dropped[reason]++
      if (!this.#patience.take(client, 1, now)) {
        this.#shutOut.delete(client)
        this.#shutOut.set(client, now + SHUT_OUT)
      }
    }
    return reason
  }

  /** Whether a client went on so far beyond its caps that it may not be connected for now. */
  isShutOut (client: string, now = monotonicNow()): boolean {
    for (const [key, until] of this.#shutOut) {
      if (until > now) {
        break
      }
      this.#shutOut.delete(key)
    }
    return this.#shutOut.has(client)
  }
}

function quota (perSecond: number): Quota {
  return new Quota({ perWindow: perSecond * BURST / 1_000, window: BURST })
}
