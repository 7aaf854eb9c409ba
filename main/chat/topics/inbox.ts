import type { Dialect as DialectName, Post } from '../../../preload/contract/index.ts'
import type { PubsubMessage } from '../../node/types.ts'
import type { Store } from '../../store/types.ts'
import type { Dialect, Rejection } from '../dialects/dialect.ts'
import { MAX_PENDING_MESSAGES } from '../limits.ts'
import { dialectOf } from '../names.ts'

/** How many payloads were not taken, and why. `overflow`: too many waited. */
export type Rejections = Readonly<Record<Rejection | 'overflow', number>>

/** What {@link createInbox} stands on. */
export interface InboxDeps {
  readonly self: string
  readonly dialects: Readonly<Record<DialectName, Dialect>>
  readonly store: Store
  readonly isSubscribed: (topic: string) => boolean
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
  /** A post that was not there before is kept now. */
  readonly onPost: (post: Post) => Promise<void>
}

/** Takes what pubsub hands over: decode, store, announce. */
export interface Inbox {
  readonly receive: (message: PubsubMessage) => void
  readonly rejections: () => Rejections
  /** Takes nothing more; resolves when what came before is dealt with. */
  readonly close: () => Promise<void>
}

/**
 * One message after the other: they come in the order in which they are shown,
 * and a flood waits here, bounded, instead of in memory without end.
 */
export function createInbox ({ self, dialects, store, isSubscribed, now, onPost }: InboxDeps): Inbox {
  const rejections: Record<Rejection | 'overflow', number> = {
    'too-large': 0, malformed: 0, 'bad-signature': 0, 'wrong-author': 0, 'wrong-topic': 0, 'not-text': 0, empty: 0, overflow: 0
  }
  let pending = 0
  let closed = false
  let last: Promise<void> = Promise.resolve()

  async function take ({ topic, from, id, data }: PubsubMessage, receivedAt: number): Promise<void> {
    if (!isSubscribed(topic)) return
    const decoded = await dialects[dialectOf(topic)].decode({ topic, from, id, data, receivedAt })
    if (!decoded.ok) {
      rejections[decoded.reason]++
      return
    }
    const post: Post = { ...decoded.post, topic, own: decoded.post.author === self }
    // Left meanwhile: keeping the post would bring the topic back.
    if (isSubscribed(topic) && await store.append({ post, payload: data })) await onPost(post)
  }

  return {
    receive: (message) => {
      if (closed) return
      if (pending >= MAX_PENDING_MESSAGES) {
        rejections.overflow++
        return
      }
      pending++
      const receivedAt = now()
      last = last.then(() => take(message, receivedAt)).catch((error: unknown) => {
        console.error('natter: a message was lost:', error)
      }).finally(() => { pending-- })
    },
    rejections: () => ({ ...rejections }),
    close: async () => {
      closed = true
      await last
    }
  }
}
