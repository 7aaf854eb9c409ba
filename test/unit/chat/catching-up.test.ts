import { afterEach, describe, expect, it } from 'vitest'
import { createChat } from '../../../main/chat/create-chat.ts'
import { createNatterDialect } from '../../../main/chat/dialects/natter.ts'
import type { Chat } from '../../../main/chat/types.ts'
import type { Store } from '../../../main/store/types.ts'
import type { Post, Topic } from '../../../preload/contract/index.ts'
import { openTestStore } from '../../support/store.ts'
import { FakeNode, makeMessage, meet, part } from '../support/fake-node.ts'
import { makePeer, type TestPeer } from '../support/peers.ts'

const garden = '/natter/1/garden'
const YEAR = 365 * 86_400_000
/** Milliseconds in which a session between two in one process shows. */
const SOON = { timeout: 8_000, interval: 20 }

/** One desktop's chat over a store and a node of its own. */
interface Desktop {
  readonly me: TestPeer
  readonly node: FakeNode
  readonly chat: Chat
  readonly store: Store
  readonly posts: Post[]
  readonly topics: Topic[]
}

const ends: (() => Promise<void>)[] = []
afterEach(async () => { for (const end of ends.splice(0).reverse()) await end() })

async function desktop (name: string, { skew = 0, me, withStore = (store) => store }: { readonly skew?: number, readonly me?: TestPeer, readonly withStore?: (store: Store) => Store } = {}): Promise<Desktop> {
  const who = me ?? await makePeer()
  const node = new FakeNode(who.peerId)
  const now = (): number => Date.now() + skew
  const { store, remove } = await openTestStore({ local: true, now })
  const chat = await createChat({ node, key: who.key, store: withStore(store), now }, { subscriptions: [garden], displayName: name })
  const posts: Post[] = []
  const topics: Topic[] = []
  chat.on('post:change', (post) => { posts.push(post) })
  chat.on('topic:change', (topic) => { topics.push(topic) })
  ends.push(async () => {
    await chat.close()
    await remove()
  })
  return { me: who, node, chat, store, posts, topics }
}

const list = async ({ chat }: Desktop): Promise<readonly Post[]> => (await chat.listPosts(garden, { kind: 'newest' }, 200)).posts
const texts = async (who: Desktop): Promise<readonly string[]> => (await list(who)).map(({ text }) => text)
/** Both have these posts, in this order. */
async function both (a: Desktop, b: Desktop, expected: readonly string[]): Promise<void> {
  await expect.poll(async () => [await texts(a), await texts(b)], SOON).toEqual([expected, expected])
}

