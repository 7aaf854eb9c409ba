import type { Store } from '../../store/types.ts'

/** Milliseconds from the start to the first look: the start itself has better things to do. */
const FIRST = 60_000
/** Milliseconds between two looks; days are what is set, so an hour is soon enough. */
const REST = 3_600_000
/** Milliseconds between two pieces of work, in which the store serves others. */
const PAUSE = 50

/** What {@link createPruning} stands on. */
export interface PruningDeps {
  readonly store: Pick<Store, 'prune'>
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
  /** Posts are gone. */
  readonly onPruned: () => void
}

/** Deletes posts that are older than their topic keeps them. */
export interface Pruning {
  /** Looks now instead of when it is time. */
  readonly soon: () => void
  /** Ends it; resolves when no piece of work is under way. */
  readonly close: () => Promise<void>
}

/** Works in small pieces: after a minute, then hourly. */
export function createPruning ({ store, now, onPruned }: PruningDeps): Pruning {
  let closed = false
  let timer = later(FIRST)
  let piece: Promise<void> = Promise.resolve()

  function later (delay: number): NodeJS.Timeout {
    return setTimeout(() => { piece = work() }, delay).unref()
  }

  async function work (): Promise<void> {
    // What fails, a full disk among it, is tried again in an hour.
    const { posts: gone } = await store.prune({ now: now() }).catch(() => ({ posts: 0 }))
    if (closed) return
    if (gone > 0) onPruned()
    clearTimeout(timer)
    timer = later(gone > 0 ? PAUSE : REST)
  }

  return {
    soon: () => {
      if (closed) return
      clearTimeout(timer)
      timer = later(0)
    },
    close: async () => {
      closed = true
      clearTimeout(timer)
      await piece
    }
  }
}
