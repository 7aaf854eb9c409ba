import { EventEmitter } from 'node:events'
import type { Notify, Person, Post, ProtocolState, TopicPeople } from '../../preload/contract/index.ts'
import type { PubsubMessage } from '../node/types.ts'
import { createNatterDialect } from './dialects/natter.ts'
import { createTextDialect } from './dialects/text.ts'
import { ChatError } from './errors.ts'
import { createKnownAuthors } from './known-authors.ts'
import { createKnownNames } from './known-names.ts'
import { MAX_REMOVED } from './limits.ts'
import { checkTopicId, cleanName } from './names.ts'
import { createCatchingUp, floorOf } from './topics/catching-up.ts'
import { countOwn } from './topics/own-posts.ts'
import { createInbox } from './topics/inbox.ts'
import { createMentions } from './topics/mentions.ts'
import { createNewcomers } from './topics/newcomers.ts'
import { createOutbox } from './topics/outbox.ts'
import { createPosting } from './topics/posting.ts'
import { createPruning } from './topics/pruning.ts'
import { createReading } from './topics/reading.ts'
import { createTopicList } from './topics/topic-list.ts'
import type { TopicState, Trimmed } from '../store/types.ts'
import type { Chat, ChatDeps, ChatEvents, ChatOptions } from './types.ts'

