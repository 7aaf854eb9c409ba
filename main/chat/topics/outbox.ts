import type { Post } from '../../../preload/contract/index.ts'
import { monotonicNow } from '../../node/clock.ts'
import { Fading, fits } from '../../node/quotas/fading.ts'
import type { NatterNode } from '../../node/types.ts'
import type { Store, StoredPost } from '../../store/types.ts'

/** Milliseconds before a post that reached nobody, although somebody is there, is tried again; doubles up to the second figure. */
const RETRY = { first: 1_000, most: 30_000 } as const

/**
 * The part of what others take of one author at once that we send in one topic.
 * What was written offline beyond that reaches them by history as soon as they
 * are there, or is sent when there is room again.
 */
const PART = { posts: 0.8, bytes: 0.5 } as const

/** Milliseconds until what found no room is tried again. */
const NO_ROOM = 1_000

/** What {@link createOutbox} stands on. */
export interface OutboxDeps {
  readonly node: Pick<NatterNode, 'pubsub' | 'people' | 'admission'>
  readonly store: Pick<Store, 'queued' | 'setDelivery'>
  readonly isSubscribed: (topic: string) => boolean
  /** A post's delivery moved forward. */
  readonly onDelivery: (post: Post) => void
  /** Posts wait, and nobody but hubs is there to keep them meanwhile. */
  readonly onHubsAlone: (topic: string, hubs: readonly string[]) => void
}

/** Sends what is queued, as soon as a person is there. */
export interface Outbox {
  /** Tries the queued posts of a topic, oldest first. Calls while it runs are one more run after it. */
  readonly flush: (topic: string) => void
  /** Ends retries and waits for what is under way. */
  readonly close: () => Promise<void>
}

/**
 * The queue itself lives in the store; this only works it off. One run at a
 * time a topic keeps posts in the order in which they were written.
 */
export function createOutbox ({ node, store, isSubscribed, onDelivery, onHubsAlone }: OutboxDeps): Outbox {
  const running = new Map<string, Promise<void>>()
  const again = new Set<string>()
  const retries = new Map<string, { readonly timer: NodeJS.Timeout, readonly delay: number }>()
  const sent = new Map<string, Fading>()
  const { author, fade } = node.admission.quota
  const atOnce = { posts: PART.posts * author.posts, bytes: PART.bytes * author.bytes }
  let closed = false

  /** People, known by name or counted by a hub. */
  const isSomebodyThere = (topic: string): boolean => node.people.onTopic(topic).length > 0 || node.people.unnamed(topic) > 0

  /** A hub alone is nobody. While a switch is under way nobody is seen, and publish waits for its end by itself. */
  const isWorthTrying = (topic: string): boolean =>
    !closed && isSubscribed(topic) && (isSomebodyThere(topic) || node.pubsub.state.switchingTo !== undefined)

  async function send (topic: string, { post, payload }: StoredPost): Promise<boolean> {
    const { recipients } = await node.pubsub.publish(topic, payload)
    const people = node.people.reached(topic, recipients)
    if (people === 0) return false
    const moved = await store.setDelivery(post.id, { sent: people })
    if (moved !== undefined) onDelivery(moved)
    return true
  }

  async function run (topic: string): Promise<void> {
    const queued = await store.queued(topic)
    if (queued.length > 0) tellHubs(topic)
    const now = roomFor(topic, queued)
    for (const stored of now) {
      if (!isWorthTrying(topic)) return
      sentOf(topic).add({ posts: 1, bytes: stored.payload.byteLength }, monotonicNow())
      // A node that stops meanwhile rejects; the post stays queued for the next one.
      if (!await send(topic, stored).catch(() => false)) {
        retryLater(topic)
        return
      }
      forgetRetry(topic)
    }
    if (now.length < queued.length && isWorthTrying(topic)) retry(topic, NO_ROOM)
  }

  /** The newest of the queue, as many as others would take now; they leave in the order in which they were written. */
  function roomFor (topic: string, queued: readonly StoredPost[]): readonly StoredPost[] {
    const left = sentOf(topic).left(atOnce, monotonicNow())
    let [posts, bytes] = [0, 0]
    const first = queued.findLastIndex(({ payload }) => !fits({ posts: ++posts, bytes: bytes += payload.byteLength }, left))
    return queued.slice(first + 1)
  }

  function sentOf (topic: string): Fading {
    const fading = sent.get(topic) ?? new Fading(fade)
    sent.set(topic, fading)
    return fading
  }

  function tellHubs (topic: string): void {
    if (closed || !isSubscribed(topic) || isSomebodyThere(topic)) return
    const hubs = node.pubsub.subscribers(topic).filter((peerId) => node.people.isHub(peerId))
    if (hubs.length > 0) onHubsAlone(topic, hubs)
  }

  function retryLater (topic: string): void {
    if (closed || !isSomebodyThere(topic)) return
    const before = retries.get(topic)
    retry(topic, before === undefined ? RETRY.first : Math.min(2 * before.delay, RETRY.most))
  }

  function retry (topic: string, delay: number): void {
    if (closed) return
    clearTimeout(retries.get(topic)?.timer)
    const timer = setTimeout(() => { flush(topic) }, delay)
    timer.unref()
    retries.set(topic, { timer, delay })
  }

  function forgetRetry (topic: string): void {
    clearTimeout(retries.get(topic)?.timer)
    retries.delete(topic)
  }

  function flush (topic: string): void {
    if (closed) return
    if (running.has(topic)) {
      again.add(topic)
      return
    }
    running.set(topic, run(topic).catch((error: unknown) => {
      console.error('natter: the outbox stopped:', error)
    }).finally(() => {
      running.delete(topic)
      if (again.delete(topic)) flush(topic)
    }))
  }

  return {
    flush,
    close: async () => {
      closed = true
      for (const topic of [...retries.keys()]) forgetRetry(topic)
      await Promise.all(running.values())
    }
  }
}
