import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createChat } from '../../../main/chat/create-chat.ts'
import { createNatterDialect } from '../../../main/chat/dialects/natter.ts'
import type { Chat } from '../../../main/chat/types.ts'
import { createMemoryStore } from '../../../main/store/memory-store.ts'
import type { Store } from '../../../main/store/types.ts'
import type { Person, Post, Topic } from '../../../preload/contract/index.ts'
import { FakeNode, makeMessage } from '../support/fake-node.ts'
import { makePeer } from '../support/peers.ts'

const garden = '/natter/1/garden'
const self = await makePeer()
const ada = await makePeer()

let node: FakeNode
let store: Store
let chat: Chat
let posts: Post[]
let topics: Topic[]
let removed: string[]
let people: { readonly topic: string, readonly people: readonly Person[] }[]

function open (subscriptions: readonly string[] = [garden]): void {
  chat = createChat({ node, key: self.key, store }, { subscriptions, displayName: 'Me' })
  posts = []
  topics = []
  removed = []
  people = []
  chat.on('post:change', (post) => { posts.push(post) })
  chat.on('topic:change', (topic) => { topics.push(topic) })
  chat.on('topic:remove', ({ id }) => { removed.push(id) })
  chat.on('people:change', (change) => { people.push(change) })
}

/** Ada posts; answers when we have read it, or when we should have. */
async function hear (text: string, topic = garden, name = 'Ada'): Promise<void> {
  const { payload } = await createNatterDialect(ada.key).encode({ topic, authorName: name, text, time: Date.now() })
  node.pubsub.emit('message', makeMessage(topic, payload, ada.peerId))
  await settle()
}
const settle = async (): Promise<void> => { await new Promise((resolve) => setTimeout(resolve, 80)) }
const deliveries = (id: string): unknown[] => posts.filter((post) => post.id === id).map(({ delivery }) => delivery)

beforeEach(() => {
  node = new FakeNode(self.peerId)
  store = createMemoryStore()
  open()
})
afterEach(async () => { await chat.close() })

