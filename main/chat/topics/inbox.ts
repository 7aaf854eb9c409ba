import type { Dialect as DialectName, Post } from '../../../preload/contract/index.ts'
import { monotonicNow } from '../../node/clock.ts'
import type { PubsubMessage } from '../../node/types.ts'
import type { NewPost, Store } from '../../store/types.ts'
import type { Dialect, ReadPost, Rejection } from '../dialects/dialect.ts'
import { ChatError } from '../errors.ts'
import type { Verdict } from '../history/types.ts'
import { MAX_APPEND, MAX_APPEND_BYTES, MAX_PENDING_MESSAGES } from '../limits.ts'
import { dialectOf } from '../names.ts'
import { inTurns } from '../turns.ts'
import type { Newcomers } from './newcomers.ts'

/** Why a payload was not taken. `overflow`: too many waited. `unkept`: the store could not keep it. */
export type RejectionReason = Rejection | 'overflow' | 'unkept'

/** How many payloads were not taken, and why. */
export type Rejections = Readonly<Record<RejectionReason, number>>

/** What {@link createInbox} stands on. */
export interface InboxDeps {
  readonly self: string
  readonly dialects: Readonly<Record<DialectName, Dialect>>
  readonly store: Pick<Store, 'append'>
  readonly isSubscribed: (topic: string) => boolean
  readonly isBlocked: (peerId: string) => boolean
  /** Whether an author is no stranger. @default all are strangers */
  readonly isKnown?: (author: string) => boolean
  /** Counts what history brings of strangers; answers whether there is room for it now. @default there is */
  readonly addNewcomers?: Newcomers['add']
  /** The oldest place and stamp that is kept of a topic; 0: all are. */
  readonly floor: (topic: string) => number
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
  /** Posts that were not there before are kept now; those that `arrived` were posted just now, the others are history. */
  readonly onKept: (posts: readonly Post[], arrived: readonly Post[]) => void
  /** Pubsub brought a post that carries its time: milliseconds from that to its coming. @default nobody is told */
  readonly onHeard?: (took: number) => void
  /** What came for these topics could not be kept. */
  readonly onUnkept: (topics: readonly string[], error: unknown) => void
}

/** The one way in for posts of others: decode, store, announce. */
export interface Inbox {
  /** Takes what pubsub hands over. */
  readonly receive: (message: PubsubMessage) => void
  /**
   * Takes payloads of one topic that a history or a file holds, in this order.
   *
   * @param from the peer whose history it is. @default nobody's: the person opened a file, and wants all of it
   * @throws {ChatError} `ERR_CLOSED`
   * @throws {StoreError} where they cannot be kept
   */
  readonly take: (topic: string, payloads: readonly Uint8Array[], from?: string) => Promise<readonly Verdict[]>
  readonly rejections: () => Rejections
  /** Takes nothing more; resolves when what came before is dealt with. */
  readonly close: () => Promise<void>
}

/** Milliseconds in which a post that history brings is still news: people who meet look at each other's histories at once. */
const NEWS = 120_000

/** A payload that waits, and who is told what became of it: nobody, where pubsub brought it. Else `message.from` is whose history it is, or '' for a file. */
interface Arrival {
  readonly message: PubsubMessage
  readonly receivedAt: number
  /** Milliseconds after the inbox began, by a clock that nobody sets. */
  readonly elapsed: number
  readonly settle?: { readonly resolve: (verdict: Verdict) => void, readonly reject: (error: unknown) => void }
}

/**
 * One batch after the other: what came while the store was busy goes into its
 * next append, so that single posts are kept at once and a flood costs little.
 * Pubsub's messages wait here in bounded number; history waits for its verdicts.
 */
