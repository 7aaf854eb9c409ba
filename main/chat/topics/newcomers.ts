import type { Admission } from '../../node/types.ts'
import type { Store } from '../../store/types.ts'

/**
 * The part of what a topic may take from which on history brings no more
 * posts of newcomers: what is deleted to make room goes down to 95 %, and would
 * make room for the next flood.
 */
const NEARLY_FULL = 0.9

/** What history may bring of people who are new to us. Live posts of theirs are bounded where they arrive. */
export interface Newcomers {
  /** Bytes of posts that newcomers may add to a topic now, from one peer's history; 0 or less: none. */
  readonly allowance: (topic: string, peerId: string) => number
  /** Counts a newcomer's post. Answers whether it may be added now. */
  readonly add: (post: { readonly topic: string, readonly neighbor: string, readonly author: string, readonly bytes: number }) => boolean
}

/** History is paced, not refused: what finds no room is asked for again later. */
export function createNewcomers ({ admission, store }: { readonly admission: Admission, readonly store: Pick<Store, 'topic'> }): Newcomers {
  function isNearlyFull (topic: string): boolean {
    const { bytes = 0, maxBytes } = store.topic(topic)
    return maxBytes !== null && bytes > NEARLY_FULL * maxBytes
  }

  return {
    allowance: (topic, peerId) => isNearlyFull(topic) ? 0 : admission.bytesForNewcomers(topic, peerId),
    add: (post) => !isNearlyFull(post.topic) && admission.takeForNewcomer(post)
  }
}