/** Brings topics, posts and people together over one node. */
export async function createChat ({ node, key, store, names = createKnownNames(), now = Date.now }: ChatDeps, options: ChatOptions): Promise<Chat> {
  const events = new EventEmitter<ChatEvents>()
  const subscriptions = new Set<string>()
  const blocked = new Set(options.blocked)
  const dialects = { natter: createNatterDialect(key), text: createTextDialect(node.peerId) }
  /** Topics of which something came that could not be kept. */
  const unkept = new Set<string>()
  let displayName = cleanName(options.displayName)
  let showsNearby = options.seenNearby ?? true

  const isSubscribed = (topic: string): boolean => subscriptions.has(topic)
  const isBlocked = (peerId: string): boolean => blocked.has(peerId)
  const mentions = createMentions(() => displayName)
  const announcePosts = (posts: readonly Post[]): void => { for (const post of posts) events.emit('post:change', mentions.mark(post)) }

  const authors = createKnownAuthors(store, now)
  node.admission.setKnown(authors.isKnown)
  const newcomers = createNewcomers({ admission: node.admission, store })
  const { append, written } = countOwn(store)
  const inbox = createInbox({
    self: node.peerId, dialects, store: { append }, isSubscribed, isBlocked, isKnown: authors.isKnown, addNewcomers: newcomers.add, now, floor: (topic) => floorOf(store, topic, now()), onKept, onUnkept,
    onHeard: (took) => { events.emit('post:heard', { took }) }
  })
  const catchingUp = await createCatchingUp({
    node,
    store,
    subscriptions: () => subscriptions,
    isSubscribed,
    now,
    take: inbox.take,
    allowance: newcomers.allowance,
    written,
    onHeld: announcePosts,
    onProgress: (topic) => { list.refresh([topic]) }
  })
  const list = createTopicList({
    node,
    store,
    isSubscribed,
    isBlocked,
    showsNearby: () => showsNearby,
    catchingUp: catchingUp.progress,
    onChange: (topic) => { events.emit('topic:change', topic) },
    onRemove: (id) => { events.emit('topic:remove', { id }) }
  })
  const outbox = createOutbox({
    node, store, isSubscribed, onDelivery: (post) => { announcePosts([post]) }, onHubsAlone: (topic, hubs) => { catchingUp.look([topic], hubs) }
  })
  const pruning = createPruning({ store, now, onPruned: () => { list.refresh(subscriptions) }, onTrimmed: announceRemoved })
  const write = createPosting({ dialects, store: { append, topic: store.topic }, requireSubscription, displayName: () => displayName, now })

  function onKept (posts: readonly Post[], arrived: readonly Post[]): void {
    announcePosts(posts)
    list.refresh(new Set(posts.filter(({ own }) => !own).map(({ topic }) => topic)))
    const renamed = posts.filter(({ own, author, authorName, order }) => !own && names.learn(author, authorName, order)).map(({ author }) => author)
    if (renamed.length > 0) announcePeople(topicsOf(new Set(renamed)))
    for (const { own, author } of posts) if (!own) authors.heard(author)
    if (posts.some(({ topic }) => takesTooMuch(store.topic(topic)))) void pruning.soon()
    for (const post of arrived) {
      if (!post.own) events.emit('post:arrive', mentions.mark(post))
    }
    if (unkept.size === 0) return
    events.emit('store:recover')
    catchingUp.look(unkept)
    unkept.clear()
  }

  function onUnkept (topics: readonly string[], error: unknown): void {
    const isFirst = unkept.size === 0
    for (const topic of topics) unkept.add(topic)
    if (isFirst) events.emit('store:fail', error)
  }

  const topicsOf = (peerIds: ReadonlySet<string>): readonly string[] =>
    [...subscriptions].filter((topic) => node.people.onTopic(topic).some(({ peerId }) => peerIds.has(peerId)))

  function people (topic: string): readonly Person[] {
    const others = node.people.onTopic(topic).filter(({ peerId }) => !isBlocked(peerId)).map(({ peerId, path }) => ({ peerId, name: names.of(peerId), path }))
    return [{ peerId: node.peerId, name: displayName, path: { kind: 'self' } }, ...others]
  }

  function whoIsOn (topic: string): TopicPeople {
    const unnamed = node.people.unnamed(topic)
    return { topic, people: people(topic), ...(unnamed === 0 ? {} : { unnamed }) }
  }

  function announcePeople (topics: Iterable<string>): void {
    for (const topic of topics) {
      if (isSubscribed(topic)) events.emit('people:change', whoIsOn(topic))
    }
  }

  function join (topic: string): void {
    subscriptions.add(topic)
    if (!node.pubsub.topics.includes(topic)) node.pubsub.subscribe(topic)
  }

  function requireSubscription (topic: string): void {
    if (!isSubscribed(topic)) throw new ChatError('ERR_NOT_SUBSCRIBED', 'You are not on this topic: subscribe to it first.')
  }

  function showBlocked (): void {
    node.setBlocked([...blocked])
    list.refresh(subscriptions)
    announcePeople(subscriptions)
  }

  function announceRemoved (removed: Trimmed['removed']): void {
    for (const { topic, ids } of removed) {
      for (let at = 0; at < ids.length; at += MAX_REMOVED) events.emit('posts:remove', { topic, ids: ids.slice(at, at + MAX_REMOVED) })
    }
  }

  async function erase (peerId: string): Promise<void> {
    announceRemoved(await store.deleteAuthor(peerId))
    list.refresh(subscriptions)
  }

  const hear = {
    message: (message: PubsubMessage) => { inbox.receive(message) },
    subscribers: ({ topics }: { readonly topics: readonly string[] }) => {
      list.refresh(topics)
      catchingUp.lookAtArrivals(topics)
      // A hub that came can keep what waits for people.
      for (const topic of topics) outbox.flush(topic)
    },
    people: ({ topics }: { readonly topics: readonly string[] }) => {
      list.refresh(topics)
      announcePeople(topics)
      for (const topic of topics) outbox.flush(topic)
    },
    protocol: ({ switchingTo }: ProtocolState) => {
      if (switchingTo !== undefined) return
      for (const topic of subscriptions) outbox.flush(topic)
      catchingUp.look(subscriptions)
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
  catchingUp.look(subscriptions)
  // Where the end came between blocking somebody and deleting what they posted.
  for (const peerId of blocked) erase(peerId).catch((error: unknown) => { onUnkept([], error) })

  return Object.assign(events, {
    subscriptions: () => [...subscriptions],
    topics: list.all,
    people,
    whoIsOn,

    subscribe: (topic: string) => {
      checkTopicId(topic)
      if (isSubscribed(topic)) return
      join(topic)
      list.refresh([topic])
      announcePeople([topic])
      outbox.flush(topic)
      catchingUp.lookAgain([topic])
    },

    leave: async (topic: string, forget: boolean) => {
      if (subscriptions.delete(topic)) node.pubsub.unsubscribe(topic)
      if (forget) await store.deleteTopic(topic)
      list.refresh([topic])
    },

    markRead: async (topic: string) => {
      if (store.topic(topic).unread === 0) return
      await store.markRead(topic)
      list.refresh([topic])
    },

    learnName: (peerId: string, name: string) => {
      if (names.of(peerId) === '' && names.learn(peerId, cleanName(name))) announcePeople(topicsOf(new Set([peerId])))
    },

    setNotify: async (topic: string, notify: Notify) => {
      requireSubscription(topic)
      await store.setTopic(topic, { notify })
      list.refresh([topic])
    },

    keep: async (topic: string, days: number | null) => {
      requireSubscription(topic)
      await store.setTopic(topic, { keepDays: days })
      list.refresh([topic])
      // Others may have what was not kept here before.
      catchingUp.lookAgain([topic])
      await pruning.soon()
    },

    limit: async (topic: string, maxBytes: number | null) => {
      requireSubscription(topic)
      await store.setTopic(topic, { maxBytes })
      list.refresh([topic])
      // With more room, what was deleted to save space may be fetched again.
      catchingUp.lookAgain([topic])
      await pruning.soon()
    },

    welcome: authors.welcome,
    ...createReading(store, { isSubscribed, displayName: () => displayName }),
    take: async (topic: string, payloads: readonly Uint8Array[]) => inbox.take(topic, payloads),

    block: async (peerId: string) => {
      if (peerId === node.peerId) throw new ChatError('ERR_OWN_PEER', 'This is you: you cannot block yourself.')
      blocked.add(peerId)
      showBlocked()
      await erase(peerId)
    },

    unblock: (peerId: string) => {
      if (!blocked.delete(peerId)) return
      showBlocked()
      catchingUp.lookAgain(subscriptions)
    },

    post: async (topic: string, written: string, clientId?: string) => {
      const post = await write(topic, written, clientId)
      announcePosts([post])
      outbox.flush(topic)
      return post
    },

    setDisplayName: (name: string) => {
      displayName = cleanName(name)
      announcePeople(subscriptions)
    },

    setSeenNearby: (on: boolean) => {
      showsNearby = on
      list.refresh([...list.all().map(({ id }) => id), ...node.pubsub.seenTopics()])
    },

    rejections: inbox.rejections,

    close: async () => {
      node.pubsub.off('message', hear.message)
      node.pubsub.off('subscribers:change', hear.subscribers)
      node.pubsub.off('protocol:change', hear.protocol)
      node.people.off('people:change', hear.people)
      await Promise.all([catchingUp.close(), inbox.close(), outbox.close(), pruning.close()])
      events.removeAllListeners()
    }
  })
}

function takesTooMuch ({ bytes = 0, maxBytes }: TopicState): boolean {
  return maxBytes !== null && bytes > maxBytes
}
