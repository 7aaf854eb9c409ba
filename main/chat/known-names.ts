import { MAX_NAMES } from './limits.ts'

/** What people call themselves, as learned from posts they signed. */
export interface KnownNames {
  /** '' where nothing is known. */
  readonly of: (peerId: string) => string
  /**
   * Takes a name from a signed post; answers whether it is news.
   *
   * @param order the post's place: a post from before the one that the name
   * is known from says nothing new. @default before all others
   */
  readonly learn: (peerId: string, name: string, order?: number) => boolean
}

/** Remembers the names heard of last, at most 2,000: peer ids cost nothing to make. */
export function createKnownNames (limit = MAX_NAMES): KnownNames {
  const names = new Map<string, { readonly name: string, readonly order: number }>()
  return {
    of: (peerId) => names.get(peerId)?.name ?? '',
    learn: (peerId, name, order = 0) => {
      const before = names.get(peerId)
      if (name === '' || (before !== undefined && before.order > order)) return false
      // Maps keep the order of insertion: the one at the front was heard of longest ago.
      names.delete(peerId)
      names.set(peerId, { name, order })
      if (names.size > limit) {
        const [oldest] = names.keys()
        if (oldest !== undefined) names.delete(oldest)
      }
      return before?.name !== name
    }
  }
}