describe('topics', () => {
  it('are subscribed at once, and announced', () => {
    chat.subscribe('universal-connectivity')
    expect(node.pubsub.topics).toEqual([garden, 'universal-connectivity'])
    expect(chat.subscriptions()).toEqual([garden, 'universal-connectivity'])
    expect(topics).toEqual([{ id: 'universal-connectivity', title: 'universal-connectivity', dialect: 'text', subscribed: true, unread: 0, people: 0 }])
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

  it('that were there before us are discovered too', () => {
    node.pubsub.seen = ['/natter/1/early']
    node.people.arrive('/natter/1/early', 'p')
    open()
    expect(chat.topics().map(({ id }) => id)).toContain('/natter/1/early')
  })

  it('that are discovered without end are kept to a thousand, most people first', () => {
    for (let index = 0; index < 1_100; index++) node.people.arrive(`/natter/1/t${index}`, 'p')
    expect(chat.topics().filter(({ subscribed }) => !subscribed)).toHaveLength(1_000)
    node.people.arrive('/natter/1/big', 'p', 'q', 'r')
    expect(chat.topics()[1]).toMatchObject({ id: '/natter/1/big', people: 3 })
    expect(chat.topics()).toHaveLength(1_001)
  })

  it('are forgotten when left, and shown as discovered if people are there', async () => {
    await hear('hello')
    node.people.arrive(garden, ada.peerId)
    await chat.leave(garden)
    expect(node.pubsub.topics).toEqual([])
    expect(topics.at(-1)).toMatchObject({ id: garden, subscribed: false, people: 1, unread: 0 })
    expect((await chat.listPosts(garden, undefined, 10)).posts).toEqual([])
    await hear('too late')
    expect((await chat.listPosts(garden, undefined, 10)).posts).toEqual([])
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
    expect((await chat.listPosts(garden, undefined, 10)).posts).toEqual(posts)
  })

  it('name their authors in the list of people', async () => {
    node.people.arrive(garden, ada.peerId)
    expect(people.at(-1)?.people[1]).toMatchObject({ peerId: ada.peerId, name: '' })
    await hear('hello')
    expect(people.at(-1)?.people[1]).toMatchObject({ peerId: ada.peerId, name: 'Ada', path: { kind: 'direct' } })
  })

  it('show once, however often they come', async () => {
    const { payload } = await createNatterDialect(ada.key).encode({ topic: garden, authorName: '', text: 'once', time: Date.now() })
    node.pubsub.emit('message', makeMessage(garden, payload, ada.peerId))
    node.pubsub.emit('message', makeMessage(garden, payload, 'somebody-else'))
    await settle()
    expect(posts).toHaveLength(1)
  })

  it('that are malformed, unsigned or oversized are dropped and counted, without a word in the log', async () => {
    const spies = (['log', 'info', 'warn', 'error'] as const).map((level) => vi.spyOn(console, level))
    node.pubsub.emit('message', makeMessage(garden, new TextEncoder().encode('secret words')))
    node.pubsub.emit('message', makeMessage(garden, new Uint8Array(100_000)))
    await settle()
    expect(posts).toEqual([])
    expect(chat.rejections()).toMatchObject({ malformed: 1, 'too-large': 1 })
    for (const spy of spies) expect(spy).not.toHaveBeenCalled()
    vi.restoreAllMocks()
  })

  it('that flood in are taken up to a bound', async () => {
    for (let index = 0; index < 3_000; index++) node.pubsub.emit('message', makeMessage(garden, new Uint8Array(10)))
    await settle()
    expect(chat.rejections().overflow).toBe(3_000 - 2_048)
    await chat.close()
    expect(chat.rejections().malformed).toBe(2_048)
  })
})

describe('own posts', () => {
  it('wait while nobody, or only a hub, is there', async () => {
    node.people.hubs.add('hub')
    node.pubsub.recipients = ['hub']
    const post = await chat.post(garden, 'anybody?', 'row-1')
    expect(post).toMatchObject({ own: true, author: self.peerId, authorName: 'Me', clientId: 'row-1', delivery: { kind: 'queued' } })
    node.people.emit('people:change', { topics: [garden] })
    await settle()
    expect(node.pubsub.published).toEqual([])
    expect(deliveries(post.id)).toEqual([{ kind: 'queued' }])
  })

  it('go out in order when a person comes, and say how many they reached', async () => {
    const sent = [await chat.post(garden, 'one'), await chat.post(garden, 'two'), await chat.post(garden, 'three')]
    node.pubsub.recipients = ['hub', ada.peerId]
    node.people.hubs.add('hub')
    node.people.arrive(garden, ada.peerId)
    await settle()
    const other = createNatterDialect(ada.key)
    const texts = await Promise.all(node.pubsub.published.map(async ({ topic, data }) => {
      const decoded = await other.decode({ topic, data, from: self.peerId, id: '', receivedAt: Date.now() })
      return decoded.ok ? decoded.post.text : decoded.reason
    }))
    expect(texts).toEqual(['one', 'two', 'three'])
    for (const { id } of sent) expect(deliveries(id)).toEqual([{ kind: 'queued' }, { kind: 'sent', people: 1 }])
    expect((await chat.listPosts(garden, undefined, 10)).posts.map(({ text }) => text)).toEqual(['one', 'two', 'three'])
  })

  it('go out once although many changes come at once', async () => {
    await chat.post(garden, 'once')
    node.pubsub.recipients = [ada.peerId]
    node.people.arrive(garden, ada.peerId)
    for (let index = 0; index < 20; index++) node.people.emit('people:change', { topics: [garden] })
    await settle()
    expect(node.pubsub.published).toHaveLength(1)
  })

  it('stay queued when they reached nobody, and are tried again', async () => {
    vi.useFakeTimers()
    try {
      node.people.arrive(garden, ada.peerId)
      const post = await chat.post(garden, 'hello')
      await vi.advanceTimersByTimeAsync(10)
      expect(node.pubsub.published).toHaveLength(1)
      expect(deliveries(post.id)).toEqual([{ kind: 'queued' }])
      node.pubsub.recipients = [ada.peerId]
      await vi.advanceTimersByTimeAsync(1_100)
      expect(deliveries(post.id).at(-1)).toEqual({ kind: 'sent', people: 1 })
      await vi.advanceTimersByTimeAsync(60_000)
      expect(node.pubsub.published).toHaveLength(2)
    } finally {
      vi.useRealTimers()
    }
  })

  it('made during a switch of protocol wait for its end', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>()
    node.pubsub.state = { current: 'gossipsub', switchingTo: 'floodsub', waiting: 0 }
    node.pubsub.gate = async () => promise
    const post = await chat.post(garden, 'meanwhile')
    await settle()
    node.pubsub.recipients = [ada.peerId]
    node.people.arrive(garden, ada.peerId)
    await node.pubsub.switchTo('floodsub')
    resolve(undefined)
    await settle()
    expect(node.pubsub.published).toHaveLength(1)
    expect(deliveries(post.id).at(-1)).toEqual({ kind: 'sent', people: 1 })
  })

  it('survive a node that stops, and go out over the next one', async () => {
    node.people.arrive(garden, ada.peerId)
    node.pubsub.gate = async () => { throw new Error('stopped') }
    const post = await chat.post(garden, 'hold on')
    await chat.close()
    node = new FakeNode(self.peerId)
    node.people.arrive(garden, ada.peerId)
    node.pubsub.recipients = [ada.peerId]
    open()
    await settle()
    expect(deliveries(post.id)).toEqual([{ kind: 'sent', people: 1 }])
  })

  it('are not shown twice when the network brings them back', async () => {
    node.people.arrive(garden, ada.peerId)
    node.pubsub.recipients = [ada.peerId]
    await chat.post(garden, 'echo')
    await settle()
    const data = node.pubsub.published[0]?.data ?? new Uint8Array()
    node.pubsub.emit('message', makeMessage(garden, data, ada.peerId))
    await settle()
    expect((await chat.listPosts(garden, undefined, 10)).posts).toMatchObject([{ own: true, delivery: { kind: 'sent', people: 1 } }])
    expect(store.unread(garden)).toBe(0)
  })

  it('in topics of other programs are raw UTF-8', async () => {
    chat.subscribe('universal-connectivity')
    node.people.arrive('universal-connectivity', ada.peerId)
    await chat.post('universal-connectivity', 'Grüße')
    await settle()
    expect(new TextDecoder().decode(node.pubsub.published[0]?.data)).toBe('Grüße')
  })

  it('may be 16 KiB of any Unicode; longer, empty or elsewhere is refused in words', async () => {
    await expect(chat.post(garden, '€'.repeat(5_461))).resolves.toMatchObject({ own: true })
    await expect(chat.post(garden, '€'.repeat(5_462))).rejects.toThrow(/16,386 bytes long; a post may have 16,384/u)
    await expect(chat.post(garden, ' \n ')).rejects.toMatchObject({ name: 'ChatError', code: 'ERR_EMPTY' })
    await expect(chat.post('/natter/1/other', 'hello')).rejects.toMatchObject({ code: 'ERR_NOT_SUBSCRIBED' })
    // Half a character cannot travel; it is replaced, not refused.
    await expect(chat.post(garden, 'a\uD800')).resolves.toMatchObject({ text: 'a\uFFFD' })
  })

  it('carry the name that we have at that moment', async () => {
    chat.setDisplayName('  New\u202E name ')
    expect(people.at(-1)?.people[0]).toMatchObject({ name: 'New name' })
    expect(await chat.post(garden, 'hello')).toMatchObject({ authorName: 'New name' })
  })
})
