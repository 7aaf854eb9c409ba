import { describe, expect, it, vi } from 'vitest'
import { createNatterDialect } from '../../../main/chat/dialects/natter.ts'
import { PostAdmission } from '../../../main/node/quotas/post-admission.ts'
import { POST_QUOTA } from '../../../main/node/quotas/post-quota.ts'
import { StoreError } from '../../../main/store/errors.ts'
import { makeMessage } from '../support/fake-node.ts'
import { ada, chat, dealtWith, garden, hear, list, node, open, people, posts, published, removed, self, store, topics, useChat } from './support/chat.ts'

useChat()

describe('topics', () => {
  it('are subscribed at once, and announced', () => {
    chat.subscribe('universal-connectivity')
    expect(node.pubsub.topics).toEqual([garden, 'universal-connectivity'])
    expect(chat.subscriptions()).toEqual([garden, 'universal-connectivity'])
    expect(topics).toEqual([{ id: 'universal-connectivity', title: 'universal-connectivity', dialect: 'text', subscribed: true, unread: 0, people: 0, notify: 'mentions', keepDays: null, bytes: 0, maxBytes: 500_000_000 }])
    expect(people.at(-1)).toMatchObject({ people: [{ peerId: self.peerId, name: 'Me', path: { kind: 'self' } }] })
    chat.subscribe('universal-connectivity')
    expect(topics).toHaveLength(1)
  })

  it('are discovered where people are on them, and vanish with them; hubs never count', () => {
    node.people.arrive('/natter/1/other', 'p', 'q')
    expect(topics.at(-1)).toMatchObject({ id: '/natter/1/other', subscribed: false, people: 2 })
    node.pubsub.emit('subscribers:change', { topics: ['/natter/1/only-a-hub'] })
    expect(chat.topics().map(({ id }) => id)).toEqual([garden, '/natter/1/other'])
    node.people.leave('/natter/1/other')
    expect(removed).toEqual(['/natter/1/other'])
    node.people.arrive('a\u202Eb', 'p')
    expect(chat.topics()).toHaveLength(1)
  })

  it('that were there before us are discovered too', async () => {
    node.pubsub.seen = ['/natter/1/early']
    node.people.arrive('/natter/1/early', 'p')
    await chat.close()
    await open()
    expect(chat.topics().map(({ id }) => id)).toContain('/natter/1/early')
  })

  it('that are discovered without end are kept to a thousand, most people first', () => {
    for (let index = 0; index < 1_100; index++) node.people.arrive(`/natter/1/t${index}`, `p${index % 110}`)
    expect(chat.topics().filter(({ subscribed }) => !subscribed)).toHaveLength(1_000)
    node.people.arrive('/natter/1/big', 'p', 'q', 'r')
    expect(chat.topics()[1]).toMatchObject({ id: '/natter/1/big', people: 3 })
    expect(chat.topics()).toHaveLength(1_001)
  })

  it('are forgotten when left, and shown as discovered if people are there', async () => {
    await hear('hello')
    node.people.arrive(garden, ada.peerId)
    await chat.leave(garden, true)
    expect(node.pubsub.topics).toEqual([])
    expect(topics.at(-1)).toMatchObject({ id: garden, subscribed: false, people: 1, unread: 0 })
    expect(await list()).toEqual([])
    await hear('too late')
    expect(await list()).toEqual([])
  })

  it('that are left without forgetting are as they were on the return', async () => {
    await hear('hello')
    const queued = await chat.post(garden, 'mine')
    node.people.arrive(garden, ada.peerId)
    await chat.leave(garden, false)
    expect(topics.at(-1)).toMatchObject({ subscribed: false, unread: 0 })
    expect(await chat.search('hello')).toMatchObject({ hits: [], more: false })
    chat.subscribe(garden)
    expect(topics.at(-1)).toMatchObject({ subscribed: true, unread: 1 })
    expect((await list()).map(({ text }) => text)).toEqual(['hello', 'mine'])
    expect((await chat.search('hello')).hits).toHaveLength(1)
    await published(1)
    expect((await store.queued(garden)).map(({ post }) => post.id)).toEqual([queued.id])
  })

  it('are muted, and keep their posts for so long, until that is changed', async () => {
    await chat.setNotify(garden, 'nothing')
    expect(topics.at(-1)).toMatchObject({ id: garden, notify: 'nothing' })
    await hear('counted')
    expect(topics.at(-1)).toMatchObject({ notify: 'nothing', unread: 1 })
    await chat.keep(garden, 7)
    expect(topics.at(-1)).toMatchObject({ notify: 'nothing', keepDays: 7 })
    await chat.keep(garden, null)
    expect(topics.at(-1)).toMatchObject({ keepDays: null })
    await expect(chat.setNotify('/natter/1/other', 'nothing')).rejects.toMatchObject({ code: 'ERR_NOT_SUBSCRIBED' })
    await expect(chat.keep('/natter/1/other', 1)).rejects.toMatchObject({ code: 'ERR_NOT_SUBSCRIBED' })
  })

  it('delete what is older than they keep, soon after that was set, and take nothing so old', async () => {
    const old = Date.now() - 8 * 86_400_000
    await hear('old', garden, 'Ada', old)
    await hear('new')
    await chat.keep(garden, 7)
    await expect.poll(async () => (await list()).map(({ text }) => text)).toEqual(['new'])
    await expect.poll(() => topics.at(-1)).toMatchObject({ unread: 1 })
    const { payload } = await createNatterDialect(ada.key).encode({ topic: garden, authorName: '', text: 'old again', time: old, newest: 0 })
    expect(await chat.take(garden, [payload])).toEqual(['unwanted'])
    await chat.keep(garden, null)
    expect(await chat.take(garden, [payload])).toEqual(['kept'])
  })
})

