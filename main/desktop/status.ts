import { EventEmitter } from 'node:events'
import { isDeepStrictEqual } from 'node:util'
import { standingOf, type Person, type Phase, type PushBatch, type Reachability, type Relay, type Standing, type Topic } from '../../preload/contract/index.ts'

/** What {@link Status} announces. */
export interface StatusEvents {
  /** Anything of it. */
  'change': []
  'topic:change': [Topic]
  'topic:remove': [string]
  'phase:change': [Phase]
}

/** How Natter stands, for what draws it outside of the window: tray, titles, notifications. */
export interface Status extends EventEmitter<StatusEvents> {
  readonly phase: () => Phase
  /** How we stand with others. */
  readonly standing: () => Standing
  /** Topics that we are on, in the order in which the window first heard of them. */
  readonly topics: () => readonly Topic[]
  readonly topic: (id: string) => Topic | undefined
  /** Unread posts of topics that are not muted. */
  readonly unread: () => number
  /** Takes what the window is told; sent or not, each batch comes by here. */
  readonly take: (batch: PushBatch) => void
}

/**
 * Learns from what the window is told, so that both say the same and nobody
 * asks twice; batches come at most once a frame.
 */
export function createStatus (): Status {
  const events = new EventEmitter<StatusEvents>()
  const topics = new Map<string, Topic>()
  let phase: Phase = { kind: 'starting' }
  let reachability: Reachability = { state: 'unknown', through: [], evidence: [] }
  let relays: readonly Relay[] = []
  let safeMode = false
  /** Everybody on each topic that we are on. */
  const people = new Map<string, readonly Person[]>()
  let standing = judge()

  function judge (): Standing {
    return standingOf({ phase, safeMode, reachability, relays, people: [...people.values()].flat() })
  }

  /** Round-trip times change all the time: only what is said of them counts. */
  function hasNewStanding (): boolean {
    const before = standing
    standing = judge()
    return !isDeepStrictEqual(before, standing)
  }

  function takeOne (push: PushBatch['pushes'][number]): boolean {
    switch (push.event) {
      case 'phase:change':
        phase = push.value
        events.emit('phase:change', phase)
        return true
      case 'reachability:change':
        reachability = push.value
        return false
      case 'relays:change':
        relays = push.value
        return false
      case 'people:change':
        people.set(push.value.topic, push.value.people)
        return false
      case 'desktop:change':
        safeMode = push.value.safeMode
        return false
      case 'topic:change':
        if (!push.value.subscribed) return remove(push.value.id)
        topics.set(push.value.id, push.value)
        events.emit('topic:change', push.value)
        return true
      case 'topic:remove':
        return remove(push.value.id)
      case 'settings:change':
        return true
      default:
        return false
    }
  }

  function remove (id: string): boolean {
    people.delete(id)
    if (!topics.delete(id)) return false
    events.emit('topic:remove', id)
    return true
  }

  return Object.assign(events, {
    phase: () => phase,
    standing: () => standing,
    topics: () => [...topics.values()],
    topic: (id: string) => topics.get(id),
    unread: () => {
      let sum = 0
      for (const { notify, unread } of topics.values()) sum += notify === 'nothing' ? 0 : unread
      return sum
    },
    take: ({ pushes }: PushBatch) => {
      // All are read, and one change is said.
      const changes = [...pushes.map(takeOne), hasNewStanding()]
      if (changes.includes(true)) events.emit('change')
    }
  })
}
