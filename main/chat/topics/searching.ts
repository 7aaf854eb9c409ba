import type { SearchHit, SearchPage } from '../../../preload/contract/index.ts'
import type { Store } from '../../store/types.ts'
import { MAX_HITS } from '../limits.ts'

/** Questions to the store behind one search: posts of topics that were left may fill whole answers. */
const MAX_ROUNDS = 8

/**
 * Searches one topic or all that we are on. Topics that were left may still
 * have posts; they show again when the person is back.
 */
export async function searchPosts (store: Pick<Store, 'search'>, query: string, { topic, before, isSubscribed }: {
  readonly topic?: string | undefined
  readonly before?: number | undefined
  readonly isSubscribed: (topic: string) => boolean
}): Promise<SearchPage> {
  const hits: SearchHit[] = []
  let from = before
  for (let round = 1; ; round++) {
    const found = await store.search(query, { topic, before: from, limit: MAX_HITS })
    const mine = found.hits.filter(({ post }) => isSubscribed(post.topic))
    const room = MAX_HITS - hits.length
    hits.push(...mine.slice(0, room))
    from = found.hits.at(-1)?.post.order
    const enough = hits.length === MAX_HITS || !found.more || from === undefined || round === MAX_ROUNDS
    if (enough) return { hits, more: mine.length > room || (found.more && hits.length > 0), words: found.words }
  }
}
