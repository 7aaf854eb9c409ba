import { describe, expect, it } from 'vitest'
import type { Post } from '../../../preload/contract/index.ts'
import { comparePlaces, mergePage, upsert } from '../../../renderer/logic/ordering.ts'

function post (id: string, order: number, text = id): Post {
  return { id, topic: 't', author: 'x', authorName: 'x', time: order, order, text, own: false }
}

const ids = (posts: readonly Post[]): string => posts.map((one) => one.id).join('')

describe('the order of posts', () => {
  it('is by their one number', () => {
    expect(comparePlaces({ order: 1 }, { order: 2 })).toBeLessThan(0)
    expect(comparePlaces({ order: 9_007_199_254_740_991 }, { order: 9_007_199_254_740_990 })).toBeGreaterThan(0)
  })

  it('puts a pushed post in its place, whatever came before it', () => {
    expect(ids(upsert([], post('a', 1)))).toBe('a')
    expect(ids(upsert([post('a', 1), post('c', 3)], post('b', 2)))).toBe('abc')
    expect(ids(upsert([post('b', 2)], post('a', 1)))).toBe('ab')
  })

  it('replaces a post that is pushed again, and moves it where its order changed', () => {
    const posts = [post('a', 1), post('b', 2), post('c', 3)]
    expect(upsert(posts, post('b', 2, 'new'))[1]?.text).toBe('new')
    expect(ids(upsert(posts, post('a', 9)))).toBe('bca')
  })

  it('keeps what was pushed when a page answers later', () => {
    const merged = mergePage([post('b', 2, 'pushed')], [post('a', 1), post('b', 2, 'stale')])
    expect(ids(merged)).toBe('ab')
    expect(merged[1]?.text).toBe('pushed')
    const same = [post('a', 1)]
    expect(mergePage(same, [post('a', 1)])).toBe(same)
  })
})
