import type { Post } from '../../../preload/contract/index.ts'

/** Characters of a text that a notification shows; desktops draw two to four lines of it. */
const MAX_TEXT = 200
/** Characters of a name or a title. */
const MAX_NAME = 40

/**
 * Controls, marks that turn the writing direction round, and other characters
 * that draw nothing. The two joiners stay: words of Persian and Hindi, and
 * pictures of families, are written with them.
 */
const UNSEEN = /(?![\u200C\u200D])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu
/** More marks on one letter than any language writes; a heap of them draws over what stands above. */
const HEAPED = /(\p{M}{4})\p{M}+/gu

/** Text of a peer on one line, without what deceives the eye, cut to so many characters (code points). */
export function plainLine (text: string, max = MAX_TEXT): string {
  // What a peer sends may be far longer than anything that could be left of it.
  const line = text.slice(0, 16 * max).toWellFormed().replace(/\s+/gu, ' ').replace(UNSEEN, '').replace(HEAPED, '$1').trim()
  const characters = [...line]
  return characters.length <= max ? line : `${characters.slice(0, max - 1).join('').trimEnd()}…`
}

/**
 * Text for a notification server that draws markup: `<`, `>` and `&` as the
 * specification (Desktop Notifications 1.2, 'Markup') asks. Neither Electron
 * nor libnotify does it.
 */
export function escapeMarkup (text: string): string {
  return text.replace(/&/gu, '&amp;').replace(/</gu, '&lt;').replace(/>/gu, '&gt;')
}

/** What to call an author. */
export function authorWords ({ author, authorName }: Pick<Post, 'author' | 'authorName'>): string {
  const name = plainLine(authorName, MAX_NAME)
  return name === '' ? `${author.slice(0, 4)}…${author.slice(-4)}` : name
}

/** A topic's title, or another title, as a notification shows it. */
export function titleWords (title: string): string {
  return plainLine(title, MAX_NAME)
}

/** What a group of new posts in one topic says. */
export interface GroupWords {
  /** The newest post. */
  readonly post: Post
  readonly posts: number
  /** Names of the authors, the newest last. */
  readonly authors: readonly string[]
  /** Each of them names us. */
  readonly mentions: boolean
}

/** One post in full; of several, who wrote and how many: 'Ada and 2 others: 5 new posts'. */
export function groupWords ({ post, posts, authors, mentions }: GroupWords): string {
  if (posts === 1) return `${authorWords(post)}: ${plainLine(post.text)}`
  const [newest = '', second = ''] = authors.toReversed()
  const others = authors.length - 1
  const who = others === 0 ? newest : others === 1 ? `${newest} and ${second}` : `${newest} and ${others.toLocaleString('en-US')} others`
  return `${who}: ${posts.toLocaleString('en-US')} ${mentions ? 'posts that name you' : 'new posts'}`
}

/** What stands for the posts of more topics than are named one by one. */
export function summaryWords (topics: readonly { readonly title: string, readonly posts: number }[]): string {
  const [first, second] = topics.toSorted((a, b) => b.posts - a.posts).map(({ title }) => titleWords(title))
  return `New posts in ${topics.length.toLocaleString('en-US')} topics, most of them in ${first ?? ''} and ${second ?? ''}`
}