describe('posts of others', () => {
  it('are kept, announced, and unread until read', async () => {
    await hear('hello')
    expect(posts).toMatchObject([{ topic: garden, author: ada.peerId, authorName: 'Ada', text: 'hello', own: false }])
    expect(posts[0]).not.toHaveProperty('delivery')
    expect(topics.at(-1)).toMatchObject({ unread: 1 })
    await chat.markRead(garden)
    expect(topics.at(-1)).toMatchObject({ unread: 0 })
    expect(await list()).toEqual(posts)
  })

  it('are called as an invite says until they sign something themselves', async () => {
    node.people.arrive(garden, ada.peerId)
    chat.learnName(ada.peerId, 'Ada by\u202E invite')
    expect(people.at(-1)?.people[1]).toMatchObject({ peerId: ada.peerId, name: 'Ada by invite' })
    await hear('hello')
    chat.learnName(ada.peerId, 'Somebody else')
    expect(people.at(-1)?.people[1]).toMatchObject({ name: 'Ada' })
  })

  it('name their authors in the list of people', async () => {
    node.people.arrive(garden, ada.peerId)
    expect(people.at(-1)?.people[1]).toMatchObject({ peerId: ada.peerId, name: '' })
    await hear('hello')
    expect(people.at(-1)?.people[1]).toMatchObject({ peerId: ada.peerId, name: 'Ada', path: { kind: 'direct' } })
  })

  it('show once, however often they come', async () => {
    const { payload } = await createNatterDialect(ada.key).encode({ topic: garden, authorName: '', text: 'once', time: Date.now(), newest: 0 })
    node.pubsub.emit('message', makeMessage(garden, payload, ada.peerId))
    node.pubsub.emit('message', makeMessage(garden, payload, 'somebody-else'))
    await dealtWith()
    expect(posts).toHaveLength(1)
  })

  it('that are malformed, unsigned or oversized are dropped and counted, without a word in the log', async () => {
    const spies = (['log', 'info', 'warn', 'error'] as const).map((level) => vi.spyOn(console, level))
    node.pubsub.emit('message', makeMessage(garden, new TextEncoder().encode('secret words')))
    node.pubsub.emit('message', makeMessage(garden, new Uint8Array(100_000)))
    await dealtWith()
    expect(posts).toEqual([])
    expect(chat.rejections()).toMatchObject({ malformed: 2, 'too-large': 1 })
    for (const spy of spies) expect(spy).not.toHaveBeenCalled()
    vi.restoreAllMocks()
  })

  it('that flood in are taken up to a bound', async () => {
    for (let index = 0; index < 3_000; index++) node.pubsub.emit('message', makeMessage(garden, new Uint8Array(10)))
    expect(chat.rejections().overflow).toBe(3_000 - 2_048)
    await chat.close()
    expect(chat.rejections().malformed).toBe(2_048)
  })
})

describe('a store that fails', () => {
  it('loses posts of others for now: counted, told once, and told when it is over', async () => {
    let full = true
    await chat.close()
    await open([garden], {
      ...store,
      topic: store.topic,
      append: async (batch) => {
        if (full) throw new StoreError('ERR_DISK_FULL', 'The disk is full.')
        return store.append(batch)
      }
    })
    const failures: unknown[] = []
    let recovered = 0
    chat.on('store:fail', (error) => { failures.push(error) })
    chat.on('store:recover', () => { recovered++ })
    const began = Date.now() - 1_000
    const lost = [await hear('one', garden, 'Ada', began), await hear('two', garden, 'Ada', began + 1), await hear('three', garden, 'Ada', began + 2)]
    expect(failures).toMatchObject([{ code: 'ERR_DISK_FULL' }])
    expect(chat.rejections().unkept).toBe(3)
    await expect(chat.take(garden, lost)).rejects.toMatchObject({ name: 'StoreError' })
    full = false
    await hear('four')
    expect([failures.length, recovered]).toEqual([1, 1])
    expect(await chat.take(garden, lost)).toEqual(['kept', 'kept', 'kept'])
    expect((await list()).map(({ text }) => text)).toEqual(['one', 'two', 'three', 'four'])
  })
})

