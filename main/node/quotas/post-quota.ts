import type { Amount } from './fading.ts'

/** How many posts of others get in live. */
export interface PostQuota {
  /** Milliseconds in which use fades to a third. */
  readonly fade: number
  /** One author in one topic. */
  readonly author: Amount
  /** Authors known for longer than today, all together; reserves by topic and by author. */
  readonly known: { readonly limit: Amount, readonly reserves: readonly Amount[] }
  /** All others together; reserves by topic, by the neighbor that handed us the post, and by author. */
  readonly newcomers: { readonly limit: Amount, readonly reserves: readonly Amount[] }
  /** What of a neighbor's own posts may be refused before it is set aside. */
  readonly patience: Amount
  /** Forged messages of a neighbor before it is set aside. */
  readonly forged: number
  /** Milliseconds that a neighbor stays set aside. */
  readonly setAside: number
}

/**
 * The figures of a desktop. People who type post once in a few seconds.
 *
 * Measured without them: one stranger with posts of 15 kB put 233 MB into the
 * database in 15 s. A post takes 2.3 times its bytes on the disk, or up to 4
 * times with words that nobody used before. So strangers add at most 16 MB in 20 s.
 */
export const POST_QUOTA: PostQuota = {
  // An author at its limit may go on with 10 posts and 40 kB a second.
  fade: 50_000,
  author: { posts: 500, bytes: 2_000_000 },
  known: { limit: { posts: 4_000, bytes: 8_000_000 }, reserves: [{ posts: 1_000, bytes: 2_000_000 }, { posts: 1_000, bytes: 2_000_000 }] },
  // Beside 20 neighbors that flood, another one still has 47 posts or 36 kB at once.
  newcomers: { limit: { posts: 1_000, bytes: 1_500_000 }, reserves: [{ posts: 500, bytes: 250_000 }, { posts: 1_000, bytes: 768_000 }, { posts: 500, bytes: 250_000 }] },
  // Somebody who wrote 2,000 posts offline may send all of them at once.
  patience: { posts: 5_000, bytes: 20_000_000 },
  // Routers check signatures before they forward.
  forged: 100,
  setAside: 600_000
}

/**
 * The same with so many times the posts and bytes, for benchmarks that post more than people do.
 *
 * @param factor 1 to 1,000; anything else counts as 1
 */
export function raisedQuota (factor: number): PostQuota {
  if (!(factor > 1 && factor <= 1_000)) return POST_QUOTA
  const raise = ({ posts, bytes }: Amount): Amount => ({ posts: posts * factor, bytes: bytes * factor })
  const { author, known, newcomers, patience } = POST_QUOTA
  return {
    ...POST_QUOTA,
    author: raise(author),
    known: { limit: raise(known.limit), reserves: known.reserves.map(raise) },
    newcomers: { limit: raise(newcomers.limit), reserves: newcomers.reserves.map(raise) },
    patience: raise(patience)
  }
}
