/**
 * Where a post stands among the others of its topic: the total order, and what
 * keeps a clock that is wrong by years from burying or pinning a post.
 */

/** The first of November 2026: there was no Natter before, so a clock that shows an earlier time is wrong. */
export const NATTER_BEGAN = Date.UTC(2026, 10, 1)

/**
 * Milliseconds by which a post may be ahead of the reader's clock and still
 * stand where it says: a day, since clocks that were set to the wrong time
 * zone are up to 14 hours off and nobody notices.
 */
export const MAX_AHEAD = 86_400_000

/** The greatest stamp: 48 bits of milliseconds, which is the year 10889. */
export const MAX_STAMP = 2 ** 48 - 1

/** The times that a post carries, as read from the wire; milliseconds since the Unix epoch. */
export interface CarriedTimes {
  readonly timeMs: bigint
  /** 0n in posts of before there was this field. */
  readonly order: bigint
}

/**
 * The order that a new post carries: its author's clock, and after everything
 * that its author had in the topic, so that an answer never stands before what it answers.
 *
 * @param newest the greatest stamp of the topic; 0: none
 */
export function nextOrder (time: number, newest: number): number {
  return Math.min(MAX_STAMP, Math.max(0, time, newest + 1))
}

/** The carried order, within 48 bits: the same wherever the post is kept. */
export function stampOf ({ timeMs, order }: CarriedTimes): number {
  return Number(clamp(order === 0n ? timeMs : order))
}

/**
 * Where a reader shows a post: at its stamp; where that cannot be right, at
 * its author's time; where neither can, at the moment it came.
 *
 * @param time the author's clock
 * @param receivedAt the reader's clock
 * @returns milliseconds since the Unix epoch
 */
export function placeOf ({ stamp, time, receivedAt }: { readonly stamp: number, readonly time: number, readonly receivedAt: number }): number {
  const isPossible = (at: number): boolean => at >= NATTER_BEGAN && at <= receivedAt + MAX_AHEAD
  return isPossible(stamp) ? stamp : isPossible(time) ? time : receivedAt
}

function clamp (value: bigint): bigint {
  const most = BigInt(MAX_STAMP)
  return value > most ? most : value
}