describe('posts from a history', () => {
  const write = async (text: string, topic = garden, author = ada): Promise<Uint8Array> =>
    (await createNatterDialect(author.key).encode({ topic, authorName: 'Ada', text, time: Date.now(), newest: 0 })).payload

  it('are kept, known, unwanted or refused, each as it is', async () => {
    const [first, second] = [await write('one'), await write('two')]
    expect(await chat.take(garden, [first, second, first, await write('elsewhere', '/natter/1/other'), new Uint8Array(9), first.slice(0, -1)]))
      .toEqual(['kept', 'kept', 'known', 'refused', 'refused', 'refused'])
    expect(await chat.take('/natter/1/other', [await write('x', '/natter/1/other')])).toEqual(['unwanted'])
    expect(posts.map(({ text }) => text)).toEqual(['one', 'two'])
    expect(topics.at(-1)).toMatchObject({ unread: 2 })
  })

  it('are refused where nobody signs: a topic of other programs', async () => {
    chat.subscribe('universal-connectivity')
    expect(await chat.take('universal-connectivity', [new TextEncoder().encode('hello')])).toEqual(['refused'])
  })

  it('go into few appends, however many there are', async () => {
    const sizes: number[] = []
    await chat.close()
    await open([garden], { ...store, topic: store.topic, append: async (batch) => {
      sizes.push(batch.length)
      return store.append(batch)
    } })
    const payloads = await Promise.all(Array.from({ length: 600 }, async (_, index) => write(`post ${index}`)))
    expect((await chat.take(garden, payloads)).every((verdict) => verdict === 'kept')).toBe(true)
    expect(sizes).toEqual([128, 128, 128, 128, 88])
  })

  it('of our own that were lost here come back as ours', async () => {
    expect(await chat.take(garden, [await write('mine', garden, self)])).toEqual(['kept'])
    expect(posts).toMatchObject([{ text: 'mine', own: true }])
    expect(topics.at(-1)?.unread ?? 0).toBe(0)
  })
})

describe('a long queue of own posts', () => {
  it('leaves no faster than others take it, the newest first, and the rest when others hold it or there is room', async () => {
    await chat.close()
    node.admission = new PostAdmission({ quota: { ...POST_QUOTA, author: { posts: 50, bytes: 100_000 } } })
    await open()
    for (let at = 0; at < 60; at++) await chat.post(garden, `offline ${String(at)}`)
    node.pubsub.recipients = [ada.peerId]
    node.people.arrive(garden, ada.peerId)
    await published(40)
    const read = async (): Promise<string[]> => Promise.all(node.pubsub.published.map(async ({ data }) => {
      const decoded = await createNatterDialect(ada.key).decode({ topic: garden, data, from: self.peerId, id: '', receivedAt: Date.now() })
      return decoded.ok ? decoded.post.text : ''
    }))
    expect(await read()).toEqual(Array.from({ length: 40 }, (_, at) => `offline ${String(20 + at)}`))
    // Then not quite one a second.
    await expect.poll(() => node.pubsub.published.length).toBeGreaterThan(40)
    expect(node.pubsub.published.length).toBeLessThan(50)
    // What history brought them is not sent again.
    await store.setHeld(garden, { peerId: ada.peerId, hub: false }, 'all')
    expect(await store.queued(garden)).toEqual([])
  })
})

describe('somebody who is blocked', () => {
  it('is gone from every topic, refused by the node, and not taken any more', async () => {
    const gone: { readonly topic: string, readonly ids: readonly string[] }[] = []
    chat.on('posts:remove', (removed) => { gone.push(removed) })
    chat.subscribe('/natter/1/other')
    node.people.arrive(garden, ada.peerId)
    const payload = await hear('one')
    await hear('two', '/natter/1/other')
    const mine = await chat.post(garden, 'mine')
    await chat.block(ada.peerId)
    expect(node.blocked).toEqual([ada.peerId])
    expect(gone.map(({ topic }) => topic).sort()).toEqual([garden, '/natter/1/other'])
    expect((await list()).map(({ id }) => id)).toEqual([mine.id])
    expect(await list('/natter/1/other')).toEqual([])
    expect(chat.topics()).toMatchObject([{ unread: 0, people: 0 }, { unread: 0 }])
    expect(chat.people(garden)).toHaveLength(1)
    await hear('three')
    expect(await chat.take(garden, [payload])).toEqual(['unwanted'])
    expect((await list()).map(({ id }) => id)).toEqual([mine.id])
    chat.unblock(ada.peerId)
    expect(node.blocked).toEqual([])
    expect(await chat.take(garden, [payload])).toEqual(['kept'])
  })

  it('is never ourselves', async () => {
    await expect(chat.block(self.peerId)).rejects.toMatchObject({ code: 'ERR_OWN_PEER' })
  })
})
