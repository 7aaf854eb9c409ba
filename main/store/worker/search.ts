import type { Database } from './driver.ts'
import { createWordFile, WORD_TABLES } from './search-words.ts'
import { fold, readQuery, tokensOf } from './words.ts'

/**
 * The index: row ids are the posts' places, so that the newest come first
 * without sorting. It keeps no text (the posts do) and no positions. Words are
 * found in JavaScript (see `words.ts`); of the tokenizer it is enough that it
 * parts at spaces and leaves bytes above ASCII, and the four marks below, alone.
 *
 * Posts are found by their ids and authors here too. Those come in no order: an
 * index of SQLite's own then changes a page for nearly every post, and each is
 * enciphered for the log and for the file; by id that took 30 of 130 µs a post
 * at 200,000 posts, and more later. FTS5 writes a batch in one piece and merges
 * the pieces in time. A token takes about 1 µs, a look-up 40 to 100.
 *
 * `pgsz`: an encrypted page has room for 3,981 bytes of a row; FTS5's own 4,050
 * would take a second page for each. `automerge`: eight pieces of a kind become
 * one instead of four, which takes 6 µs less a post.
 */
export const SEARCH_TABLES = `
create virtual table search using fts5(body, content='', contentless_delete=1, detail=none, tokenize='ascii tokenchars ''#%!$''');
insert into search(search, rank) values ('pgsz', 3900);
insert into search(search, rank) values ('automerge', 8);
${WORD_TABLES}`

/**
 * A post as search sees it. `pos` is its `Post.order`, `topic` and `author` the
 * numbers that the store gave those, `idh` what its id begins with (`idHash`).
 */
export interface SearchablePost {
  readonly pos: number
  readonly topic: number
  readonly idh: number
  readonly author: number
  readonly text: string
  /** Somebody new wrote it, and its words are indexed within bounds: see {@link STRANGERS}. @default false */
  readonly isBrief?: boolean
}

/** What {@link Search.find} looks in; `limit` counts posts. */
export interface FindOptions {
  readonly topic?: number | undefined
  /** Only places before this one. */
  readonly before?: number | undefined
  readonly limit: number
}

/** What {@link Search.find} found: places, newest first. */
export interface Found {
  readonly positions: readonly number[]
  /** There are older ones. */
  readonly more: boolean
  /** The query's folded words. */
  readonly words: readonly string[]
}

/** Finds posts by words. Calls are made inside the caller's transaction; after one that was undone, make another. */
export interface Search {
  readonly add: (posts: readonly SearchablePost[]) => void
  readonly remove: (posts: readonly SearchablePost[]) => void
  readonly find: (query: string, options: FindOptions) => Found
  /** Places of posts whose ids begin so: nearly always one, or none. */
  readonly withId: (idh: number) => readonly number[]
  /** Places of an author's posts before a place, newest first. */
  readonly ofAuthor: (author: number, before: number, limit: number) => readonly number[]
}

/**
 * Bounds of what strangers put into the index. A text of 16 KiB can hold 8,000
 * words that nobody used before, which took 60 ms and seven times its bytes;
 * words that were filed stay when their posts go.
 */
export const STRANGERS = {
  /** UTF-16 units of one post whose words find it … */
  length: 8_192,
  /** … and words, or characters and pairs of them. */
  tokens: 1_024,
  /** Rare words of one post that are found by their beginnings too. */
  lookups: 128,
  /** New words of all of them in a day that are. */
  filedADay: 20_000
} as const

const DAY = 86_400_000

/** What {@link createSearch} stands on. */
export interface SearchDeps {
  /** The text of the post at a place; undefined where there is none. */
  readonly textOf: (pos: number) => string | undefined
  /** New words that strangers may file. @default as many as the figures say */
  readonly strangers?: DailyAllowance
}

/** So many a day, all at once if need be. */
export interface DailyAllowance {
  readonly take: () => boolean
}

/** Refilled evenly, by a clock that only moves forward. */
export function createStrangersWords (most: number = STRANGERS.filedADay): DailyAllowance {
  let left = most
  let at = performance.now()
  return {
    take: () => {
      const now = performance.now()
      left = Math.min(most, left + (now - at) * most / DAY)
      at = now
      if (left < 1) return false
      left -= 1
      return true
    }
  }
}

