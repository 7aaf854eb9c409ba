import type { Store } from '../store/types.ts'
import { DAY } from './limits.ts'

/** Authors that are remembered as known, and as new: those heard last. */
const MAX_AUTHORS = 5_000

/**
 * Who is no stranger. Peer ids are free, and so is a name; what cannot be had
 * at once is time. An author is known a day after we first had something of
 * theirs, or at once where the person joined by their invite.
 */
export interface KnownAuthors {
  readonly isKnown: (author: string) => boolean
  /** A post of theirs is stored. */
  readonly heard: (author: string) => void
  /** The person knows them. @throws {StoreError} where that cannot be saved */
  readonly welcome: (author: string) => Promise<void>
}

/**
 * Begins with what the store knows, which comes a moment later: until then all are new.
 *
 * @param now milliseconds since the Unix epoch: how long we know somebody is counted over restarts
 */
export function createKnownAuthors (store: Pick<Store, 'peers' | 'knowPeer'>, now: () => number): KnownAuthors {
  const known = new Set<string>()
  /** Since when, in milliseconds since the Unix epoch. */
  const fresh = new Map<string, number>()

  function know (author: string): void {
    fresh.delete(author)
    known.delete(author)
    known.add(author)
    const [first] = known
    if (known.size > MAX_AUTHORS && first !== undefined) known.delete(first)
  }

  function meet (author: string, since: number): void {
    fresh.set(author, since)
    const [first] = fresh.keys()
    if (fresh.size > MAX_AUTHORS && first !== undefined) fresh.delete(first)
  }

  const isOld = (since: number | undefined): boolean => since !== undefined && since <= now() - DAY

  store.peers(MAX_AUTHORS).then(({ ids, since }) => {
    // The one heard last comes last: it is the last to be forgotten.
    for (const [at, id] of [...ids.entries()].reverse()) {
      if (isOld(since[at])) know(id)
      else if (!known.has(id)) meet(id, since[at] ?? now())
    }
  }, () => {
    // A store that cannot be read says so elsewhere; all are new to this run.
  })

  return {
    isKnown: (author) => {
      if (known.has(author)) return true
      if (!isOld(fresh.get(author))) return false
      know(author)
      return true
    },
    heard: (author) => {
      if (known.has(author)) know(author)
      else if (!fresh.has(author)) meet(author, now())
    },
    welcome: async (author) => {
      know(author)
      await store.knowPeer(author)
    }
  }
}
