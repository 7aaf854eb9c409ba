import type { Dialect as DialectName, Post } from '../../../preload/contract/index.ts'
import { isBlank } from '../../../text/unseen.ts'
import type { Store } from '../../store/types.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { ChatError } from '../errors.ts'
import { MAX_POST_BYTES } from '../limits.ts'
import { dialectOf } from '../names.ts'
import { nextOrder } from './placing.ts'

/** What {@link createPosting} stands on. */
export interface PostingDeps {
  readonly dialects: Readonly<Record<DialectName, Dialect>>
  readonly store: Pick<Store, 'append' | 'topic'>
  /** @throws {ChatError} `ERR_NOT_SUBSCRIBED` */
  readonly requireSubscription: (topic: string) => void
  /** What posts are signed with at this moment. */
  readonly displayName: () => string
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
}

/**
 * Signs and keeps own texts; what it answers is on the disk, and queued.
 *
 * @throws {ChatError} `ERR_EMPTY`, `ERR_TOO_LONG`, `ERR_NOT_SUBSCRIBED`
 * @throws {StoreError} where it cannot be kept: nothing was posted
 */
export type WritePost = (topic: string, written: string, clientId?: string) => Promise<Post>

/** Milliseconds by which a clock that shows less than before was set back, not read twice in a hurry. */
const SET_BACK = 60_000

/** Own posts stand in the order in which they were written, and after all that their author had: see `placing.ts`. */
export function createPosting ({ dialects, store, requireSubscription, displayName, now }: PostingDeps): WritePost {
  const written = new Map<string, number>()
  let lastTime = 0

  /** Rises even within one millisecond; a clock that was wrong and is set back is followed. */
  function nextTime (): number {
    const time = now()
    lastTime = time < lastTime - SET_BACK ? time : Math.max(time, lastTime + 1)
    return lastTime
  }

  /** The greatest stamp of a topic, with those of posts that are on their way into the store. */
  function newestOf (topic: string): number {
    return Math.max(store.topic(topic).newestStamp, written.get(topic) ?? 0)
  }

  return async (topic, typed, clientId) => {
    const text = typed.toWellFormed()
    checkText(text)
    requireSubscription(topic)
    const time = nextTime()
    const newest = newestOf(topic)
    written.set(topic, nextOrder(time, newest))
    const { payload, post: { at, stamp, ...read } } = await dialects[dialectOf(topic)].encode({ topic, authorName: displayName(), text, time, newest })
    // Leaving may have overtaken the signature.
    requireSubscription(topic)
    const post = { ...read, topic, own: true, delivery: { kind: 'queued' } as const, ...(clientId === undefined ? {} : { clientId }) }
    const [kept] = (await store.append([{ post, at, stamp, payload }])).posts
    if (kept === undefined) throw new ChatError('ERR_NOT_KEPT', 'This topic keeps no posts as old as the clock of this computer says it is: set the clock right, then post again.')
    return kept
  }
}

function checkText (text: string): void {
  if (text.trim() === '') throw new ChatError('ERR_EMPTY', 'There is nothing to post yet: type something first.')
  if (isBlank(text)) throw new ChatError('ERR_EMPTY', 'These characters are invisible: others would see an empty row. Type something that can be seen.')
  const bytes = Buffer.byteLength(text)
  if (bytes > MAX_POST_BYTES) {
    throw new ChatError('ERR_TOO_LONG', `This text is ${bytes.toLocaleString('en-US')} bytes long; a post may have ${MAX_POST_BYTES.toLocaleString('en-US')} (16 KiB). Shorten it, or post it in parts.`)
  }
}
