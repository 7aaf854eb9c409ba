import { describe, expect, it } from 'vitest'
import { searchPosts } from '../../../main/chat/topics/searching.ts'
import type { SearchResult } from '../../../main/store/types.ts'
import type { Post } from '../../../preload/contract/index.ts'

const post = (order: number, topic: string): Post => ({ id: String(order), topic, author: 'a', authorName: '', time: 0, order, text: 'word', own: false })

/** A store of hits, newest first, as it answers: at most `limit` from before `before`. */
function storeOf (all: readonly Post[]): { readonly asked: () => number, readonly search: (query: string, options: { readonly before?: number | undefined, readonly limit: number }) => Promise<SearchResult> } {
  let asked = 0
  return {
    asked: () => asked,
    search: async (_query, { before = Infinity, limit }) => {
      asked++
      const left = all.filter(({ order }) => order < before).sort((a, b) => b.order - a.order)
      return { hits: left.slice(0, limit).map((each) => ({ post: each })), more: left.length > limit, words: ['word'] }
    }
  }
}
const isSubscribed = (topic: string): boolean => topic === 'ours'

describe('a search', () => {
  it('goes on past topics that were left, and misses nothing', async () => {
    const all = Array.from({ length: 300 }, (_, index) => post(index, index % 4 === 0 ? 'ours' : 'left'))
    const store = storeOf(all)
    const found: number[] = []
    let before: number | undefined
    for (let more = true; more;) {
      const page = await searchPosts(store, 'word', { before, isSubscribed })
      expect(page.hits.length).toBeLessThanOrEqual(50)
      found.push(...page.hits.map((hit) => hit.post.order))
      before = page.hits.at(-1)?.post.order
      more = page.more
    }
    expect(found).toEqual(all.filter(({ topic }) => topic === 'ours').map(({ order }) => order).reverse())
  })

  it('of nothing but topics that were left ends, after a bounded number of questions', async () => {
    const store = storeOf(Array.from({ length: 5_000 }, (_, index) => post(index, 'left')))
    expect(await searchPosts(store, 'word', { isSubscribed })).toEqual({ hits: [], more: false, words: ['word'] })
    expect(store.asked()).toBe(8)
  })
})
