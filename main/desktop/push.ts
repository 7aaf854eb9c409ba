import type { EventName, Events, Push, PushBatch } from '../../preload/contract/index.ts'

/** Milliseconds between two batches: one frame of a 60 Hz screen. */
const FRAME = 16

/** What main tells the window, gathered into batches. */
export interface Pushes {
  readonly push: <K extends EventName>(event: K, value: Events[K]) => void
  /**
   * Sends what waits, now, and answers the sequence of the last batch. A
   * snapshot built in the same turn includes exactly the batches up to it.
   */
  readonly flush: () => number
}

/** What {@link createPushes} stands on. */
export interface PushesDeps {
  /** Hands a batch to the window; does nothing while there is none. */
  readonly send: (batch: PushBatch) => void
  /** Milliseconds, from anywhere. @default performance.now */
  readonly now?: () => number
}

/**
 * The first push after a quiet frame leaves at once, further ones wait for the
 * frame to end. Of several about one thing only the last travels: each carries
 * the whole thing as it now is.
 */
export function createPushes ({ send, now = () => performance.now() }: PushesDeps): Pushes {
  const waiting = new Map<string, Push>()
  let sequence = 0
  let sentAt = -Infinity
  let timer: NodeJS.Timeout | undefined

  function flush (): number {
    clearTimeout(timer)
    timer = undefined
    if (waiting.size === 0) return sequence
    const pushes = [...waiting.values()]
    waiting.clear()
    sequence++
    sentAt = now()
    send({ sequence, pushes })
    return sequence
  }

  return {
    push: (event, value) => {
      // The two types are tied by the generic, which an object literal loses.
      const push = { event, value } as Push
      const key = keyOf(push)
      // To the end: what came between may be about something that this one follows from.
      waiting.delete(key)
      waiting.set(key, push)
      timer ??= setTimeout(flush, Math.max(0, sentAt + FRAME - now()))
    },
    flush
  }
}

/** What a push is about; two of one key say the same thing, the later one better. */
function keyOf (push: Push): string {
  switch (push.event) {
    case 'topic:change':
    case 'topic:remove':
      return `topic ${push.value.id}`
    case 'post:change':
      return `post ${push.value.id}`
    case 'posts:remove':
      // Each names other posts: none says what an earlier one said.
      return `posts ${push.value.topic} ${push.value.ids[0] ?? ''}`
    case 'people:change':
      return `people ${push.value.topic}`
    case 'network-peer:change':
    case 'network-peer:remove':
      return `network peer ${push.value.peerId}`
    case 'protocol-sample:change':
      return `protocol sample ${push.value.protocol} ${String(push.value.from)}`
    case 'notice:add':
    case 'notice:remove':
      return `notice ${push.value.id}`
    case 'phase:change':
    case 'self:change':
    case 'settings:change':
    case 'relays:change':
    case 'relay-sources:change':
    case 'blocked:change':
    case 'reachability:change':
    case 'protocol:change':
    case 'traffic:pass':
    case 'desktop:change':
    case 'update:change':
    case 'check:change':
    case 'simulation:change':
    case 'errand:open':
      return push.event
  }
}