/** Put before a topic's number, a beginning, an id's and an author's number: no word has them, and most texts stay ASCII with them. */
const TOPIC = '#'
const BEGINNING = '%'
const ID = '!'
const AUTHOR = '$'

/**
 * Posts whose text is read for one search, at about 20 µs each, where a run of
 * a script without spaces must stand together. Its pairs of characters hardly
 * ever come apart, so this ends only searches in texts made to be slow.
 */
const CHECKED_MAX = 20_000

export function createSearch (db: Database, { textOf, strangers = createStrangersWords() }: SearchDeps): Search {
  const words = createWordFile(db)
  const insert = db.prepare('insert into search (rowid, body) values (?, ?)')
  const remove = db.prepare('delete from search where rowid = ?')
  // A place is more than 32 bits, which SQLite gets as a real number, and FTS5 skips to integers alone.
  const select = db.prepare('select rowid as pos from search where search match ? and rowid < cast(? as integer) order by rowid desc limit ?')

  function bodyOf ({ topic, idh, author, text, isBrief = false }: SearchablePost): string {
    const tokens = isBrief ? tokensOf(text.slice(0, STRANGERS.length), STRANGERS.tokens) : tokensOf(text)
    const bounds = isBrief ? { lookups: STRANGERS.lookups, mayFile: strangers.take } : undefined
    const marks = new Set<string>()
    for (const word of tokens.words) for (const beginning of words.beginningsOf(word, bounds)) marks.add(BEGINNING + beginning)
    return [TOPIC + String(topic), idToken(idh), AUTHOR + String(author), ...tokens.words, ...tokens.characters, ...marks].join(' ')
  }

  function match (expression: string, before: number, limit: number): readonly number[] {
    return select.all([expression, before, limit]).map(({ pos }) => pos as number)
  }

  /** Only those whose text has all pieces. */
  function matchPieces (expression: string, pieces: readonly string[], from: number, limit: number): readonly number[] {
    const found: number[] = []
    let before = from
    for (let checked = 0; found.length < limit && checked < CHECKED_MAX;) {
      const batch = match(expression, before, 2 * limit)
      for (const pos of batch) {
        const text = fold(textOf(pos) ?? '')
        if (pieces.every((piece) => text.includes(piece))) found.push(pos)
      }
      const last = batch.at(-1)
      if (last === undefined || batch.length < 2 * limit) break
      before = last
      checked += batch.length
    }
    return found.slice(0, limit)
  }

  return {
    add: (posts) => {
      // FTS5 writes out what it holds when a row id is less than the one before.
      for (const post of posts.toSorted((a, b) => a.pos - b.pos)) insert.run([post.pos, bodyOf(post)])
    },
    remove: (posts) => {
      for (const { pos } of posts.toSorted((a, b) => a.pos - b.pos)) remove.run([pos])
    },
    withId: (idh) => match(quote(idToken(idh)), Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    ofAuthor: (author, before, limit) => match(quote(AUTHOR + String(author)), before, limit),
    find: (query, { topic, before = Number.MAX_SAFE_INTEGER, limit }) => {
      const wanted = readQuery(query)
      if (wanted === undefined) return { positions: [], more: false, words: [] }
      const terms = wanted.tokens.map(quote)
      if (topic !== undefined) terms.push(quote(TOPIC + String(topic)))
      for (const beginning of wanted.beginnings) {
        const any = [beginning, BEGINNING + beginning, ...words.wordsUnder(beginning)]
        terms.push(`(${any.map(quote).join(' OR ')})`)
      }
      const expression = terms.join(' AND ')
      const positions = wanted.pieces.length === 0
        ? match(expression, before, limit + 1)
        : matchPieces(expression, wanted.pieces, before, limit + 1)
      return { positions: positions.slice(0, limit), more: positions.length > limit, words: wanted.words }
    }
  }
}

const idToken = (idh: number): string => ID + idh.toString(36)

/** Tokens hold letters, digits and marks alone; quoted, none of them is an operator. */
const quote = (token: string): string => `"${token}"`
