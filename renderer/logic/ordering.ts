import type { Post } from '../../preload/contract/index.ts'

/** Where a post stands. */
export interface Place { readonly order: number, readonly id: string }

/** Ascending by order, ties by id: the order that the main process uses. */
export function comparePlaces (a: Place, b: Place): number {
  if (a.order !== b.order) return a.order - b.order
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

/** A post as pushed: it replaces the one with its id, or takes its place among the others. */
export function upsert (posts: readonly Post[], post: Post): readonly Post[] {
  const at = posts.findLastIndex((other) => other.id === post.id)
  if (at >= 0 && posts[at]?.order === post.order) return posts.with(at, post)
  const others = at < 0 ? posts : posts.toSpliced(at, 1)
  const before = others.findLastIndex((other) => comparePlaces(other, post) < 0)
  return others.toSpliced(before + 1, 0, post)
}

/**
 * A page as answered. Posts that are here already win: they came by a push,
 * which may be newer than the answer.
 */
export function mergePage (posts: readonly Post[], page: readonly Post[]): readonly Post[] {
  const known = new Set(posts.map((post) => post.id))
  const fresh = page.filter((post) => !known.has(post.id))
  return fresh.length === 0 ? posts : [...fresh, ...posts].sort(comparePlaces)
}
