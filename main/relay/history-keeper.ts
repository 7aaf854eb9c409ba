import { join } from 'node:path'
import type { PrivateKey } from '@libp2p/interface'
import type { Post } from '../../preload/contract/index.ts'
import { openPost } from '../chat/dialects/natter-post.ts'
import { createHistory } from '../chat/history/create-history.ts'
import type { Verdict } from '../chat/history/types.ts'
import { MAX_APPEND } from '../chat/limits.ts'
import { dialectOf, isShowable } from '../chat/names.ts'
import { inTurns } from '../chat/turns.ts'
import type { RelayNode } from '../node/relay/relay-node.ts'
import type { PubsubMessage } from '../node/types.ts'
import { storeKeyOf } from '../store/key.ts'
import { createStore } from '../store/sqlite-store.ts'
import type { NewPost, Store } from '../store/types.ts'
import { findHistoryDriver } from './history-driver.ts'

/** What {@link keepHistory} is told. */
export interface HistoryKeeperOptions {
  readonly node: Pick<RelayNode, 'peerId' | 'pubsub' | 'channels'>
  /** The relay's own; the database's key comes from it. */
  readonly privateKey: PrivateKey
  /** The data directory. */
  readonly folder: string
  /** Days that posts are kept. */
  readonly days: number
  /** Bytes of posts that are kept at most, database overhead left out. */
  readonly maxBytes: number
  /** Milliseconds between two looks at what is to go. @default 60,000 */
  readonly pruneEvery?: number
}

/** Keeps the posts of a hub's topics, and hands them to those who come later. */
export interface HistoryKeeper {
  readonly stats: { readonly kept: number, readonly refused: number }
  readonly report: Store['report']
  readonly close: () => Promise<void>
}

const DAY_MS = 86_400_000
/** Messages that wait to be kept; what is beyond is caught up with by history. */
const MAX_WAITING = 10_000

/**
 * Opens the hub's database and begins to keep. A post's author and topic are
 * checked; its text is not looked at, and not indexed.
 *
 * @throws {StoreError} if the database cannot be opened
 */
export async function keepHistory ({ node, privateKey, folder, days, maxBytes, pruneEvery = 60_000 }: HistoryKeeperOptions): Promise<HistoryKeeper> {
  const store = await createStore({
    path: join(folder, 'history.db'),
    key: storeKeyOf(privateKey),
    driverPath: findHistoryDriver()
  })
  /** Posts from before this were given up for want of room. */
  let fullFloor = 0
  let kept = 0
  let refused = 0
  let last: Promise<unknown> = Promise.resolve()
  let waiting: PubsubMessage[] = []

  const floor = (): number => Math.max(0, fullFloor, Date.now() - days * DAY_MS)

  /** The topics of connected clients, which the hub bounds in number: else anybody could make up a million, each with a row and a place in memory. */
  const isKept = (topic: string): boolean => dialectOf(topic) === 'natter' && isShowable(topic) && node.pubsub?.topics.includes(topic) === true

  async function take (topic: string, payloads: readonly Uint8Array[]): Promise<readonly Verdict[]> {
    const read = await inTurns(payloads, async (payload) => asNewPost(topic, payload))
    const posts = read.filter((one) => typeof one !== 'string')
    const isNew = new Map<NewPost, boolean>()
    for (let start = 0; start < posts.length; start += MAX_APPEND) {
      const some = posts.slice(start, start + MAX_APPEND)
      const { posts: outcome } = await store.append(some)
      some.forEach((post, i) => isNew.set(post, outcome[i] !== undefined))
    }
    const verdicts = read.map((one): Verdict => typeof one === 'string' ? one : isNew.get(one) === true ? 'kept' : 'known')
    kept += verdicts.filter((verdict) => verdict === 'kept').length
    refused += verdicts.filter((verdict) => verdict === 'refused').length
    return verdicts
  }

  async function asNewPost (topic: string, payload: Uint8Array): Promise<NewPost | 'refused' | 'unwanted'> {
    const receivedAt = Date.now()
    const opened = await openPost(payload, receivedAt)
    if (!opened.ok || opened.post.topic !== topic) return 'refused'
    const { id, author, time, stamp } = opened.post
    // What is too old goes by its place, and it goes first: a post from tomorrow must not outlast those of today.
    const at = Math.min(opened.post.at, receivedAt)
    if (Math.min(at, stamp) < floor()) return 'unwanted'
    const post: Omit<Post, 'order'> = { id, topic, author, authorName: '', time, text: '', own: false }
    return { post, at, stamp, payload }
  }

  function inTurn (work: () => Promise<unknown>): void {
    last = last.then(work).catch((error: unknown) => {
      // The name alone: a message may quote what peers wrote.
      process.stderr.write(`Posts could not be kept (${error instanceof Error ? error.name : typeof error}); they are taken again when their people come back.\n`)
    })
  }

  /** What came since the last turn, a topic's in one go. */
  async function takeWaiting (): Promise<void> {
    const now = waiting
    waiting = []
    for (const [topic, messages] of Map.groupBy(now, (message) => message.topic)) {
      await take(topic, messages.map(({ data }) => data))
    }
  }

  const hear = (message: PubsubMessage): void => {
    if (!isKept(message.topic) || waiting.length >= MAX_WAITING) return
    if (waiting.push(message) === 1) inTurn(takeWaiting)
  }

  async function prune (): Promise<void> {
    for (;;) {
      const { posts, fullBefore } = await store.prune({ now: Date.now(), keepDays: days, maxBytes })
      if (fullBefore !== undefined) fullFloor = Math.max(fullFloor, Math.min(fullBefore + 1, Date.now()))
      if (posts === 0) return
    }
  }

  const history = await createHistory({
    self: node.peerId,
    channels: node.channels,
    store,
    isOurs: isKept,
    sharedWith: () => [],
    isHub: () => false,
    floor,
    take
  }, { answerOnly: true })
  node.pubsub?.on('message', hear)
  inTurn(prune)
  const timer = setInterval(() => { inTurn(prune) }, pruneEvery)

  return {
    get stats () { return { kept, refused } },
    report: store.report,
    close: async () => {
      clearInterval(timer)
      node.pubsub?.off('message', hear)
      await history.close()
      await last
      await store.close()
    }
  }
}
