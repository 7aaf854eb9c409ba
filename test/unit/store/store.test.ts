import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../../main/store/types.ts'
import { createStore } from '../../../main/store/sqlite-store.ts'
import { startWorker } from '../../../main/store/start-worker.ts'
import { EMPTY_TOPIC } from '../../../main/store/worker/topic-state.ts'
import { DRIVER, KEY, makePost, makePosts, openTestStore, START, type TestStore } from '../../support/store.ts'

const DAY = 24 * 60 * 60 * 1000
const own = { own: true, author: 'me', authorName: 'Me', delivery: { kind: 'queued' } } as const
const texts = (posts: readonly { readonly text: string }[]): string => posts.map(({ text }) => text.replace('post ', '')).join(' ')

describe.each([['over its worker', false], ['in this process', true]])('the store %s', (_, local) => {
  let test: TestStore
  let store: Store

  beforeEach(async () => {
    test = await openTestStore({ local })
    store = test.store
  })
  afterEach(async () => { await test.remove() })

  const orderOf = async (number: number): Promise<number> => {
    const { posts } = await store.list('t', { kind: 'newest' }, 200)
    return posts.find(({ text }) => text === `post ${number}`)?.order ?? NaN
  }

  it('begins empty', async () => {
    expect(store.report).toEqual({})
    expect(store.topic('t')).toEqual(EMPTY_TOPIC)
    expect(await store.list('t', { kind: 'newest' }, 10)).toEqual({ posts: [], older: false, newer: false })
    expect(await store.search('post', { limit: 5 })).toMatchObject({ hits: [], more: false })
    expect(await store.names(5)).toEqual([])
  })

  it('keeps a post as it is, once', async () => {
    const [post] = makePosts(1, 2)
    if (post === undefined) throw new Error('no post')
    const first = await store.append([post, post])
    expect(first.posts).toEqual([{ ...post.post, order: expect.any(Number) as number }, undefined])
    expect((await store.append([post])).posts).toEqual([undefined])
    expect((await store.list('t', { kind: 'newest' }, 10)).posts).toEqual([first.posts[0]])
    expect(await store.read('t', undefined, 10)).toEqual([{ post: first.posts[0], stamp: post.stamp, payload: post.payload }])
    expect(await store.payloads('t', [Buffer.from(post.post.id, 'base64url'), new Uint8Array(32)])).toEqual([post.payload, undefined])
    expect(await store.payloads('u', [Buffer.from(post.post.id, 'base64url')])).toEqual([undefined])
  })

  it('keeps any text and any time as they are', async () => {
    const texts = ['a\0b', '\u202E\u200Fright', 'e' + '\u0301'.repeat(10_000), '北京 🎈', "'; drop table post; --"]
    const times = [0, -62_135_596_800_000, Date.UTC(9999, 0), 2 ** 48, 1]
    await store.append(texts.map((text, index) => ({ ...makePost(index, { text, time: times[index] ?? 0 }), stamp: Math.max(0, times[index] ?? 0) })))
    const { posts } = await store.list('t', { kind: 'newest' }, 10)
    expect(posts.map(({ text, time }) => [text, time])).toEqual(texts.map((text, index) => [text, times[index]]))
  })

  it('keeps posts of other dialects under their own ids, and hands none of them on', async () => {
    const post = { ...makePost(1, { id: 'bob-0001' }), stamp: undefined }
    expect((await store.append([post, post])).posts).toMatchObject([{ id: 'bob-0001' }, undefined])
    expect((await store.list('t', { kind: 'newest' }, 10)).posts).toMatchObject([{ id: 'bob-0001' }])
    expect(await store.ranges('t', [''])).toEqual([])
    expect(store.topic('t').newestStamp).toBe(0)
  })

  it('lists pages in every direction', async () => {
    await store.append(makePosts(1, 11).toReversed())
    await store.append(makePosts(100, 105, { topic: 'u' }))
    const page = async (...args: Parameters<Store['list']>) => {
      const { posts, older, newer } = await store.list(...args)
      return [texts(posts), older, newer]
    }
    expect(await page('t', { kind: 'newest' }, 3)).toEqual(['8 9 10', true, false])
    expect(await page('t', { kind: 'newest' }, 10)).toEqual(['1 2 3 4 5 6 7 8 9 10', false, false])
    const five = await orderOf(5)
    expect(await page('t', { kind: 'before', order: five }, 3)).toEqual(['2 3 4', true, true])
    expect(await page('t', { kind: 'after', order: five }, 3)).toEqual(['6 7 8', true, true])
    expect(await page('t', { kind: 'around', order: five }, 4)).toEqual(['3 4 5 6', true, true])
    expect(await page('t', { kind: 'around', order: await orderOf(1) }, 4)).toEqual(['1 2 3 4', false, true])
    expect(await page('t', { kind: 'around', order: await orderOf(10) }, 4)).toEqual(['7 8 9 10', true, false])
    expect(await page('t', { kind: 'before', order: await orderOf(1) }, 4)).toEqual(['', false, true])
    expect(await page('t', { kind: 'after', order: await orderOf(10) }, 4)).toEqual(['', true, false])
    expect(await page('t', { kind: 'around', order: five + 1 }, 2)).toEqual(['5 6', true, true])
  })

  it('counts what others posted as unread, and opens at the first of them', async () => {
    await store.append(makePosts(1, 10))
    await store.markRead('t')
    expect(store.topic('t')).toMatchObject({ unread: 0, firstUnread: undefined })
    await store.append([makePost(20), makePost(21, own), makePost(22)])
    const first = await orderOf(20)
    expect(store.topic('t')).toMatchObject({ unread: 2, firstUnread: first })
    const page = await store.list('t', { kind: 'unread' }, 6)
    expect([texts(page.posts), page.firstUnread, page.older, page.newer]).toEqual(['7 8 9 20 21 22', first, true, false])
    // One that comes late stands where it belongs, and is unread too.
    await store.append([makePost(10)])
    expect(store.topic('t')).toMatchObject({ unread: 3, firstUnread: await orderOf(10) })
    await store.markRead('t')
    expect((await store.list('t', { kind: 'unread' }, 2)).posts).toHaveLength(2)
    expect(await store.list('t', { kind: 'unread' }, 2)).not.toHaveProperty('firstUnread')
  })

  it('moves delivery forward alone', async () => {
    const post = makePost(1, own)
    await store.append([post, makePost(2)])
    const { id } = post.post
    expect((await store.queued('t')).map((each) => each.post.delivery)).toEqual([{ kind: 'queued' }])
    expect(await store.setDelivery(id, { sent: 0 })).toBeUndefined()
    expect(await store.setDelivery(id, { sent: 3 })).toMatchObject({ id, delivery: { kind: 'sent', people: 3 } })
    expect(await store.setDelivery(id, { sent: 2 })).toBeUndefined()
    expect(await store.queued('t')).toEqual([])
    expect(await store.setHeld('t', { peerId: 'ann', hub: false }, [id])).toMatchObject([{ delivery: { kind: 'held', people: 1, hubs: 0, sent: 3 } }])
    expect(await store.setHeld('t', { peerId: 'ann', hub: false }, [id])).toEqual([])
    expect(await store.setHeld('t', { peerId: 'ann', hub: false }, 'all')).toEqual([])
    expect(await store.setHeld('t', { peerId: 'hub', hub: true }, 'all')).toMatchObject([{ delivery: { kind: 'held', people: 1, hubs: 1, sent: 3 } }])
    expect(await store.setDelivery(id, { sent: 4 })).toMatchObject({ delivery: { kind: 'held', people: 1, hubs: 1, sent: 4 } })
    expect(await store.setDelivery(makePost(2).post.id, { sent: 4 })).toBeUndefined()
    expect(await store.setDelivery('nothing', { sent: 4 })).toBeUndefined()
  })

  it('counts each peer once a post, whichever way it is heard of', async () => {
    const ann = { peerId: 'ann', hub: false }
    await store.append([makePost(1, own), makePost(2, own)])
    expect(await store.setHeld('t', ann, 'all')).toHaveLength(2)
    await store.append([makePost(3, own), makePost(4, own), { ...makePost(5, { ...own, id: 'text-5' }), stamp: undefined }])
    expect(texts(await store.setHeld('t', ann, [makePost(3, own).post.id, makePost(1, own).post.id, 'text-5']))).toBe('3')
    expect(texts(await store.setHeld('t', ann, 'all'))).toBe('4')
    expect(await store.setHeld('t', ann, 'all')).toEqual([])
    expect(await store.setHeld('u', ann, 'all')).toEqual([])
    expect(texts(await store.setHeld('t', { peerId: 'cid', hub: false }, 'all'))).toBe('1 2 3 4')
    // A hub that holds a post is no person that got it.
    await store.append([makePost(6, own)])
    await store.setHeld('t', { peerId: 'hub', hub: true }, 'all')
    expect((await store.queued('t')).map(({ post }) => post.text)).toEqual(['post 5', 'post 6'])
  })

  it('finds words with what stands around them', async () => {
    await store.append([makePost(1, { text: 'the weather in 北京' }), makePost(2, { text: 'is fine' }), makePost(3, { text: 'fine weather', topic: 'u' }), makePost(4, { text: 'Weathering it' })])
    const found = await store.search('weather', { limit: 2 })
    expect(found.hits.map(({ post, before, after }) => [post.text, before?.text, after?.text])).toEqual([['Weathering it', 'is fine', undefined], ['fine weather', undefined, undefined]])
    expect(found.more).toBe(true)
    const rest = await store.search('weather', { limit: 2, before: found.hits[1]?.post.order })
    expect([rest.hits.map(({ post }) => post.text), rest.more]).toEqual([['the weather in 北京'], false])
    expect((await store.search('fine', { topic: 'u', limit: 5 })).hits).toHaveLength(1)
    expect((await store.search('北京', { limit: 5 })).hits).toHaveLength(1)
    expect((await store.search('fine', { topic: 'nowhere', limit: 5 })).hits).toEqual([])
  })

  it('forgets a topic whole', async () => {
    await store.append([...makePosts(1, 20), makePost(20, own), makePost(30, { topic: 'u' })])
    await store.setTopic('t', { notify: 'nothing', keepDays: 3000 })
    await store.setHeld('t', { peerId: 'ann', hub: false }, 'all')
    await store.deleteTopic('t')
    expect(store.topic('t')).toEqual(EMPTY_TOPIC)
    expect([await store.ranges('t', ['']), (await store.list('t', { kind: 'newest' }, 5)).posts, await store.queued('t')]).toEqual([[], [], []])
    expect((await store.search('post', { limit: 5 })).hits.map(({ post }) => post.topic)).toEqual(['u'])
    expect((await store.append(makePosts(1, 20))).posts.filter((post) => post !== undefined)).toHaveLength(19)
    expect(store.topic('t').unread).toBe(19)
  })

  it('deletes an author everywhere, and what was counted of them', async () => {
    const eve = { author: 'eve', authorName: 'Eve' }
    await store.append([makePost(1), makePost(2, eve), makePost(3), makePost(4, { ...eve, topic: 'u' })])
    await store.markRead('t')
    await store.append([makePost(5, eve), makePost(6), makePost(7, eve)])
    expect(store.topic('t')).toMatchObject({ unread: 3, firstUnread: await orderOf(5), newestStamp: START + 7000 })
    const gone = await store.deleteAuthor('eve')
    expect(gone.map(({ topic, ids }) => [topic, ids.length]).sort()).toEqual([['t', 3], ['u', 1]])
    expect(store.topic('t')).toMatchObject({ unread: 1, firstUnread: await orderOf(6), newestStamp: START + 6000 })
    expect(store.topic('u')).toMatchObject({ unread: 0, firstUnread: undefined, newestStamp: 0 })
    expect(await store.ranges('t', [''])).toMatchObject([{ count: 3 }])
    expect(await store.deleteAuthor('eve')).toEqual([])
  })

  it('deletes what is too old, and what is too much, oldest first, and nothing that is queued', async () => {
    const now = START + 40 * DAY
    const at = (day: number) => ({ at: START + day * DAY })
    await store.append([makePost(1, { ...own, ...at(1) }), makePost(2, at(2)), makePost(3, at(20)), makePost(4, { ...at(2), topic: 'u' }), makePost(5, at(39))])
    await store.setTopic('t', { keepDays: 30 })
    expect(await store.prune({ now })).toMatchObject({ posts: 1 })
    expect(texts((await store.list('t', { kind: 'newest' }, 9)).posts)).toBe('1 3 5')
    expect(await store.prune({ now, keepDays: 10 })).toMatchObject({ posts: 1 })
    expect((await store.list('u', { kind: 'newest' }, 9)).posts).toEqual([])
    expect(store.topic('t').unread).toBe(2)
    expect(await store.prune({ now, maxBytes: 2 * makePost(1).payload.byteLength })).toMatchObject({ posts: 1 })
    expect(texts((await store.list('t', { kind: 'newest' }, 9)).posts)).toBe('1 5')
    expect(await store.prune({ now, maxBytes: 0 })).toMatchObject({ posts: 1 })
    expect(await store.prune({ now, maxBytes: 0 })).toMatchObject({ posts: 0 })
    expect(texts((await store.list('t', { kind: 'newest' }, 9)).posts)).toBe('1')
  })

  it('takes nothing that its topic keeps no longer', async () => {
    await store.setTopic('t', { keepDays: 10 })
    const now = Date.now()
    const { posts } = await store.append([makePost(1, { at: now - 11 * DAY }), makePost(2, { at: now - 9 * DAY })])
    expect(posts).toMatchObject([undefined, { text: 'post 2' }])
    expect(store.topic('t')).toMatchObject({ unread: 1, keepDays: 10 })
  })

  it('lets no stamp from far ahead push those that come', async () => {
    await store.append([{ ...makePost(1), stamp: Date.UTC(9999, 0) }, makePost(2), { ...makePost(3), stamp: START + 1000 * DAY }])
    expect(store.topic('t').newestStamp).toBe(START + 1000 * DAY)
  })

  it('knows the names that authors last signed', async () => {
    await store.append([makePost(2, { authorName: 'New' }), makePost(1, { authorName: 'Old' }), makePost(3, { author: 'ann', authorName: 'Ann' }), makePost(4, { author: 'cid', authorName: '' })])
    expect(await store.names(5)).toEqual([{ peerId: 'ann', name: 'Ann' }, { peerId: 'bob', name: 'New' }])
    await store.append([makePost(5, { authorName: 'Newer' })])
    expect(await store.names(1)).toEqual([{ peerId: 'bob', name: 'Newer' }])
  })

  it('has everything again after a restart', async () => {
    await store.append([...makePosts(1, 50), makePost(50, own), makePost(51, { ...own, delivery: { kind: 'sent', people: 2 } })])
    await store.setTopic('t', { notify: 'nothing', keepDays: 36500 })
    const before = [store.topic('t'), await store.read('t', undefined, 99), await store.queued('t'), await store.ranges('t', [''])]
    await store.close()
    const again = await createStore({ path: test.path, key: KEY, driverPath: DRIVER })
    const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
    expect(plain([again.topic('t'), await again.read('t', undefined, 99), await again.queued('t'), await again.ranges('t', [''])])).toEqual(plain(before))
    await again.close()
  })
})

