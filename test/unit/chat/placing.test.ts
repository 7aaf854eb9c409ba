import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_AHEAD, MAX_STAMP, NATTER_BEGAN, nextOrder, placeOf, stampOf } from '../../../main/chat/topics/placing.ts'

const now = Date.UTC(2026, 10, 22)
const day = 86_400_000
const year = 365 * day

/** Where a reader whose clock says `receivedAt` shows a post. */
const place = (timeMs: bigint, order: bigint, receivedAt = now): number =>
  placeOf({ stamp: stampOf({ timeMs, order }), time: Number(timeMs), receivedAt })
const at = (time: number, receivedAt = now): number => place(BigInt(time), 0n, receivedAt)

describe('the place of a post', () => {
  it('is what it carries, while that can be', () => {
    for (const time of [now, now - 1, now - 20 * day, now + 1, now + MAX_AHEAD, NATTER_BEGAN]) expect(at(time)).toBe(time)
    expect(place(BigInt(now), BigInt(now + 500))).toBe(now + 500)
  })

  it('is when it came, where no clock that is right can have said so', () => {
    for (const time of [0, 1, NATTER_BEGAN - 1, now + MAX_AHEAD + 1, now + 5 * year, now - 5 * year, Date.UTC(9999, 0, 1)]) expect(at(time)).toBe(now)
    for (const time of [2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]) expect(place(time, 0n)).toBe(now)
  })

  it('is its author\'s time, where somebody whose clock is years ahead came before', () => {
    expect(place(BigInt(now - 7), BigInt(now + 5 * year + 1))).toBe(now - 7)
    expect(place(BigInt(now + 6 * year), BigInt(now + 5 * year + 1))).toBe(now)
  })

  it('is neither buried nor pinned, whatever is written', () => {
    fc.assert(fc.property(fc.bigInt(0n, 2n ** 64n - 1n), fc.bigInt(0n, 2n ** 64n - 1n), (timeMs, order) => {
      const found = place(timeMs, order)
      expect(found).toBeGreaterThanOrEqual(NATTER_BEGAN)
      expect(found).toBeLessThanOrEqual(now + MAX_AHEAD)
    }))
  })
})

describe('the stamp', () => {
  it('is the carried order, or the time where there is none, within 48 bits', () => {
    expect(stampOf({ timeMs: 5n, order: 7n })).toBe(7)
    expect(stampOf({ timeMs: 5n, order: 0n })).toBe(5)
    for (const order of [2n ** 48n - 1n, 2n ** 48n, 2n ** 53n, 2n ** 64n - 1n]) expect(stampOf({ timeMs: 5n, order })).toBe(MAX_STAMP)
  })
})

describe('a new post', () => {
  it('carries more than all that its author had', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 9e15 }), fc.integer({ min: 0, max: MAX_STAMP - 1 }), (time, newest) => {
      const order = nextOrder(time, newest)
      expect(order).toBeGreaterThan(newest)
      expect(order).toBeLessThanOrEqual(MAX_STAMP)
      expect(order).toBe(Math.min(MAX_STAMP, Math.max(time, newest + 1)))
    }))
  })

  it('of a clock before 1970 is no negative number', () => {
    expect(nextOrder(-5, 0)).toBe(1)
  })
})

/** Somebody with a clock of their own, and all posts that they have. */
interface Reader { readonly skew: number, readonly posts: Map<string, { readonly stamp: number, readonly time: number, readonly place: number }> }

/** Says something at a true moment. */
function say (reader: Reader, id: string, moment: number): void {
  const time = moment + reader.skew
  // As the store counts: who is more than ten years ahead raises nobody else's stamps.
  const stamps = [...reader.posts.values()].filter((post) => post.stamp <= post.place + 10 * year).map((post) => post.stamp)
  const stamp = nextOrder(time, Math.max(0, ...stamps))
  reader.posts.set(id, { stamp, time, place: placeOf({ stamp, time, receivedAt: time }) })
}

/** Both get what they lack, in the order of stamps, as history hands it over. */
function meet (a: Reader, b: Reader, moment: number): void {
  const before = [[a, new Map(b.posts)], [b, new Map(a.posts)]] as const
  for (const [reader, posts] of before) {
    let receivedAt = moment + reader.skew
    for (const [id, { stamp, time }] of [...posts].filter(([each]) => !reader.posts.has(each)).sort(([, x], [, y]) => x.stamp - y.stamp)) {
      reader.posts.set(id, { stamp, time, place: placeOf({ stamp, time, receivedAt: receivedAt++ }) })
    }
  }
}
const shown = ({ posts }: Reader): string[] => [...posts].sort(([, a], [, b]) => a.place - b.place).map(([id]) => id)

describe('two who post while parted', () => {
  it.each([
    ['right', 0], ['a minute ahead', 60_000], ['an hour behind', -3_600_000], ['half a day ahead', day / 2],
    ['five years ahead', 5 * year], ['five years behind', -5 * year]
  ])('show the same order afterwards; the clock of one is %s', (_name, skew) => {
    const ada: Reader = { skew: 0, posts: new Map() }
    const bo: Reader = { skew, posts: new Map() }
    say(ada, 'hello', now)
    meet(ada, bo, now + 1_000)
    for (let index = 0; index < 5; index++) {
      say(ada, `a${index}`, now + 10_000 + 1_000 * index)
      say(bo, `b${index}`, now + 10_500 + 1_000 * index)
    }
    meet(ada, bo, now + 60_000)
    expect(shown(bo)).toEqual(shown(ada))
    // What is said from then on stands after what it answers, with both.
    say(ada, 'answer', now + 70_000)
    meet(ada, bo, now + 71_000)
    say(bo, 'and so on', now + 80_000)
    meet(ada, bo, now + 81_000)
    expect(shown(bo)).toEqual(shown(ada))
    expect(shown(ada).slice(-2)).toEqual(['answer', 'and so on'])
  })

  it('are not held up by somebody whose clock is centuries ahead', () => {
    const ada: Reader = { skew: 0, posts: new Map() }
    const far: Reader = { skew: 200 * year, posts: new Map() }
    say(far, 'far', now)
    meet(ada, far, now + 1_000)
    for (const [index, word] of ['one', 'two', 'three'].entries()) say(ada, word, now + 5_000 + index)
    expect(shown(ada)).toEqual(['far', 'one', 'two', 'three'])
    expect(ada.posts.get('three')?.stamp).toBe(now + 5_002)
  })

  it('show the same where the topic was begun by somebody whose clock is years ahead', () => {
    const wrong: Reader = { skew: 5 * year, posts: new Map() }
    const right: Reader = { skew: 0, posts: new Map() }
    say(wrong, 'first', now)
    meet(wrong, right, now + 1_000)
    say(right, 'second', now + 5_000)
    say(right, 'third', now + 6_000)
    meet(wrong, right, now + 7_000)
    say(wrong, 'fourth', now + 8_000)
    meet(wrong, right, now + 9_000)
    expect(shown(right)).toEqual(['first', 'second', 'third', 'fourth'])
    expect(shown(wrong)).toEqual(shown(right))
  })
})
