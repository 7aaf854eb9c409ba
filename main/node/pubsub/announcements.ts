import type { PeerId } from '@libp2p/interface'
import { MAX_ANNOUNCED } from '../limits.ts'
import { Quota } from '../quota.ts'

/** The part of Gossipsub's router that its package types do not show and that is steered here (17.1.1). */
interface Announcer {
  handleReceivedRpc: (from: PeerId, rpc: { readonly subscriptions?: readonly unknown[] }) => Promise<void>
  sendSubscriptions: (to: string, topics: string[], subscribe: boolean) => void
  readonly subscriptions: ReadonlySet<string>
  readonly topics: ReadonlyMap<string, ReadonlySet<string>>
  readonly streamsOutbound: ReadonlyMap<string, object>
  addEventListener: (type: 'subscription-change', listener: (event: CustomEvent<Announced>) => void) => void
}
interface Announced { readonly peerId: PeerId, readonly subscriptions: readonly { readonly topic: string, readonly subscribe: boolean }[] }

/** Bounds what neighbours of a hub announce to it, and what it announces to them. */
export function tameAnnouncements (router: unknown, onFlood: (peer: string) => void): void {
  const announcer = router as Announcer
  boundAnnouncements(announcer, onFlood)
  announceToMembers(announcer)
  bundleAnnouncements(announcer)
}

function boundAnnouncements (announcer: Announcer, onFlood: (peer: string) => void): void {
  const handle = announcer.handleReceivedRpc.bind(announcer)
  const { atOnce, perSecond } = MAX_ANNOUNCED
  const quota = new Quota({ perWindow: atOnce, window: atOnce / perSecond * 1_000 })
  announcer.handleReceivedRpc = async (from, rpc) => {
    if (quota.take(from.toString(), rpc.subscriptions?.length ?? 0)) {
      await handle(from, rpc)
    } else {
      onFlood(from.toString())
    }
  }
}

/**
 * Trap: a router tells all its neighbours of each topic that it is on. From a
 * hub everybody would so learn what topics there are, and whoever comes with a
 * new one costs it a message to each of 1,000 others: 70 to 200 ms (measured).
 * It names a topic to those alone who named it first.
 */
function announceToMembers (announcer: Announcer): void {
  const { topics, subscriptions, streamsOutbound } = announcer
  const send = announcer.sendSubscriptions.bind(announcer)
  // By the stream: on another one everything is told anew.
  const told = new WeakMap<object, Set<string>>()
  announcer.sendSubscriptions = (to, all, subscribe) => {
    const stream = streamsOutbound.get(to)
    if (stream === undefined) return
    const known = told.get(stream) ?? new Set()
    told.set(stream, known)
    const news = subscribe ? all.filter((topic) => !known.has(topic) && topics.get(topic)?.has(to) === true) : all.filter((topic) => known.delete(topic))
    if (subscribe) news.forEach((topic) => known.add(topic))
    if (news.length > 0) send(to, news, subscribe)
  }
  announcer.addEventListener('subscription-change', ({ detail }) => {
    const shared = detail.subscriptions.filter(({ topic, subscribe }) => subscribe && subscriptions.has(topic)).map(({ topic }) => topic)
    if (shared.length > 0) announcer.sendSubscriptions(detail.peerId.toString(), shared, true)
  })
}

/**
 * Trap: a router tells of each topic by itself. One client that came with 200
 * topics made a hub send 200 messages to each of the others on them.
 */
function bundleAnnouncements (announcer: Announcer): void {
  const send = announcer.sendSubscriptions.bind(announcer)
  const waiting = new Map<string, { topics: string[], subscribe: boolean }>()
  const flush = (to: string): void => {
    const bundle = waiting.get(to)
    waiting.delete(to)
    if (bundle !== undefined) send(to, bundle.topics, bundle.subscribe)
  }
  announcer.sendSubscriptions = (to, topics, subscribe) => {
    // A topic that is left and joined again is told in that order.
    if (waiting.get(to)?.subscribe === !subscribe) flush(to)
    const bundle = waiting.get(to)
    if (bundle === undefined) {
      waiting.set(to, { topics: [...topics], subscribe })
      queueMicrotask(() => { flush(to) })
    } else {
      bundle.topics.push(...topics)
    }
  }
}
