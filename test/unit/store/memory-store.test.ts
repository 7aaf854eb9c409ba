import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../../main/store/memory-store.ts'
import type { StoredPost } from '../../../main/store/types.ts'
import type { Delivery } from '../../../preload/contract/index.ts'

const make = (id: string, order: number, more: { readonly topic?: string, readonly delivery?: Delivery } = {}): StoredPost => ({
  post: { id, topic: 't', author: 'a', authorName: '', time: order, order, text: id, own: more.delivery !== undefined, ...more },
  payload: new Uint8Array([order])
})
const queued = { delivery: { kind: 'queued' } } as const
const ids = (posts: readonly { readonly id: string }[]): string => posts.map(({ id }) => id).join('')

describe('the store in memory', () => {
  it('keeps posts in order, ties by id, however they come', async () => {
    const store = createMemoryStore()
    for (const post of [make('d', 4), make('a', 1), make('c', 2), make('b', 2), make('e', 9)]) expect(await store.append(post)).toBe(true)
    expect(ids((await store.list('t', undefined, 10)).posts)).toBe('abcde')
  })

  it('keeps one post of an id, the first', async () => {
    const store = createMemoryStore()
    await store.append(make('a', 1))
    expect(await store.append(make('a', 2))).toBe(false)
    expect((await store.list('t', undefined, 10)).posts).toMatchObject([{ order: 1 }])
  })

  it('lists pages backwards from a place, which need not be there', async () => {
    const store = createMemoryStore()
    for (const [index, id] of [...'abcdefg'].entries()) await store.append(make(id, index))
    const newest = await store.list('t', undefined, 3)
    expect([ids(newest.posts), newest.more]).toEqual(['efg', true])
    const older = await store.list('t', newest.posts[0], 3)
    expect([ids(older.posts), older.more]).toEqual(['bcd', true])
    expect(await store.list('t', { order: 0.5, id: '' }, 3)).toMatchObject({ posts: [{ id: 'a' }], more: false })
    expect(await store.list('other', undefined, 3)).toEqual({ posts: [], more: false })
  })

  it('knows what is queued, and forgets it once it is sent', async () => {
    const store = createMemoryStore()
    await store.append(make('b', 2, queued))
    await store.append(make('a', 1, queued))
    await store.append(make('c', 3))
    expect((await store.queued('t')).map(({ post }) => post.id)).toEqual(['a', 'b'])
    expect(await store.setDelivery({ id: 'a', order: 1 }, { kind: 'sent', people: 2 })).toMatchObject({ id: 'a', delivery: { kind: 'sent', people: 2 } })
    expect((await store.queued('t')).map(({ post }) => post.id)).toEqual(['b'])
    expect((await store.list('t', undefined, 1)).posts[0]).not.toHaveProperty('delivery')
    expect(await store.setDelivery({ id: 'x', order: 1 }, { kind: 'queued' })).toBeUndefined()
  })

  it('drops the oldest beyond its cap, but nothing that is queued', async () => {
    const store = createMemoryStore({ maxPostsPerTopic: 3 })
    await store.append(make('a', 1, queued))
    for (const [id, order] of [['b', 2], ['c', 3], ['d', 4], ['e', 5]] as const) await store.append(make(id, order))
    expect(ids((await store.list('t', undefined, 10)).posts)).toBe('ade')
    // Older than all that are left to drop: not kept, and not claimed to be.
    expect(await store.append(make('z', 0))).toBe(false)
    expect(ids((await store.list('t', undefined, 10)).posts)).toBe('ade')
    // What was dropped may come again.
    expect(await store.append(make('b', 6))).toBe(true)
  })

  it('counts unread posts, and forgets a topic whole', async () => {
    const store = createMemoryStore()
    await store.append(make('a', 1, queued))
    expect([await store.addUnread('t'), await store.addUnread('t'), store.unread('t'), store.unread('u')]).toEqual([1, 2, 2, 0])
    await store.clearUnread('t')
    expect(store.unread('t')).toBe(0)
    await store.addUnread('t')
    await store.deleteTopic('t')
    expect([store.unread('t'), (await store.queued('t')).length, (await store.list('t', undefined, 5)).posts.length]).toEqual([0, 0, 0])
    expect(await store.append(make('a', 1))).toBe(true)
  })

  it('takes a new post as quickly in a long topic as in a short one', async () => {
    const store = createMemoryStore({ maxPostsPerTopic: 1_000_000 })
    const time = async (from: number, count: number): Promise<number> => {
      const started = performance.now()
      for (let index = from; index < from + count; index++) await store.append(make(String(index), index))
      return performance.now() - started
    }
    await time(0, 2_000)
    const short = await time(2_000, 5_000)
    await time(7_000, 60_000)
    const long = await time(67_000, 5_000)
    expect(long).toBeLessThan(10 * short + 250)
  })
})
