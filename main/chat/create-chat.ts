import { EventEmitter } from 'node:events'
import type { Person, Post, ProtocolState } from '../../preload/contract/index.ts'
import type { PubsubMessage } from '../node/types.ts'
import type { Dialect } from './dialects/dialect.ts'
import { createNatterDialect } from './dialects/natter.ts'
import { createTextDialect } from './dialects/text.ts'
import { ChatError } from './errors.ts'
import { createKnownNames } from './known-names.ts'
import { MAX_POST_BYTES } from './limits.ts'
import { checkTopicId, cleanName, dialectOf } from './names.ts'
import { createInbox } from './topics/inbox.ts'
import { createOutbox } from './topics/outbox.ts'
import { createTopicList } from './topics/topic-list.ts'
import type { Chat, ChatDeps, ChatEvents, ChatOptions } from './types.ts'

/** Brings topics, posts and people together over one node. */
export function createChat ({ node, key, store, names = createKnownNames(), now = Date.now }: ChatDeps, options: ChatOptions): Chat {
  const events = new EventEmitter<ChatEvents>()
  const subscriptions = new Set<string>()
  const dialects: Readonly<Record<'natter' | 'text', Dialect>> = { natter: createNatterDialect(key), text: createTextDialect(node.peerId) }
  let displayName = cleanName(options.displayName)
  let lastTime = 0

  const isSubscribed = (topic: string): boolean => subscriptions.has(topic)
  const announcePost = (post: Post): void => { events.emit('post:change', post) }

  const list = createTopicList({
    node,
    store,
    isSubscribed,
    onChange: (topic) => { events.emit('topic:change', topic) },
    onRemove: (id) => { events.emit('topic:remove', { id }) }
  })
  const outbox = createOutbox({ node, store, isSubscribed, onDelivery: announcePost })
  const inbox = createInbox({ self: node.peerId, dialects, store, isSubscribed, now, onPost })

  async function onPost (post: Post): Promise<void> {
    announcePost(post)
    if (post.own) return
    await store.addUnread(post.topic)
    list.refresh([post.topic])
    if (names.learn(post.author, post.authorName)) announcePeople(topicsOf(post.author))
  }

  const topicsOf = (peerId: string): readonly string[] =>
    [...subscriptions].filter((topic) => node.people.onTopic(topic).some((member) => member.peerId === peerId))

  function people (topic: string): readonly Person[] {
    const others = node.people.onTopic(topic).map(({ peerId, path }) => ({ peerId, name: names.of(peerId), path }))
    return [{ peerId: node.peerId, name: displayName, path: { kind: 'self' } }, ...others]
  }

  function announcePeople (topics: Iterable<string>): void {
    for (const topic of topics) {
      if (isSubscribed(topic)) events.emit('people:change', { topic, people: people(topic) })
    }
  }

  function join (topic: string): void {
    subscriptions.add(topic)
    if (!node.pubsub.topics.includes(topic)) node.pubsub.subscribe(topic)
  }

  /** Rises even within one millisecond, so that own posts stand in the order in which they were written. */
  function nextTime (): number {
    lastTime = Math.max(now(), lastTime + 1)
    return lastTime
  }

  function checkText (text: string): void {
    if (text.trim() === '') throw new ChatError('ERR_EMPTY', 'There is nothing to post yet: type something first.')
    const bytes = Buffer.byteLength(text)
    if (bytes > MAX_POST_BYTES) {
      throw new ChatError('ERR_TOO_LONG', `This text is ${bytes.toLocaleString('en-US')} bytes long; a post may have ${MAX_POST_BYTES.toLocaleString('en-US')} (16 KiB). Shorten it, or post it in parts.`)
    }
  }

  function requireSubscription (topic: string): void {
    if (!isSubscribed(topic)) throw new ChatError('ERR_NOT_SUBSCRIBED', 'You are not on this topic: subscribe to it first.')
  }

  const hear = {
    message: (message: PubsubMessage) => { inbox.receive(message) },
    subscribers: ({ topics }: { readonly topics: readonly string[] }) => { list.refresh(topics) },
    people: ({ topics }: { readonly topics: readonly string[] }) => {
      list.refresh(topics)
      announcePeople(topics)
      for (const topic of topics) outbox.flush(topic)
    },
    protocol: ({ switchingTo }: ProtocolState) => {
      if (switchingTo === undefined) for (const topic of subscriptions) outbox.flush(topic)
    }
  }
  node.pubsub.on('message', hear.message)
  node.pubsub.on('subscribers:change', hear.subscribers)
  node.pubsub.on('protocol:change', hear.protocol)
  node.people.on('people:change', hear.people)
  for (const topic of options.subscriptions) join(topic)
  list.refresh([...subscriptions, ...node.pubsub.seenTopics()])
  // What an earlier node could not send any more.
  for (const topic of subscriptions) outbox.flush(topic)

  return Object.assign(events, {
    subscriptions: () => [...subscriptions],
    topics: list.all,
    people,

    subscribe: (topic: string) => {
      checkTopicId(topic)
      if (isSubscribed(topic)) return
      join(topic)
      list.refresh([topic])
      announcePeople([topic])
    },

    leave: async (topic: string) => {
      if (!subscriptions.delete(topic)) return
      node.pubsub.unsubscribe(topic)
      await store.deleteTopic(topic)
      list.refresh([topic])
    },

    markRead: async (topic: string) => {
      if (store.unread(topic) === 0) return
      await store.clearUnread(topic)
      list.refresh([topic])
    },

    listPosts: async (topic: string, before: { readonly order: number, readonly id: string } | undefined, limit: number) => store.list(topic, before, limit),

    post: async (topic: string, written: string, clientId?: string) => {
      const text = written.toWellFormed()
      checkText(text)
      requireSubscription(topic)
      const { payload, post: read } = await dialects[dialectOf(topic)].encode({ topic, authorName: displayName, text, time: nextTime() })
      // Leaving may have overtaken the signature.
      requireSubscription(topic)
      const post: Post = { ...read, topic, own: true, delivery: { kind: 'queued' }, ...(clientId === undefined ? {} : { clientId }) }
      await store.append({ post, payload })
      announcePost(post)
      outbox.flush(topic)
      return post
    },

    setDisplayName: (name: string) => {
      displayName = cleanName(name)
      announcePeople(subscriptions)
    },

    rejections: inbox.rejections,

    close: async () => {
      node.pubsub.off('message', hear.message)
      node.pubsub.off('subscribers:change', hear.subscribers)
      node.pubsub.off('protocol:change', hear.protocol)
      node.people.off('people:change', hear.people)
      await Promise.all([inbox.close(), outbox.close()])
      events.removeAllListeners()
    }
  })
}
