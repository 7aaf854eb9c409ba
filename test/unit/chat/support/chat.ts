import { afterEach, beforeEach, expect } from 'vitest'
import { createChat } from '../../../../main/chat/create-chat.ts'
import { createNatterDialect } from '../../../../main/chat/dialects/natter.ts'
import type { Chat } from '../../../../main/chat/types.ts'
import type { Store } from '../../../../main/store/types.ts'
import type { Person, Post, Topic } from '../../../../preload/contract/index.ts'
import { openTestStore, type TestStore } from '../../../support/store.ts'
import { FakeNode, makeMessage } from '../../support/fake-node.ts'
import { makePeer } from '../../support/peers.ts'

export const garden = '/natter/1/garden'
export const self = await makePeer()
export const ada = await makePeer()

export let node: FakeNode
let opened: TestStore
export let store: Store
export let chat: Chat
export let posts: Post[]
export let topics: Topic[]
export let removed: string[]
export let people: { readonly topic: string, readonly people: readonly Person[] }[]

export async function open (subscriptions: readonly string[] = [garden], kept: Store = store): Promise<void> {
  chat = await createChat({ node, key: self.key, store: kept }, { subscriptions, displayName: 'Me' })
  posts = []
  topics = []
  removed = []
  people = []
  chat.on('post:change', (post) => { posts.push(post) })
  chat.on('topic:change', (topic) => { topics.push(topic) })
  chat.on('topic:remove', ({ id }) => { removed.push(id) })
  chat.on('people:change', (change) => { people.push(change) })
}

/** Ada posts; answers when we have dealt with it. */
export async function hear (text: string, topic = garden, name = 'Ada', time = Date.now()): Promise<Uint8Array> {
  const { payload } = await createNatterDialect(ada.key).encode({ topic, authorName: name, text, time, newest: 0 })
  node.pubsub.emit('message', makeMessage(topic, payload, ada.peerId))
  await dealtWith()
  return payload
}
/** What came in before has been kept or dropped: this goes through the same line. */
export const dealtWith = async (): Promise<void> => { await chat.take(garden, [new Uint8Array()]) }
export const published = async (count: number): Promise<void> => { await expect.poll(() => node.pubsub.published.length).toBe(count) }
export const list = async (topic = garden): Promise<readonly Post[]> => (await store.list(topic, { kind: 'newest' }, 200)).posts
export const deliveries = (id: string): unknown[] => posts.filter((post) => post.id === id).map(({ delivery }) => delivery)

/** Another node takes the place of the one that was, with nobody on it. */
export function renewNode (): void {
  node = new FakeNode(self.peerId)
}

/** Opens a chat on {@link garden} before each test, over a store of its own, and closes it afterwards. */
export function useChat (): void {
  beforeEach(async () => {
    renewNode()
    opened = await openTestStore({ local: true })
    store = opened.store
    await open()
  })
  afterEach(async () => {
    await chat.close()
    await opened.remove()
  })
}
