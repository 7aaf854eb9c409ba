import type { Post, PostPage } from '../../preload/contract/index.ts'
import { mergePage, upsert } from './ordering.ts'

/** Posts that a topic keeps in the window; those further from what is read can be read again. */
export const MOST = 800

/** Posts of a topic that stand together without a hole, oldest first. */
export interface Stretch {
  readonly posts: readonly Post[]
  /** There are posts before the first of these. */
  readonly older: boolean
  /** There are posts after the last of these. */
  readonly newer: boolean
}

/** Nothing is known, and nothing is missed. */
export const EMPTY: Stretch = { posts: [], older: false, newer: false }

/** Where a post belongs, seen from a stretch. */
export function sideOf (stretch: Stretch, post: Pick<Post, 'order'>): 'before' | 'within' | 'after' {
  const first = stretch.posts[0]
  const last = stretch.posts.at(-1)
  if (first === undefined || last === undefined) return stretch.newer ? 'after' : stretch.older ? 'before' : 'within'
  return post.order < first.order ? 'before' : post.order > last.order ? 'after' : 'within'
}

/** Takes a pushed post where that leaves no hole; else answers the same stretch: the post comes with its page. */
export function take (stretch: Stretch, post: Post): Stretch {
  const side = sideOf(stretch, post)
  const away = (side === 'before' && stretch.older) || (side === 'after' && stretch.newer)
  if (!away) return { ...stretch, posts: upsert(stretch.posts, post) }
  return stretch.posts.some((other) => other.id === post.id) ? drop(stretch, [post.id]) : stretch
}

/** The page before the first post. */
export function prepend (stretch: Stretch, page: PostPage): Stretch {
  return { ...stretch, posts: mergePage(stretch.posts, page.posts), older: page.older }
}

/** The page after the last post. */
export function append (stretch: Stretch, page: PostPage): Stretch {
  return { ...stretch, posts: mergePage(stretch.posts, page.posts), newer: page.newer }
}

/** Forgets the newest posts beyond {@link MOST}. */
export function trimEnd (stretch: Stretch): Stretch {
  return stretch.posts.length <= MOST ? stretch : { ...stretch, posts: stretch.posts.slice(0, MOST), newer: true }
}

/** Forgets the oldest posts beyond `most`. */
export function trimStart (stretch: Stretch, most = MOST): Stretch {
  return stretch.posts.length <= most ? stretch : { ...stretch, posts: stretch.posts.slice(-most), older: true }
}

/** Takes posts away. */
export function drop (stretch: Stretch, ids: readonly string[]): Stretch {
  const gone = new Set(ids)
  return { ...stretch, posts: stretch.posts.filter((post) => !gone.has(post.id)) }
}