describe('the worker', () => {
  it('refuses calls after its end, in words', async () => {
    const { store, remove } = await openTestStore()
    const last = store.append([makePost(1)])
    await remove()
    expect((await last).posts).toHaveLength(1)
    await expect(store.append([makePost(2)])).rejects.toMatchObject({ name: 'StoreError', code: 'ERR_CLOSED' })
    await store.close()
  })

  it('keeps what was called at once in the order of the calls', async () => {
    const { store, remove } = await openTestStore()
    const [, list, , queued] = await Promise.all([
      store.append([makePost(1)]), store.list('t', { kind: 'newest' }, 9), store.append([makePost(2, own)]), store.queued('t'), store.append([makePost(3)]), store.markRead('t')
    ])
    expect([texts(list.posts), queued.length, store.topic('t').unread]).toEqual(['1', 1, 0])
    await remove()
  })

  it('may be there before its work is known', async () => {
    const worker = startWorker({ driverPath: DRIVER })
    await once(worker, 'online')
    const { store, remove } = await openTestStore({ worker })
    expect((await store.append([makePost(1)])).posts).toHaveLength(1)
    const ended = once(worker, 'exit')
    await remove()
    await ended
  })

  it('that ended before it had work is not asked', async () => {
    const worker = startWorker({ driverPath: DRIVER })
    await once(worker, 'online')
    await worker.terminate()
    const { store, remove } = await openTestStore({ worker })
    expect((await store.append([makePost(1)])).posts).toHaveLength(1)
    await remove()
  })

  it('says where it cannot begin', async () => {
    const worker = startWorker({ driverPath: '/nowhere/sqlite.js' })
    await once(worker, 'online')
    await expect(createStore({ path: '/tmp/posts.db', key: KEY, driverPath: DRIVER, worker })).rejects.toMatchObject({ code: 'ERR_DISK' })
    await expect(createStore({ path: '/tmp/posts.db', key: KEY, driverPath: '/nowhere/sqlite.js' })).rejects.toMatchObject({ code: 'ERR_DISK' })
    await expect(createStore({ path: '/tmp/posts.db', key: KEY, driverPath: DRIVER, workerPath: '/nowhere/worker.cjs' })).rejects.toMatchObject({ code: 'ERR_CLOSED' })
    await expect(createStore({ path: '/proc/none/posts.db', key: KEY, driverPath: DRIVER })).rejects.toMatchObject({ code: 'ERR_DISK' })
  })
})
