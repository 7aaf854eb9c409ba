import { describe, expect, it, vi } from 'vitest'
import { createNatterDialect } from '../../../main/chat/dialects/natter.ts'
import { StoreError } from '../../../main/store/errors.ts'
import { setWallClock } from '../../support/wall-clock.ts'
import { BLANKS } from '../text/corpus/blanks.ts'
import { makeMessage } from '../support/fake-node.ts'
import { ada, chat, dealtWith, deliveries, garden, hear, list, node, open, people, posts, published, renewNode, self, store, useChat } from './support/chat.ts'

useChat()

describe('own posts', () => {
  it('wait while nobody, or only a hub, is there', async () => {
    node.people.hubs.add('hub')
    node.pubsub.recipients = ['hub']
    const post = await chat.post(garden, 'anybody?', 'row-1')
    expect(post).toMatchObject({ own: true, author: self.peerId, authorName: 'Me', clientId: 'row-1', delivery: { kind: 'queued' } })
    node.people.emit('people:change', { topics: [garden] })
    await store.queued(garden)
    await dealtWith()
    expect(node.pubsub.published).toEqual([])
    expect(deliveries(post.id)).toEqual([{ kind: 'queued' }])
  })

  // People of other programs sign no record, so that a hub can only count them.
  it('go out when a hub counts somebody whom it cannot name', async () => {
    node.people.hubs.add('hub')
    node.pubsub.recipients = ['hub']
    const post = await chat.post(garden, 'anybody?')
    node.people.count(garden, 2)
    await published(1)
    await expect.poll(() => deliveries(post.id)).toEqual([{ kind: 'queued' }, { kind: 'sent', people: 2 }])
    expect(chat.topics().find(({ id }) => id === garden)?.people).toBe(2)
    expect(chat.whoIsOn(garden)).toMatchObject({ topic: garden, unnamed: 2, people: [{ path: { kind: 'self' } }] })
  })

  it('go out in order when a person comes, and say how many they reached', async () => {
    const sent = [await chat.post(garden, 'one'), await chat.post(garden, 'two'), await chat.post(garden, 'three')]
    node.pubsub.recipients = ['hub', ada.peerId]
    node.people.hubs.add('hub')
    node.people.arrive(garden, ada.peerId)
    await published(3)
    const other = createNatterDialect(ada.key)
    const texts = await Promise.all(node.pubsub.published.map(async ({ topic, data }) => {
      const decoded = await other.decode({ topic, data, from: self.peerId, id: '', receivedAt: Date.now() })
      return decoded.ok ? decoded.post.text : decoded.reason
    }))
    expect(texts).toEqual(['one', 'two', 'three'])
    for (const { id } of sent) await expect.poll(() => deliveries(id)).toEqual([{ kind: 'queued' }, { kind: 'sent', people: 1 }])
    expect((await list()).map(({ text }) => text)).toEqual(['one', 'two', 'three'])
  })

  it('carry the right time again once a wrong clock is set, and stay in order', async () => {
    try {
      setWallClock(5 * 3_600_000)
      const early = await chat.post(garden, 'by a clock five hours ahead')
      setWallClock(0)
      const late = await chat.post(garden, 'by the right one')
      expect(early.time - Date.now()).toBeGreaterThan(4 * 3_600_000)
      expect(Math.abs(late.time - Date.now())).toBeLessThan(60_000)
      expect(late.order).toBeGreaterThan(early.order)
    } finally {
      setWallClock(0)
    }
  })

  it('go out once although many changes come at once', async () => {
    await chat.post(garden, 'once')
    node.pubsub.recipients = [ada.peerId]
    node.people.arrive(garden, ada.peerId)
    for (let index = 0; index < 20; index++) node.people.emit('people:change', { topics: [garden] })
    await expect.poll(async () => (await store.queued(garden)).length).toBe(0)
    await published(1)
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
    node.pubsub.recipients = [ada.peerId]
    node.people.arrive(garden, ada.peerId)
    await node.pubsub.switchTo('floodsub')
    resolve(undefined)
    await expect.poll(() => deliveries(post.id).at(-1)).toEqual({ kind: 'sent', people: 1 })
    await published(1)
  })

  it('survive a node that stops, and go out over the next one', async () => {
    node.people.arrive(garden, ada.peerId)
    node.pubsub.gate = async () => { throw new Error('stopped') }
    const post = await chat.post(garden, 'hold on')
    await chat.close()
    renewNode()
    node.people.arrive(garden, ada.peerId)
    node.pubsub.recipients = [ada.peerId]
    await open()
    await expect.poll(() => deliveries(post.id)).toEqual([{ kind: 'sent', people: 1 }])
  })

  it('are not shown twice when the network brings them back', async () => {
    node.people.arrive(garden, ada.peerId)
    node.pubsub.recipients = [ada.peerId]
    await chat.post(garden, 'echo')
    await published(1)
    await expect.poll(() => posts.length).toBe(2)
    const data = node.pubsub.published[0]?.data ?? new Uint8Array()
    node.pubsub.emit('message', makeMessage(garden, data, ada.peerId))
    await dealtWith()
    expect(await list()).toMatchObject([{ own: true, delivery: { kind: 'sent', people: 1 } }])
    expect(store.topic(garden).unread).toBe(0)
  })

  it('in topics of other programs are raw UTF-8', async () => {
    chat.subscribe('universal-connectivity')
    node.people.arrive('universal-connectivity', ada.peerId)
    node.pubsub.recipients = [ada.peerId]
    const { id } = await chat.post('universal-connectivity', 'Grüße')
    await published(1)
    await expect.poll(() => deliveries(id)).toEqual([{ kind: 'queued' }, { kind: 'sent', people: 1 }])
    expect(new TextDecoder().decode(node.pubsub.published[0]?.data)).toBe('Grüße')
  })

  it('may be 16 KiB of any Unicode; longer, empty or elsewhere is refused in words', async () => {
    await expect(chat.post(garden, '€'.repeat(5_461))).resolves.toMatchObject({ own: true })
    await expect(chat.post(garden, '€'.repeat(5_462))).rejects.toThrow(/16,386 bytes long; a post may have 16,384/u)
    await expect(chat.post(garden, ' \n ')).rejects.toMatchObject({ name: 'ChatError', code: 'ERR_EMPTY' })
    for (const blank of BLANKS) await expect(chat.post(garden, blank)).rejects.toMatchObject({ code: 'ERR_EMPTY' })
    await expect(chat.post('/natter/1/other', 'hello')).rejects.toMatchObject({ code: 'ERR_NOT_SUBSCRIBED' })
    // Half a character cannot travel; it is replaced, not refused.
    await expect(chat.post(garden, 'a\uD800')).resolves.toMatchObject({ text: 'a\uFFFD' })
  })

  it('carry the name that we have at that moment', async () => {
    chat.setDisplayName('  New\u202E name ')
    expect(people.at(-1)?.people[0]).toMatchObject({ name: 'New name' })
    expect(await chat.post(garden, 'hello')).toMatchObject({ authorName: 'New name' })
  })

  it('that cannot be kept are not posted: the call fails with the store\'s sentence', async () => {
    await chat.close()
    await open([garden], { ...store, topic: store.topic, append: async () => { throw new StoreError('ERR_DISK_FULL', 'The disk is full.') } })
    node.people.arrive(garden, ada.peerId)
    await expect(chat.post(garden, 'lost?')).rejects.toMatchObject({ name: 'StoreError', code: 'ERR_DISK_FULL' })
    expect(posts).toEqual([])
    expect(node.pubsub.published).toEqual([])
  })

  it('carry a place after all that was there, also where somebody\'s clock is ahead', async () => {
    const time = Date.now() + 3_600_000
    await hear('from the future', garden, 'Ada', time)
    const written = await Promise.all([chat.post(garden, 'one'), chat.post(garden, 'two')])
    expect((await list()).map(({ text }) => text)).toEqual(['from the future', 'one', 'two'])
    expect(store.topic(garden).newestStamp).toBe(time + 2)
    expect(written.map((post) => post.time).every((own) => own < time)).toBe(true)
  })
})
