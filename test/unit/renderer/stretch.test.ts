import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Post, PostPage } from '../../../preload/contract/index.ts'
import { append, drop, EMPTY, MOST, prepend, sideOf, take, trimEnd, trimStart, type Stretch } from '../../../renderer/logic/stretch.ts'

const post = (order: number): Post => ({ id: `p${String(order)}`, topic: 't', author: 'x', authorName: '', time: order, order, text: '', own: false })
const orders = (stretch: Stretch): readonly number[] => stretch.posts.map((one) => one.order)
const page = (list: readonly number[], older: boolean, newer: boolean): PostPage => ({ posts: list.map(post), older, newer })

describe('a stretch of posts', () => {
  const middle: Stretch = { posts: [post(10), post(12)], older: true, newer: true }

  it('takes what stands within it, and what is beyond an end only where that is the topic’s', () => {
    expect(sideOf(middle, post(11))).toBe('within')
    expect(orders(take(middle, post(11)))).toEqual([10, 11, 12])
    expect(take(middle, post(13))).toBe(middle)
    expect(take(middle, post(9))).toBe(middle)
    expect(orders(take({ ...middle, newer: false }, post(13)))).toEqual([10, 12, 13])
    expect(orders(take({ ...middle, older: false }, post(9)))).toEqual([9, 10, 12])
    expect(orders(take(EMPTY, post(1)))).toEqual([1])
  })

  it('lets a post go that moved beyond an end', () => {
    expect(orders(take(middle, { ...post(12), order: 40 }))).toEqual([10])
  })

  it('forgets the far end, and knows that it can be read again', () => {
    const long: Stretch = { posts: Array.from({ length: MOST + 5 }, (_, i) => post(i)), older: false, newer: false }
    expect(trimStart(long)).toMatchObject({ older: true, newer: false, posts: { length: MOST, 0: { order: 5 } } })
    expect(trimEnd(long)).toMatchObject({ older: false, newer: true, posts: { length: MOST, 0: { order: 0 } } })
    expect(trimEnd(middle)).toBe(middle)
    expect(orders(drop(middle, ['p10']))).toEqual([12])
  })

  /** A topic that grows while a window pages through it. */
  const step = fc.oneof(
    fc.record({ kind: fc.constant('push' as const), order: fc.integer({ min: 0, max: 400 }) }),
    fc.record({ kind: fc.constantFrom('older' as const, 'newer' as const, 'trimStart' as const, 'newest' as const), order: fc.constant(0) }),
    fc.record({ kind: fc.constant('around' as const), order: fc.integer({ min: 0, max: 400 }) })
  )
  const LIMIT = 5

  it('never has a hole, whatever is pushed and read, and never says that there is nothing where there is something', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { maxLength: 60 }), fc.array(step, { maxLength: 80 }), (initial, steps) => {
      const topic = new Set(initial)
      const all = (): number[] => [...topic].sort((a, b) => a - b)
      const slice = (from: number, to: number): PostPage => {
        const list = all()
        return page(list.slice(Math.max(0, from), to), from > 0, to < list.length)
      }
      const fresh = (from: number, to: number): Stretch => ({ ...slice(from, to) })
      let stretch = fresh(topic.size - LIMIT, topic.size)
      for (const { kind, order } of steps) {
        const list = all()
        const first = list.indexOf(stretch.posts[0]?.order ?? -1)
        const last = list.indexOf(stretch.posts.at(-1)?.order ?? -1)
        if (kind === 'push') {
          topic.add(order)
          stretch = take(stretch, post(order))
        } else if (kind === 'older' && first >= 0) stretch = prepend(stretch, slice(first - LIMIT, first))
        else if (kind === 'newer' && last >= 0) stretch = append(stretch, slice(last + 1, last + 1 + LIMIT))
        else if (kind === 'trimStart') stretch = trimStart(stretch, 8)
        else if (kind === 'newest') stretch = fresh(list.length - LIMIT, list.length)
        else if (kind === 'around') {
          const at = Math.max(0, list.findIndex((one) => one >= order))
          stretch = fresh(at - 2, at + 3)
        }
        const now = all()
        const here = orders(stretch)
        const from = now.indexOf(here[0] ?? -1)
        if (here.length === 0) continue
        expect(here).toEqual(now.slice(from, from + here.length))
        if (!stretch.older) expect(from).toBe(0)
        if (!stretch.newer) expect(from + here.length).toBe(now.length)
      }
    }))
  })
})
