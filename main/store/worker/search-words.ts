import type { Database, Statement } from './driver.ts'

/** Words that were met, and how deep each is filed. See {@link createWordFile}. */
export const WORD_TABLES = `
create table search_word (depth integer not null, word text not null, primary key (depth, word)) without rowid;
`

/**
 * Words that one beginning holds before those that come later are filed under
 * a longer one. A search for a beginning asks for so many words, and for what
 * of them shorter beginnings hold: 2 to 5 ms, and 15 ms for the worst known,
 * the eight characters that all pasted peer ids have in common. A post gets a
 * token for each beginning that was full when its word was met: with 128 about
 * seven, which 64 makes nine and 256 five (`npm run bench`'s texts).
 */
const FILED_MAX = 128

/** Words remembered in memory, twice over: about 10 MB. Others are looked up, at 3 µs each. */
const REMEMBERED = 60_000
/** Beginnings whose words are remembered to be so many; others are counted, at 10 µs each. */
const COUNTED = 30_000

/** Greater than all that a word's next character can be. */
const LAST = '\u{10ffff}'

/** What {@link createWordFile} answers. */
export interface WordFile {
  /** Beginnings of a word, shorter than it, that its posts are to be marked with; files the word if it is new. */
  readonly beginningsOf: (word: string) => readonly string[]
  /** Words that begin so and whose posts are not marked with that beginning; not the beginning itself. */
  readonly wordsUnder: (beginning: string) => readonly string[]
}

/**
 * Files words by their beginnings, so that a beginning can be looked for at a
 * bounded cost, however many words and posts have it. A new word is filed
 * under its first character; where that holds {@link FILED_MAX} words, under
 * its first two, and so on. Posts with that word are then marked with each
 * full beginning that it was passed down through. So the posts with a
 * beginning are those that are marked with it, and those with one of the few
 * words that were filed under it or under a shorter one. Common words are met
 * early: most posts get few marks.
 *
 * Where a word is filed never changes, and words stay when their posts go.
 * It remembers what it filed: after a transaction that was undone, make another.
 */
export function createWordFile (db: Database): WordFile {
  const insert = db.prepare('insert into search_word values (?, ?)')
  const under = db.prepare('select word from search_word where depth = ? and word > ? and word < ?')
  const count = db.prepare('select count(*) as words from (select 1 from search_word where depth = ? and word >= ? and word < ? limit ?)')
  /** By the greatest depth that is looked at. */
  const finders: Statement[] = []

  /** How deep words are filed. Two generations: when the young one is full, the old one is forgotten. */
  let young = new Map<string, number>()
  let old = new Map<string, number>()
  /** How many words are filed exactly under a beginning that has room. */
  const filed = new Map<string, number>()
  /** Beginnings without room: one to {@link FILED_MAX} words at most. */
  const full = new Set<string>()

  function find (word: string, deepest: number): number | undefined {
    for (let depth = finders.length; depth <= deepest; depth++) {
      const depths = Array.from({ length: depth + 1 }, (_, at) => at).join()
      finders.push(db.prepare(`select depth from search_word where depth in (${depths}) and word = ?`))
    }
    return finders[deepest]?.get([word])?.['depth'] as number | undefined
  }

  function countFiled (beginning: string, depth: number): number {
    const known = filed.get(beginning) ?? count.get([depth, beginning, beginning + LAST, FILED_MAX])?.['words'] as number
    if (filed.size >= COUNTED) filed.clear()
    return known
  }

  /** Finds a word where it is filed, or files it. */
  function file (word: string): number {
    const characters = [...word]
    let depth = 0
    let beginning = characters[0] ?? ''
    const descend = (): void => { beginning += characters[++depth] ?? '' }
    while (depth < characters.length - 1 && full.has(beginning)) descend()
    for (;;) {
      const found = find(word, depth)
      if (found !== undefined) return found
      const held = countFiled(beginning, depth)
      if (held < FILED_MAX || depth === characters.length - 1) {
        insert.run([depth, word])
        filed.set(beginning, held + 1)
        return depth
      }
      filed.delete(beginning)
      full.add(beginning)
      descend()
    }
  }

  function depthOf (word: string): number {
    const known = young.get(word)
    if (known !== undefined) return known
    if (young.size >= REMEMBERED) {
      old = young
      young = new Map()
    }
    const depth = old.get(word) ?? file(word)
    young.set(word, depth)
    return depth
  }

  function beginningsOf (word: string): readonly string[] {
    const depth = depthOf(word)
    if (depth === 0) return NONE
    const characters = NON_ASCII.test(word) ? [...word] : word
    let beginning = ''
    return Array.from({ length: depth }, (_, at) => (beginning += characters[at] ?? ''))
  }

  return {
    beginningsOf,
    wordsUnder: (beginning) => [...beginning].flatMap((_, depth) => under.all([depth, beginning, beginning + LAST]).map(({ word }) => word as string))
  }
}

const NONE: readonly string[] = []
const NON_ASCII = /[\u0080-\uffff]/