describe('two desktops that post while parted', () => {
  it('have the same posts in the same order after they met, and say who holds them', async () => {
    const [ada, bo] = [await desktop('Ada'), await desktop('Bo')]
    const said: string[] = []
    for (let index = 0; index < 10; index++) {
      const who = index % 3 === 0 ? bo : ada
      said.push((await who.chat.post(garden, `post ${index}`)).text)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    meet(ada.node, bo.node, garden)
    await both(ada, bo, said)
    expect((await list(ada)).map(({ order }) => order)).toEqual((await list(bo)).map(({ order }) => order))
    await expect.poll(async () => (await list(ada)).filter(({ own }) => own).every(({ delivery }) => delivery?.kind === 'held' && delivery.people === 1), SOON).toBe(true)
    await expect.poll(async () => (await list(bo)).filter(({ own }) => own).every(({ delivery }) => delivery?.kind === 'held' && delivery.people === 1), SOON).toBe(true)
    expect(bo.posts.some(({ own, delivery }) => own && delivery?.kind === 'held')).toBe(true)
    expect(bo.topics.at(-1)).toMatchObject({ unread: said.length - 4 })
    expect(bo.topics.at(-1)).not.toHaveProperty('catchingUp')
    // The names that the posts were signed with.
    expect(bo.chat.people(garden)[1]).toMatchObject({ name: 'Ada' })
  })

  it.each([['five years ahead', 5 * YEAR], ['five years behind', -5 * YEAR]])('do so also when the clock of one is %s', async (_name, skew) => {
    const [ada, bo] = [await desktop('Ada'), await desktop('Bo', { skew })]
    await ada.chat.post(garden, 'hello')
    meet(ada.node, bo.node, garden)
    await both(ada, bo, ['hello'])
    part(ada.node, bo.node, garden)
    for (const [who, text] of [[ada, 'a0'], [bo, 'b0'], [ada, 'a1'], [bo, 'b1'], [bo, 'b2'], [ada, 'a2']] as const) await who.chat.post(garden, text)
    meet(ada.node, bo.node, garden)
    await expect.poll(async () => [(await list(ada)).length, (await list(bo)).length], SOON).toEqual([7, 7])
    expect(await texts(bo)).toEqual(await texts(ada))
    await ada.chat.post(garden, 'answer')
    part(ada.node, bo.node, garden)
    meet(ada.node, bo.node, garden)
    await expect.poll(async () => (await list(bo)).length, SOON).toBe(8)
    expect(await texts(bo)).toEqual(await texts(ada))
    expect((await texts(ada)).at(-1)).toBe('answer')
  })
})

describe('what is said of delivery', () => {
  it('is not that somebody holds a post which was written while two found that they have the same', async () => {
    // At the start, when all is compared, and once more at the end.
    const LAST_LOOK = 3
    const told: unknown[] = []
    const then: { late?: () => Promise<unknown> } = {}
    let looks = 0
    const withStore = (store: Store): Store => ({
      ...store,
      topic: store.topic,
      close: store.close,
      ranges: async (topic, prefixes) => {
        const views = await store.ranges(topic, prefixes)
        // The store has looked, and its answer is on the way.
        if (prefixes[0] === '') looks++
        if (looks === LAST_LOOK && prefixes[0] === '') await then.late?.()
        return views
      },
      setHeld: async (topic, peer, ids) => {
        told.push(ids)
        return store.setHeld(topic, peer, ids)
      }
    })
    const [one, other] = [await makePeer(), await makePeer()].sort((a, b) => a.peerId < b.peerId ? -1 : 1)
    // The one with the smaller peer id begins.
    const ada = await desktop('Ada', { withStore, me: one as TestPeer })
    then.late = async () => ada.chat.post(garden, 'late')
    const bo = await desktop('Bo', { me: other as TestPeer })
    const { payload } = await createNatterDialect(bo.me.key).encode({ topic: garden, authorName: '', text: 'one', time: Date.now(), newest: 0 })
    for (const who of [ada, bo]) await who.chat.take(garden, [payload])
    meet(ada.node, bo.node, garden)
    await expect.poll(() => looks, SOON).toBe(LAST_LOOK)
    await ada.chat.close()
    expect(told).not.toContain('all')
    const late = (await ada.store.list(garden, { kind: 'newest' }, 10)).posts.at(-1)
    expect(late).toMatchObject({ text: 'late', delivery: { kind: 'queued' } })
    expect(await texts(bo)).toEqual(['one'])
  })
})

describe('catching up', () => {
  it('is not needed for what somebody says now whose clock is years behind, also where a topic keeps days alone', async () => {
    const bo = await desktop('Bo')
    const ada = await makePeer()
    await bo.chat.keep(garden, 30)
    const { payload } = await createNatterDialect(ada.key).encode({ topic: garden, authorName: 'Ada', text: 'from 2019', time: Date.UTC(2019, 0, 1), newest: 0 })
    bo.node.pubsub.emit('message', makeMessage(garden, payload, ada.peerId))
    await expect.poll(async () => texts(bo), SOON).toEqual(['from 2019'])
  })

  it('happens after a switch of protocol, which may have lost something', async () => {
    const [ada, bo] = [await desktop('Ada'), await desktop('Bo')]
    meet(ada.node, bo.node, garden)
    await ada.chat.post(garden, 'one')
    await both(ada, bo, ['one'])
    // Lost on the way: pubsub named Bo, and Bo did not get it.
    ada.node.pubsub.recipients = [bo.me.peerId]
    await ada.chat.post(garden, 'two')
    await expect.poll(async () => (await list(ada)).at(-1)?.delivery?.kind, SOON).toBe('sent')
    await bo.node.pubsub.switchTo('floodsub')
    await both(ada, bo, ['one', 'two'])
  })

  it('brings back a topic that was forgotten, and own posts among it', async () => {
    const [ada, bo] = [await desktop('Ada'), await desktop('Bo')]
    await bo.chat.post(garden, 'mine')
    await ada.chat.post(garden, 'yours')
    meet(ada.node, bo.node, garden)
    await both(ada, bo, ['mine', 'yours'])
    await bo.chat.leave(garden, true)
    expect(await texts(bo)).toEqual([])
    bo.chat.subscribe(garden)
    await both(ada, bo, ['mine', 'yours'])
    expect((await list(bo)).map(({ own }) => own)).toEqual([true, false])
  })

  it('brings back what somebody said who was blocked, once they are not', async () => {
    const [ada, bo] = [await desktop('Ada'), await desktop('Bo')]
    const cy = await makePeer()
    const { payload } = await createNatterDialect(cy.key).encode({ topic: garden, authorName: 'Cy', text: 'by Cy', time: Date.now(), newest: 0 })
    expect(await ada.chat.take(garden, [payload])).toEqual(['kept'])
    meet(ada.node, bo.node, garden)
    await both(ada, bo, ['by Cy'])
    await bo.chat.block(cy.peerId)
    expect(await texts(bo)).toEqual([])
    part(ada.node, bo.node, garden)
    await ada.chat.post(garden, 'by Ada')
    meet(ada.node, bo.node, garden)
    await expect.poll(async () => texts(bo), SOON).toEqual(['by Ada'])
    bo.chat.unblock(cy.peerId)
    await both(ada, bo, ['by Cy', 'by Ada'])
  })

  it('ends where an older Natter has posts with nothing to see, which are neither kept nor fetched again', async () => {
    const [ada, bo] = [await desktop('Ada'), await desktop('Bo')]
    for (const text of ['\u200B', '\u3164 \u2800']) {
      const time = Date.now()
      const { payload, post: { at, stamp, ...post } } = await createNatterDialect(ada.me.key).encode({ topic: garden, authorName: 'Ada', text, time, newest: 0 })
      await ada.store.append([{ post: { ...post, topic: garden, own: true, delivery: { kind: 'queued' } }, at, stamp, payload }])
    }
    const met = async (text: string): Promise<void> => {
      await ada.chat.post(garden, text)
      meet(ada.node, bo.node, garden)
      await expect.poll(async () => (await texts(bo)).at(-1), SOON).toBe(text)
      part(ada.node, bo.node, garden)
    }
    await met('one')
    await expect.poll(() => bo.chat.rejections().empty, SOON).toBe(2)
    await met('two')
    await met('three')
    expect(bo.chat.rejections().empty).toBe(2)
    expect(await texts(bo)).toEqual(['one', 'two', 'three'])
    // Nothing says that Bo holds what Bo does not keep.
    expect((await list(ada)).filter(({ text }) => /^\P{ASCII}/u.test(text)).map(({ delivery }) => delivery?.kind)).toEqual(['queued', 'queued'])
  })

  it('does not bring back what is older than a topic keeps', async () => {
    const [ada, bo] = [await desktop('Ada'), await desktop('Bo')]
    const { payload } = await createNatterDialect(ada.me.key).encode({ topic: garden, authorName: '', text: 'old', time: Date.now() - 10 * 86_400_000, newest: 0 })
    await ada.chat.take(garden, [payload])
    await ada.chat.post(garden, 'new')
    await bo.chat.keep(garden, 7)
    meet(ada.node, bo.node, garden)
    await expect.poll(async () => texts(bo), SOON).toEqual(['new'])
    await bo.chat.keep(garden, null)
    await both(ada, bo, ['old', 'new'])
  })

  it('gives posts to a hub where nobody else is, and they stay queued for people', async () => {
    const [ada, hub] = [await desktop('Ada'), await desktop('')]
    ada.node.people.hubs.add(hub.me.peerId)
    meet(ada.node, hub.node, garden)
    const post = await ada.chat.post(garden, 'anybody?')
    await expect.poll(async () => texts(hub), SOON).toEqual(['anybody?'])
    await expect.poll(async () => (await list(ada))[0]?.delivery, SOON).toEqual({ kind: 'held', people: 0, hubs: 1, sent: 0 })
    expect((await ada.store.queued(garden)).map(({ post: { id } }) => id)).toEqual([post.id])
    expect(ada.node.pubsub.published).toEqual([])
    // Somebody comes to the hub alone, never together with Ada.
    part(ada.node, hub.node, garden)
    const bo = await desktop('Bo')
    bo.node.people.hubs.add(hub.me.peerId)
    meet(bo.node, hub.node, garden)
    await expect.poll(async () => texts(bo), SOON).toEqual(['anybody?'])
  })

  it('ends with the chat, also in the middle of it', async () => {
    const [ada, bo] = [await desktop('Ada'), await desktop('Bo')]
    for (let index = 0; index < 50; index++) await ada.chat.post(garden, `post ${index}`)
    meet(ada.node, bo.node, garden)
    await Promise.all([ada.chat.close(), bo.chat.close()])
    // An import that runs is told, and does not count the rest as refused.
    await expect(bo.chat.take(garden, [new Uint8Array()])).rejects.toMatchObject({ code: 'ERR_CLOSED' })
  })
})
