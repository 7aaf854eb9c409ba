import type { Post, PostPage, SearchPage } from '../../../preload/contract/index.ts'

/** Marks the posts of others that name us, wherever posts leave the chat. */
export interface Mentions {
  readonly mark: (post: Post) => Post
  readonly markPage: (page: PostPage) => PostPage
  readonly markHits: (page: SearchPage) => SearchPage
}

/**
 * Goes by the name that we post under now: what named us before a change of
 * name is no mention any more, and nothing about it is kept.
 *
 * @param name our display name at this moment, or ''
 */
export function createMentions (name: () => string): Mentions {
  const mark = (post: Post): Post => !post.own && namesUs(post.text, name()) ? { ...post, mention: true } : post
  return {
    mark,
    markPage: (page) => ({ ...page, posts: page.posts.map(mark) }),
    markHits: (page) => ({
      ...page,
      hits: page.hits.map(({ post, before, after }) => ({
        post: mark(post), ...(before === undefined ? {} : { before: mark(before) }), ...(after === undefined ? {} : { after: mark(after) })
      }))
    })
  }
}

/**
 * Whether a text holds `@` and the whole of a name, in any case, and no longer
 * word and no address: `@Ada` is in 'hello @ada!', and neither in '@Adam' nor
 * in 'ada@ada.example'.
 */
export function namesUs (text: string, name: string): boolean {
  if (name === '' || !text.includes('@')) return false
  const wanted = fold(`@${name}`)
  const where = fold(text)
  for (let at = where.indexOf(wanted); at !== -1; at = where.indexOf(wanted, at + 1)) {
    const end = at + wanted.length
    if (!BEFORE.test(where.slice(Math.max(0, at - 1), at)) && (UNSPACED.test(wanted) || !AFTER.test(where.slice(end, end + 3)))) return true
  }
  return false
}

/** What an address has before its `@`. */
const BEFORE = /[\p{Script=Latin}\p{N}_.+-]/u
/** A word that goes on, or an address: '@ada.example'. */
const AFTER = /^(?:[\p{L}\p{N}\p{M}_]|[.@-][\p{L}\p{N}])/u
/** Scripts that put no space between words: a name in them ends where it ends. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]\p{M}*$/u

/** More marks on one letter than any language writes. */
const HEAPED = /(\p{M}{8})\p{M}+/gu

/**
 * The same written in another case or in another Unicode form is the same name.
 * Heaps of marks are cut first: normalizing sorts them, which took 22 ms for one post of them (measured).
 */
function fold (text: string): string {
  return text.replace(HEAPED, '$1').normalize('NFKC').toLocaleLowerCase('und').replace(/\s+/gu, ' ')
}
