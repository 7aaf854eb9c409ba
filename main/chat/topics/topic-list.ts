import type { Topic } from '../../../preload/contract/index.ts'
import type { NatterNode } from '../../node/types.ts'
import type { Store } from '../../store/types.ts'
import { MAX_DISCOVERED_TOPICS } from '../limits.ts'
import { dialectOf, isShowable, titleOf } from '../names.ts'
import { Nearby } from './nearby.ts'

/** What {@link createTopicList} stands on. */
export interface TopicListDeps {
  readonly node: Pick<NatterNode, 'people'>
  readonly store: Pick<Store, 'topic'>
  readonly isSubscribed: (topic: string) => boolean
  readonly isBlocked: (peerId: string) => boolean
  /** Topics that we are not on are shown at all. */
  readonly showsNearby: () => boolean
  /** Missed posts of a topic that came so far, while they come in. */
  readonly catchingUp: (topic: string) => number | undefined
  readonly onChange: (topic: Topic) => void
  readonly onRemove: (id: string) => void
}

/** Bytes by which the shown size of a topic moves: finer steps would announce a topic with each post. */
const BYTES_STEP = 100_000

/** What is known of a topic before the store is open. */
const UNREAD_STATE = { unread: 0, notify: 'mentions', keepDays: null, bytes: undefined, maxBytes: null } as const

/** The topics as they are shown: subscribed ones, then those that connected people are on. */
export interface TopicList {
  readonly all: () => readonly Topic[]
  /** Looks at these topics again and announces what is different now. */
  readonly refresh: (ids: Iterable<string>) => void
}

/**
 * How a subscribed topic with nobody on it looks, before there is a node to ask.
 *
 * @param store undefined: it is not open yet
 */
export function plainTopic (id: string, store?: Pick<Store, 'topic'>): Topic {
  const { unread, notify, keepDays, bytes, maxBytes } = store?.topic(id) ?? UNREAD_STATE
  return {
    id, title: titleOf(id), dialect: dialectOf(id), subscribed: true, unread, people: 0, notify, keepDays, maxBytes,
    bytes: bytes === undefined ? null : Math.ceil(bytes / BYTES_STEP) * BYTES_STEP
  }
}

/** Compares each topic with what was last announced, so that only changes travel. */
export function createTopicList ({ node, store, isSubscribed, isBlocked, showsNearby, catchingUp, onChange, onRemove }: TopicListDeps): TopicList {
  const shown = new Map<string, Topic>()
  const nearby = new Nearby()
  let discovered = 0
  /** At most this many people are on the smallest discovered topic; spares the search when all are equal. */
  let fewest = 0

  /** @returns how a topic is shown, if it is, and others that are to be looked at because of it */
  function look (id: string): { readonly topic: Topic | undefined, readonly next: readonly string[] } {
    const there = node.people.onTopic(id).map(({ peerId }) => peerId).filter((peerId) => !isBlocked(peerId))
    const people = there.length + node.people.unnamed(id)
    const subscribed = isSubscribed(id)
    const seen = nearby.see(id, subscribed || !showsNearby() || !isShowable(id) ? [] : there)
    // Posts of a topic that was left may still be there, for the return.
    if (!subscribed) return { topic: seen.shown ? { ...plainTopic(id), subscribed, people } : undefined, next: seen.next }
    const posts = catchingUp(id)
    return { topic: { ...plainTopic(id, store), people, ...(posts === undefined ? {} : { catchingUp: posts }) }, next: seen.next }
  }

  function remove (topic: Topic): void {
    shown.delete(topic.id)
    if (!topic.subscribed) discovered--
    onRemove(topic.id)
  }

  /** Whether there is room for one more discovered topic, if need be in place of a smaller one. */
  function makeRoom (people: number): boolean {
    if (discovered < MAX_DISCOVERED_TOPICS) return true
    if (people <= fewest) return false
    const smallest = [...shown.values()].filter(({ subscribed }) => !subscribed).reduce((a, b) => b.people < a.people ? b : a)
    fewest = smallest.people
    if (people <= fewest) return false
    remove(smallest)
    return true
  }

  function refreshOne (id: string): void {
    const { topic, next } = look(id)
    show(id, topic)
    next.forEach(refreshOne)
  }

  function show (id: string, topic: Topic | undefined): void {
    const before = shown.get(id)
    if (topic === undefined) {
      if (before !== undefined) remove(before)
      return
    }
    if (before !== undefined && isSame(before, topic)) return
    const isNewHere = !topic.subscribed && before?.subscribed !== false
    if (isNewHere && !makeRoom(topic.people)) {
      if (before !== undefined) remove(before)
      return
    }
    discovered += (topic.subscribed ? 0 : 1) - (before?.subscribed === false ? 1 : 0)
    if (!topic.subscribed) fewest = Math.min(fewest, topic.people)
    shown.set(id, topic)
    onChange(topic)
  }

  return {
    all: () => [...shown.values()].sort((a, b) => Number(b.subscribed) - Number(a.subscribed) || (a.subscribed ? 0 : b.people - a.people)),
    refresh: (ids) => { for (const id of ids) refreshOne(id) }
  }
}

function isSame (a: Topic, b: Topic): boolean {
  return a.subscribed === b.subscribed && a.unread === b.unread && a.people === b.people &&
    a.notify === b.notify && a.keepDays === b.keepDays && a.bytes === b.bytes && a.maxBytes === b.maxBytes && a.catchingUp === b.catchingUp
}
