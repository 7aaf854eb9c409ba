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
import { SavingWatch, type HistoryState } from './history-saving.ts'

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
  /** Called when saving begins to fail, and when it works again; at most twice per `pruneEvery`. */
  readonly onState?: (state: HistoryState) => void
}

/** Keeps the posts of a hub's topics, and hands them to those who come later. */
export interface HistoryKeeper {
  /** `missed`: live posts that could not be saved, given up for want of memory. */
  readonly stats: { readonly kept: number, readonly refused: number, readonly missed: number }
  readonly state: HistoryState
  readonly report: Store['report']
  readonly close: () => Promise<void>
}

const DAY_MS = 86_400_000
/** Messages that wait to be kept; what is beyond is caught up with by history. */
const MAX_WAITING = 10_000
/** Messages kept in memory for another try after a failed write, the newest, and their bytes together. */
const MAX_UNSAVED = 64
const MAX_UNSAVED_BYTES = 1_048_576

/**
 * Opens the hub's database and begins to keep. A post's author and topic are
 * checked; its text is not looked at, and not indexed.
 *
 * @throws {StoreError} if the database cannot be opened
 */
export async function keepHistory ({ node, privateKey, folder, days, maxBytes, pruneEvery = 60_000, onState = () => {} }: HistoryKeeperOptions): Promise<HistoryKeeper> {
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
  let missed = 0
  let waiting: PubsubMessage[] = []
  let unsaved: PubsubMessage[] = []
  const saving = new SavingWatch(onState)

  const floor = (): number => Math.max(0, fullFloor, Date.now() - days * DAY_MS)

  /** The topics of connected clients, which the hub bounds in number: else anybody could make up a million, each with a row and a place in memory. */
  const isKept = (topic: string): boolean => dialectOf(topic) === 'natter' && isShowable(topic) && node.pubsub?.topics.includes(topic) === true

  async function take (topic: string, payloads: readonly Uint8Array[]): Promise<readonly Verdict[]> {
    const read = await inTurns(payloads, async (payload) => asNewPost(topic, payload))
    const posts = read.filter((one) => typeof one !== 'string')
    const isNew = new Map<NewPost, boolean>()
    for (let start = 0; start < posts.length; start += MAX_APPEND) {
      const some = posts.slice(start, start + MAX_APPEND)
      const { posts: outcome } = await append(some)
      some.forEach((post, i) => isNew.set(post, outcome[i] !== undefined))
    }
    const verdicts = read.map((one): Verdict => typeof one === 'string' ? one : isNew.get(one) === true ? 'kept' : 'known')
    kept += verdicts.filter((verdict) => verdict === 'kept').length
    refused += verdicts.filter((verdict) => verdict === 'refused').length
    return verdicts
  }

  async function append (posts: readonly NewPost[]): ReturnType<Store['append']> {
    try {
      return await store.append(posts)
    } catch (error) {
      saving.failed(error)
      throw error
    }
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

  /** `work` handles its own errors. */
  function inTurn (work: () => Promise<void>): void {
    last = last.then(work)
  }

  /** Saves messages, a topic's in one go. What cannot be saved waits for {@link tidy}. */
  async function save (messages: readonly PubsubMessage[]): Promise<void> {
    for (const [topic, some] of Map.groupBy(messages, (message) => message.topic)) {
      try {
        await take(topic, some.map(({ data }) => data))
      } catch (error) {
        saving.failed(error)
        const all = [...unsaved, ...some]
        unsaved = newestOf(all)
        missed += all.length - unsaved.length
      }
    }
  }

  /** What came since the last turn. */
  async function takeWaiting (): Promise<void> {
    const now = waiting
    waiting = []
    await save(now)
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

  /** Tries again what could not be saved, and deletes what is too old or too much. */
  async function tidy (): Promise<void> {
    await saving.retry(async () => {
      // First, since it makes room within the database.
      await prune()
      const again = unsaved
      unsaved = []
      await save(again)
    })
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
  inTurn(tidy)
  const timer = setInterval(() => { inTurn(tidy) }, pruneEvery)

  return {
    get stats () { return { kept, refused, missed } },
    get state () { return saving.state },
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

function newestOf (messages: readonly PubsubMessage[]): PubsubMessage[] {
  let bytes = 0
  const newest = messages.slice(-MAX_UNSAVED).reverse()
  const over = newest.findIndex(({ data }) => (bytes += data.byteLength) > MAX_UNSAVED_BYTES)
  return (over < 0 ? newest : newest.slice(0, over)).reverse()
}
