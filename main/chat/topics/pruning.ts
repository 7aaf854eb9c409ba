import { afterTime } from '../../node/deadline.ts'
import type { Store, Trimmed } from '../../store/types.ts'

/** Milliseconds from the start to the first look: the start itself has better things to do. */
const FIRST = 60_000
/** Milliseconds between two looks; days are what is set, so an hour is soon enough. */
const REST = 3_600_000
/** Milliseconds between two pieces of work, in which the store serves others. */
const PAUSE = 50

/** What {@link createPruning} stands on. */
export interface PruningDeps {
  readonly store: Pick<Store, 'prune' | 'trim'>
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
  /** Posts are gone, because they were too old or their topic took too much. */
  readonly onPruned: () => void
  /** The same, of those that a window may show: they were recent. */
  readonly onTrimmed: (removed: Trimmed['removed']) => void
}

/** Deletes posts that are older than their topic keeps them, and those for which it has no room. */
export interface Pruning {
  /** Looks now instead of when it is time; resolves when there is nothing left to delete. */
  readonly soon: () => Promise<void>
  /** Ends it; resolves when no piece of work is under way. */
  readonly close: () => Promise<void>
}

/** Works in small pieces: after a minute, then hourly. */
export function createPruning ({ store, now, onPruned, onTrimmed }: PruningDeps): Pruning {
  let closed = false
  let cancel = later(FIRST)
  let piece: Promise<void> = Promise.resolve()
  /** Who waits for the end of it. */
  let waiting: (() => void)[] = []

  function later (delay: number): () => void {
    return afterTime(delay, () => { piece = work() })
  }

  async function work (): Promise<void> {
    // Who asks while a piece is under way waits for the next one: this one knows nothing of what they changed.
    const served = waiting
    waiting = []
    // What fails, a full disk among it, is tried again in an hour.
    const isMore = await look().catch(() => false)
    if (isMore && !closed) waiting = [...served, ...waiting]
    else for (const done of served) done()
    if (closed) return
    cancel()
    cancel = later(isMore ? PAUSE : waiting.length > 0 ? 0 : REST)
  }

  /** One piece; answers whether there is more. */
  async function look (): Promise<boolean> {
    const { posts } = await store.prune({ now: now() })
    const { removed, more } = posts > 0 ? { removed: [], more: true } : await store.trim()
    if (!closed && removed.length > 0) onTrimmed(removed)
    if (!closed && (posts > 0 || more)) onPruned()
    return more
  }

  return {
    soon: async () => {
      if (closed) return
      const { promise, resolve } = Promise.withResolvers<undefined>()
      waiting.push(() => { resolve(undefined) })
      cancel()
      cancel = later(0)
      await promise
    },
    close: async () => {
      closed = true
      cancel()
      await piece
      for (const done of waiting.splice(0)) done()
    }
  }
}
