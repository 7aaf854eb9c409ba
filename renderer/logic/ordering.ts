import type { Post } from '../../preload/contract/index.ts'

/** Ascending by `order`, which no two posts share. */
export function comparePlaces (a: Pick<Post, 'order'>, b: Pick<Post, 'order'>): number {
  return a.order - b.order
}

/** A post as pushed: it replaces the one with its id, or takes its place among the others. */
export function upsert (posts: readonly Post[], post: Post): readonly Post[] {
  const at = posts.findLastIndex((other) => other.id === post.id)
  if (at >= 0 && posts[at]?.order === post.order) return posts.with(at, post)
  const others = at < 0 ? posts : posts.toSpliced(at, 1)
  const before = others.findLastIndex((other) => other.order < post.order)
  return others.toSpliced(before + 1, 0, post)
}

/**
 * A page as answered, beside posts that are here already. Those win: they came
 * by a push, which may be newer than the answer.
 */
export function mergePage (posts: readonly Post[], page: readonly Post[]): readonly Post[] {
  const known = new Set(posts.map((post) => post.id))
  const fresh = page.filter((post) => !known.has(post.id))
  return fresh.length === 0 ? posts : [...fresh, ...posts].sort(comparePlaces)
}
