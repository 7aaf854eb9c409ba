/** Milliseconds that a reservation lasts, where what a relay says of it can be true: Go's last an hour, those of js-libp2p and Natter two. */
const CREDIBLE = { least: 60_000, most: 86_400_000 } as const
/** Milliseconds that one is taken to last otherwise. The shortest in use. */
const ASSUMED = 3_600_000
/** Part of its life after which it is renewed. */
const RENEW_AT = 0.5
/** Milliseconds after which one is renewed at the latest whose relay does not tell its time: half of the shortest life in use. */
const UNCERTAIN = ASSUMED * RENEW_AT
/** Milliseconds before which none is renewed: a relay must not make us ask all the time. */
const SOONEST = 10_000

/**
 * When to renew a reservation, in milliseconds from now.
 *
 * The wire carries the end of a reservation as a date by the relay's clock, and nothing else. By a clock of ours
 * that is two hours ahead, every reservation has ended before it began.
 *
 * @param expires milliseconds since the Unix epoch, by the relay's clock
 * @param relayNow what that clock says now; undefined where the relay does not tell
 * @param now what our clock says now
 */
export function renewIn (expires: number, relayNow: number | undefined, now: number): number {
  const left = expires - (relayNow ?? now)
  if (relayNow !== undefined && left > 0 && left <= CREDIBLE.most) return Math.max(SOONEST, left * RENEW_AT)
  return left >= CREDIBLE.least && left <= CREDIBLE.most ? Math.min(left * RENEW_AT, UNCERTAIN) : UNCERTAIN
}
