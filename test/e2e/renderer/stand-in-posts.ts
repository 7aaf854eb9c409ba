import type { Page, Post, PostPage, SearchPage, Topic } from '../../../preload/contract/index.ts'

/** A topic whose posts are made as they are asked for. */
export interface Endless {
  /** How many posts it has. */
  readonly length: number
  readonly author: string
  readonly authorName: string
  /** The time of the newest one; each is 20 s after the one before. */
  readonly until: number
  /** How many of the newest were not read. */
  readonly unread?: number
}

/** Where the stand-in keeps its posts. */
export interface PostScript {
  readonly posts?: Readonly<Record<string, readonly Post[]>>
  readonly endless?: Readonly<Record<string, Endless>>
}

/** What answers calls about posts: `window.standInPosts`. */
export interface StandInPosts {
  readonly page: (topic: Topic | undefined, id: string, page: Page, limit: number) => PostPage
  readonly search: (query: string, topic: string | undefined, before: number | undefined) => SearchPage
  readonly put: (post: Post) => void
  readonly remove: (author: string) => readonly { readonly topic: string, readonly ids: readonly string[] }[]
}

declare global {
  interface Window { standInPosts?: StandInPosts }
}

/** Runs in the page, before the bridge: it can use nothing from outside its own body. */
export function standInPosts (script: PostScript): void {
  const BASE = Date.UTC(2026, 0, 1)
  const posts = new Map<string, Post[]>(Object.entries(script.posts ?? {}).map(([topic, list]) => [topic, [...list]]))
  const endless = script.endless ?? {}

  /** A topic's posts as an array would have them. */
  const listOf = (topic: string): { readonly length: number, readonly at: (i: number) => Post, readonly indexOf: (order: number) => number } => {
    const kept = posts.get(topic) ?? []
    const made = endless[topic]
    const length = made?.length ?? 0
    const at = (i: number): Post => {
      if (made === undefined || i >= length) return kept[i - length] as Post
      const time = made.until - (length - i) * 20_000
      // Some of three lines, some of a word: rows of all heights.
      const text = `post number ${String(i)}${i % 7 === 3 ? '\nand a second line\nand a third' : i % 11 === 5 ? ` ${'that goes on and on '.repeat(20)}` : ''}`
      return { id: `made-${String(i)}`, topic, author: made.author, authorName: made.authorName, time, order: (time - BASE) * 4096 + i % 4096, text, own: false }
    }
    const indexOf = (order: number): number => {
      let low = 0
      let high = length + kept.length
      while (low < high) {
        const middle = (low + high) >> 1
        if (at(middle).order < order) low = middle + 1
        else high = middle
      }
      return low
    }
    return { length: length + kept.length, at, indexOf }
  }

  const page: StandInPosts['page'] = (topic, id, wanted, limit) => {
    const list = listOf(id)
    const unread = topic?.unread ?? 0
    let firstUnread = list.length
    for (let left = unread, i = list.length - 1; left > 0 && i >= 0; i--) {
      if (list.at(i).own) continue
      firstUnread = i
      left--
    }
    const around = (i: number): readonly [number, number] => {
      const from = Math.max(0, Math.min(i - Math.floor(limit / 2), list.length - limit))
      return [from, Math.min(list.length, from + limit)]
    }
    const [from, to] = wanted.kind === 'newest' || (wanted.kind === 'unread' && firstUnread === list.length)
      ? [Math.max(0, list.length - limit), list.length]
      : wanted.kind === 'unread'
        ? around(firstUnread)
        : wanted.kind === 'before'
          ? [Math.max(0, list.indexOf(wanted.order) - limit), list.indexOf(wanted.order)]
          : wanted.kind === 'after'
            ? [list.indexOf(wanted.order + 1), Math.min(list.length, list.indexOf(wanted.order + 1) + limit)]
            : around(list.indexOf(wanted.order))
    return {
      posts: Array.from({ length: to - from }, (_, i) => list.at(from + i)), older: from > 0, newer: to < list.length,
      ...(firstUnread < list.length ? { firstUnread: list.at(firstUnread).order } : {})
    }
  }

  const search: StandInPosts['search'] = (query, topic, before) => {
    const words = query.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().split(/\s+/u).filter(Boolean)
    const folded = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
    const hits = [...posts].filter(([id]) => topic === undefined || id === topic).flatMap(([, list]) => list.flatMap((post, i) =>
      words.every((word) => folded(post.text).includes(word))
        ? [{ post, ...(list[i - 1] === undefined ? {} : { before: list[i - 1] as Post }), ...(list[i + 1] === undefined ? {} : { after: list[i + 1] as Post }) }]
        : []))
    const older = hits.filter(({ post }) => before === undefined || post.order < before).sort((a, b) => b.post.order - a.post.order)
    return { hits: older.slice(0, 50), more: older.length > 50, words }
  }

  window.standInPosts = {
    page,
    search,
    put: (post) => { posts.set(post.topic, [...posts.get(post.topic) ?? [], post].sort((a, b) => a.order - b.order)) },
    remove: (author) => [...posts].flatMap(([topic, list]) => {
      const gone = list.filter((post) => post.author === author)
      posts.set(topic, list.filter((post) => post.author !== author))
      return gone.length === 0 ? [] : [{ topic, ids: gone.map((post) => post.id) }]
    })
  }
}
