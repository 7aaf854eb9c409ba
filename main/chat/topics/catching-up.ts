import type { Post } from '../../../preload/contract/index.ts'
import type { NatterNode } from '../../node/types.ts'
import { createHistory } from '../history/create-history.ts'
import type { HistoryDeps, HistoryStore } from '../history/types.ts'
import { DAY } from '../limits.ts'
import { dialectOf } from '../names.ts'

/** What {@link createCatchingUp} stands on. */
export interface CatchingUpDeps {
  readonly node: Pick<NatterNode, 'peerId' | 'channels' | 'pubsub' | 'people'>
  readonly store: HistoryStore
  readonly subscriptions: () => Iterable<string>
  readonly isSubscribed: (topic: string) => boolean
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
  readonly take: HistoryDeps['take']
  /** See {@link HistoryDeps.allowance}. */
  readonly allowance: NonNullable<HistoryDeps['allowance']>
  /** See {@link HistoryDeps.written}. */
  readonly written: (topic: string) => number
  readonly onHeld: (posts: readonly Post[]) => void
  /** How many missed posts of a topic came so far is another number now. */
  readonly onProgress: (topic: string) => void
}

/** Gets what we missed, and gives what others did. */
export interface CatchingUp {
  /** Something may differ from what these peers have; topics without signed envelopes are left out. */
  readonly look: (topics: Iterable<string>, peerIds?: readonly string[]) => void
  /** The same, where posts that we did not want before are wanted now. */
  readonly lookAgain: (topics: Iterable<string>) => void
  /** Peers came to these topics, or left them: those who came may have what we missed. */
  readonly lookAtArrivals: (topics: readonly string[]) => void
  /** Missed posts of a topic that came so far; undefined: none are coming. */
  readonly progress: (topic: string) => number | undefined
  readonly close: () => Promise<void>
}

/** The oldest stamp that is kept of a topic; 0: all are. What is older is not asked for again. */
export function floorOf (store: Pick<HistoryStore, 'topic'>, topic: string, now: number): number {
  const { keepDays, floor } = store.topic(topic)
  return keepDays === null ? floor : Math.max(floor, now - keepDays * DAY)
}

/** Puts history over a desktop's node: with whom we share what is what pubsub shows. */
export async function createCatchingUp ({ node, store, subscriptions, isSubscribed, now, take, allowance, written, onHeld, onProgress }: CatchingUpDeps): Promise<CatchingUp> {
  const coming = new Map<string, number>()
  const seen = new Map<string, ReadonlySet<string>>()
  const isOurs = (topic: string): boolean => isSubscribed(topic) && dialectOf(topic) === 'natter'
  const history = await createHistory({
    self: node.peerId,
    channels: node.channels,
    store,
    isOurs,
    sharedWith: (peerId) => [...subscriptions()].filter((topic) => isOurs(topic) && node.pubsub.subscribers(topic).includes(peerId)),
    isHub: (peerId) => node.people.isHub(peerId),
    floor: (topic) => floorOf(store, topic, now()),
    take,
    allowance,
    written,
    onHeld,
    onProgress: (topic, posts) => {
      if (posts === undefined) coming.delete(topic)
      else coming.set(topic, posts)
      onProgress(topic)
    }
  })

  function look (topics: Iterable<string>, peerIds?: readonly string[]): void {
    const ours = [...topics].filter(isOurs)
    if (ours.length > 0) history.look(ours, peerIds)
  }

  return {
    look,
    lookAgain: (topics) => {
      history.wantAgain()
      look(topics)
    },
    lookAtArrivals: (topics) => {
      for (const topic of topics) {
        if (!isOurs(topic)) continue
        const now = new Set(node.pubsub.subscribers(topic))
        const arrived = [...now].filter((peerId) => seen.get(topic)?.has(peerId) !== true)
        seen.set(topic, now)
        if (arrived.length > 0) look([topic], arrived)
      }
    },
    progress: (topic) => coming.get(topic),
    close: async () => history.close()
  }
}