export function createInbox ({ self, dialects, store, isSubscribed, isBlocked, isKnown = () => false, addNewcomers = () => true, floor, now, onKept, onHeard, onUnkept }: InboxDeps): Inbox {
  const rejections: Record<RejectionReason, number> = {
    'too-large': 0, malformed: 0, 'bad-signature': 0, 'wrong-author': 0, 'wrong-topic': 0, 'not-text': 0, empty: 0, overflow: 0, unkept: 0
  }
  const waiting: Arrival[] = []
  let pending = 0
  let closed = false
  let working: Promise<void> | undefined
  let lastArrival = 0
  const began = monotonicNow()

  /** What a payload holds, or the verdict on it. */
  async function read ({ message: { topic, from, id, data }, receivedAt }: Arrival): Promise<ReadPost | Verdict> {
    if (!isSubscribed(topic)) return 'unwanted'
    const decoded = await dialects[dialectOf(topic)].decode({ topic, from, id, data, receivedAt })
    if (decoded.ok) return decoded.post
    rejections[decoded.reason]++
    return decoded.genuine ? 'unwanted' : 'refused'
  }

  /**
   * Left or blocked meanwhile: keeping the post would bring back what is gone.
   * The store goes by the place, histories by the stamp; what somebody says
   * now is no old post, also where their clock says so.
   */
  function isWanted ({ message: { topic }, settle }: Arrival, { author, at, stamp = at }: ReadPost): boolean {
    return isSubscribed(topic) && !isBlocked(author) && (settle === undefined ? at : Math.min(at, stamp)) >= floor(topic)
  }

  const isStranger = (author: string): boolean => author !== self && !isKnown(author)

  /** Of strangers, history brings no more than there is room for. What a file holds, the person wants. */
  function hasRoom ({ message: { topic, from, data }, settle }: Arrival, { author }: ReadPost): boolean {
    return settle === undefined || from === '' || !isStranger(author) || addNewcomers({ topic, neighbor: from, author, bytes: data.byteLength })
  }

  /** Posts that stand where they came stand in the order in which they came, also within one millisecond. */
  function placed ({ at, stamp }: ReadPost, receivedAt: number): number {
    if (at === stamp || at !== receivedAt) return at
    lastArrival = Math.max(at, lastArrival + 1)
    return lastArrival
  }

  /**
   * What its author sends by pubsub is said now. So is what comes otherwise of
   * the last minutes since we are here: it repairs what a router lost on the
   * way. Anybody may send an old post of somebody else anew.
   */
  function isNews (kept: { readonly arrival: Arrival, readonly post: NewPost } | undefined): boolean {
    if (kept === undefined) return false
    const { arrival: { message, settle, receivedAt, elapsed }, post: { post: { author, time } } } = kept
    const age = receivedAt - time
    return (settle === undefined && message.from === author) || (age <= Math.min(elapsed, NEWS) && age >= -NEWS)
  }

  async function workOff (batch: readonly Arrival[]): Promise<void> {
    const results = await inTurns(batch, read)
    const kept: { readonly arrival: Arrival, readonly post: NewPost }[] = []
    batch.forEach((arrival, index) => {
      const result = results[index] ?? 'refused'
      if (typeof result === 'string') {
        arrival.settle?.resolve(result)
        return
      }
      const { topic, data } = arrival.message
      if (!isWanted(arrival, result)) {
        arrival.settle?.resolve('unwanted')
        return
      }
      if (!hasRoom(arrival, result)) {
        arrival.settle?.resolve('later')
        return
      }
      const { id, author, authorName, time, stamp, text } = result
      kept.push({ arrival, post: { post: { id, topic, author, authorName, time, text, own: author === self }, at: placed(result, arrival.receivedAt), stamp, payload: data, stranger: isStranger(author), insists: arrival.settle !== undefined && arrival.message.from === '' } })
    })
    if (kept.length === 0) return
    try {
      const { posts, unwanted } = await store.append(kept.map(({ post }) => post))
      const isPost = (post: Post | undefined): post is Post => post !== undefined
      onKept(posts.filter(isPost), posts.filter((_, index) => isNews(kept[index])).filter(isPost))
      kept.forEach(({ arrival: { settle, receivedAt }, post: { post: { own, time }, stamp } }, index) => {
        const isNew = posts[index] !== undefined
        settle?.resolve(isNew ? 'kept' : unwanted.includes(index) ? 'unwanted' : 'known')
        if (settle === undefined && isNew && !own && stamp !== undefined) onHeard?.(receivedAt - time)
      })
    } catch (error) {
      rejections.unkept += kept.length
      onUnkept([...new Set(kept.map(({ arrival }) => arrival.message.topic))], error)
      for (const { arrival } of kept) arrival.settle?.reject(error)
    }
  }

  async function work (): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, countOf(waiting))
      await workOff(batch).catch((error: unknown) => {
        for (const { settle } of batch) settle?.reject(error)
        console.error('natter: messages were lost:', error)
      })
      pending -= batch.filter(({ settle }) => settle === undefined).length
    }
    working = undefined
  }

  function enter (arrivals: readonly Arrival[]): void {
    waiting.push(...arrivals)
    working ??= work()
  }

  return {
    receive: (message) => {
      if (closed) return
      if (pending >= MAX_PENDING_MESSAGES) {
        rejections.overflow++
        return
      }
      pending++
      enter([{ message, receivedAt: now(), elapsed: monotonicNow() - began }])
    },

    take: async (topic, payloads, from = '') => {
      if (closed) throw new ChatError('ERR_CLOSED', 'Natter\'s network part ended or started anew meanwhile. What was taken until then stays: do it again for the rest.')
      // Without a signed envelope nobody can prove who wrote it.
      if (dialectOf(topic) !== 'natter') return payloads.map(() => 'refused')
      const [receivedAt, elapsed] = [now(), monotonicNow() - began]
      const verdicts = payloads.map((data) => {
        const { promise, resolve, reject } = Promise.withResolvers<Verdict>()
        return { promise, arrival: { message: { topic, data, from, id: '' }, receivedAt, elapsed, settle: { resolve, reject } } }
      })
      const all = Promise.all(verdicts.map(({ promise }) => promise))
      enter(verdicts.map(({ arrival }) => arrival))
      return all
    },

    rejections: () => ({ ...rejections }),
    close: async () => {
      closed = true
      await working
    }
  }
}

/** How many of those in front go to the store together: whoever asks it for something else waits for them. */
function countOf (waiting: readonly Arrival[]): number {
  let bytes = 0
  const end = waiting.findIndex(({ message }, at) => at === MAX_APPEND || (bytes += message.data.byteLength) > MAX_APPEND_BYTES)
  return end === -1 ? waiting.length : Math.max(1, end)
}
