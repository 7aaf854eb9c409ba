import { MAX_NAMES } from './limits.ts'

/** What people call themselves, as learned from posts they signed. */
export interface KnownNames {
  /** '' where nothing is known. */
  readonly of: (peerId: string) => string
  /** Takes a name from a signed post; answers whether it is news. */
  readonly learn: (peerId: string, name: string) => boolean
}

/** Remembers the names heard of last, at most 2,000: peer ids cost nothing to make. */
export function createKnownNames (limit = MAX_NAMES): KnownNames {
  const names = new Map<string, string>()
  return {
    of: (peerId) => names.get(peerId) ?? '',
    learn: (peerId, name) => {
      if (name === '') return false
      const isNews = names.get(peerId) !== name
      // Maps keep the order of insertion: the one at the front was heard of longest ago.
      names.delete(peerId)
      names.set(peerId, name)
      if (names.size > limit) {
        const [oldest] = names.keys()
        if (oldest !== undefined) names.delete(oldest)
      }
      return isNews
    }
  }
}
