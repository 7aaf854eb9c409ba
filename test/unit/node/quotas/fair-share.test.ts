import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Amount } from '../../../../main/node/quotas/fading.ts'
import { FairShare } from '../../../../main/node/quotas/fair-share.ts'

const FADE = 50_000
const limit: Amount = { posts: 100, bytes: 100_000 }
const reserves: readonly Amount[] = [{ posts: 20, bytes: 20_000 }, { posts: 60, bytes: 60_000 }]
const make = (): FairShare => new FairShare({ limit, reserves, fade: FADE })
const one: Amount = { posts: 1, bytes: 100 }

/** How many of so many posts get in, one a millisecond from a moment on. */
function count (share: FairShare, path: readonly string[], posts: number, from = 0): number {
  let taken = 0
  for (let at = 0; at < posts; at++) if (share.take(path, one, from + at)) taken += 1
  return taken
}

describe('a shared allowance', () => {
  it('gives one who is alone the limit and the reserves at once, and limit ÷ fade afterwards', () => {
    const share = make()
    const first = count(share, ['t', 'a'], 1_000)
    expect(first).toBeGreaterThanOrEqual(100)
    expect(first).toBeLessThanOrEqual(183)
    let later = 0
    for (let at = 1_000; at < 101_000; at += 10) if (share.take(['t', 'a'], one, at)) later += 1
    // 100 seconds are two fades: twice the limit, and at most twice the reserves.
    expect(later).toBeGreaterThan(180)
    expect(later).toBeLessThanOrEqual(2 * 180 + 5)
  })

  it('lets a quiet one in beside any number that flood, each by its own name', () => {
    for (const crowd of [1, 5, 20, 50]) {
      const share = make()
      for (let at = 0; at < 500; at++) for (let who = 0; who < crowd; who++) share.take(['t', `flood ${String(who)}`], one, at)
      expect(count(share, ['t', 'quiet'], Math.floor(60 / (crowd + 1)), 500), String(crowd)).toBe(Math.floor(60 / (crowd + 1)))
    }
  })

  it('lets a quiet topic in beside one that is flooded', () => {
    const share = make()
    for (let at = 0; at < 2_000; at++) share.take(['flooded', `name ${String(at)}`], one, at)
    expect(count(share, ['quiet', 'somebody'], 10, 2_000)).toBe(10)
  })

  it('lets no more in however many names there are', () => {
    const share = make()
    let taken = 0
    for (let at = 0; at < 30_000; at++) if (share.take(['t', `name ${String(at)}`], one, at)) taken += 1
    expect(taken).toBeLessThanOrEqual(180 * (1 + 30_000 / FADE))
  })

  it('says how much there is room for: that much gets in, and no more', () => {
    const amounts = fc.array(fc.record({ who: fc.constantFrom('a', 'b', 'c'), posts: fc.nat(30), bytes: fc.nat(40_000), after: fc.nat(5_000) }), { maxLength: 40 })
    fc.assert(fc.property(amounts, (uses) => {
      const share = make()
      let now = 0
      for (const { who, posts, bytes, after } of uses) {
        now += after
        const left = Math.floor(share.bytesLeft(['t', who], now))
        if (left > 0) expect(share.has(['t', who], { posts: 0, bytes: left }, now)).toBe(true)
        expect(share.has(['t', who], { posts: 0, bytes: Math.max(0, left) + 1 }, now)).toBe(false)
        share.take(['t', who], { posts, bytes }, now)
      }
    }))
  })

  it('never lets in more than limit and reserves, faded, whatever comes when from whom', () => {
    const events = fc.array(fc.record({ topic: fc.constantFrom('t', 'u'), who: fc.nat(200), bytes: fc.integer({ min: 1, max: 20_000 }), after: fc.nat(2_000) }), { minLength: 50, maxLength: 400 })
    fc.assert(fc.property(events, (all) => {
      const share = make()
      let now = 0
      let [posts, bytes] = [0, 0]
      for (const event of all) {
        now += event.after
        if (!share.take([event.topic, String(event.who)], { posts: 1, bytes: event.bytes }, now)) continue
        posts += 1
        bytes += event.bytes
        expect(posts).toBeLessThanOrEqual(180 * (1 + now / FADE) + 1)
        expect(bytes).toBeLessThanOrEqual(180_000 * (1 + now / FADE) + 20_000)
      }
    }), { numRuns: 60 })
  })

  it('gives whoever stays below an even part what they ask for, whatever the others do', () => {
    const crowd = 9
    // At most a tenth of the reserve of 60 posts in 50 s: one in 10 s.
    fc.assert(fc.property(fc.array(fc.nat({ max: crowd - 1 }), { minLength: 200, maxLength: 800 }), (floods) => {
      const share = make()
      let now = 0
      let nextPost = 10_000
      for (const who of floods) {
        now += 100
        share.take(['t', `flood ${String(who)}`], one, now)
        if (now < nextPost) continue
        nextPost += 10_000
        expect(share.take(['t', 'quiet'], one, now)).toBe(true)
      }
    }), { numRuns: 30 })
  })

  it('remembers a bounded number of names', () => {
    const share = new FairShare({ limit: { posts: 1e9, bytes: 1e12 }, reserves: [...reserves, { posts: 1, bytes: 1 }], fade: FADE, names: 1_000 })
    const before = process.memoryUsage().heapUsed
    for (let at = 0; at < 100_000; at++) share.take(['t', `neighbor ${String(at % 50)}`, `author ${String(at)}`], one, at)
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(30_000_000)
  })
})
