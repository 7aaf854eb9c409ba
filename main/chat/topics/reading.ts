import type { Page, PostPage, SearchPage } from '../../../preload/contract/index.ts'
import type { Store } from '../../store/types.ts'
import { createMentions } from './mentions.ts'
import { searchPosts } from './searching.ts'

/** What can be read of the posts that are kept: it takes no network. */
export interface Reading {
  readonly listPosts: (topic: string, page: Page, limit: number) => Promise<PostPage>
  /** Searches one topic, or all that we are on; newest first, at most 50 from before the place `before`. */
  readonly search: (query: string, where?: { readonly topic?: string | undefined, readonly before?: number | undefined }) => Promise<SearchPage>
}

/**
 * Reads posts from the store, as the window shows them.
 *
 * @param displayName the name that we post under now
 */
export function createReading (store: Pick<Store, 'list' | 'search'>, { isSubscribed, displayName }: {
  readonly isSubscribed: (topic: string) => boolean
  readonly displayName: () => string
}): Reading {
  const mentions = createMentions(displayName)
  return {
    listPosts: async (topic, page, limit) => mentions.markPage(await store.list(topic, page, limit)),
    search: async (query, where = {}) => mentions.markHits(await searchPosts(store, query, { ...where, isSubscribed }))
  }
}
