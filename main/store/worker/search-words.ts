import type { Database, Statement } from './driver.ts'
import { createWordMemory } from './word-memory.ts'

/** Words that were met, and how deep each is filed. See {@link createWordFile}. */
export const WORD_TABLES = `
create table search_word (depth integer not null, word text not null, primary key (depth, word)) without rowid;
`

/**
 * Words that a beginning of one character holds before those that come later
 * are filed under a longer one; half as many for each further character, down
 * to the second figure. A search for a beginning asks for each word that it
 * and shorter beginnings hold, at 30 µs each among a million posts: long ones
 * that much begins with, such as the eight characters that all peer ids have
 * in common, must hold few.
 */
const FILED = { most: 128, least: 16 } as const
/** Words that a beginning holds, by the index of its last character. */
const roomAt = (depth: number): number => Math.max(FILED.least, FILED.most >> depth)

/** Words remembered in memory, 4 MB in all. Others are looked up, at 3 µs each. */
const REMEMBERED = 2 ** 19
/** Beginnings whose words are remembered to be so many, 1 MB. Others are counted, at 10 µs each. */
const COUNTED = 2 ** 17

/** Greater than all that a word's next character can be. */
const LAST = '\u{10ffff}'

/** What may be spent on the words of one post. */
export interface FilingBounds {
  /** Words that may be looked for in the database, at 30 µs each; falls. */
  lookups: number
  /** Asked before a new word is filed. */
  readonly mayFile: () => boolean
}

/** What {@link createWordFile} answers. */
export interface WordFile {
  /**
   * Beginnings of a word, shorter than it, that its posts are to be marked with; files the word if it is new.
   *
   * @param bounds of what this may cost; a word beyond them is found whole alone. @default none
   */
  readonly beginningsOf: (word: string, bounds?: FilingBounds) => readonly string[]
  /** Words that begin so and whose posts are not marked with that beginning; not the beginning itself. */
  readonly wordsUnder: (beginning: string) => readonly string[]
}

/**
 * Files words by their beginnings, so that a beginning can be looked for at a
 * bounded cost, however many words and posts have it. A new word is filed
 * under its first character; where that holds {@link FILED} words, under
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

  /** How deep words are filed. */
  const depths = createWordMemory(REMEMBERED)
  /** How many words are filed exactly under a beginning. */
  const filed = createWordMemory(COUNTED)

  function find (word: string, deepest: number): number | undefined {
    for (let depth = finders.length; depth <= deepest; depth++) {
      const places = Array.from({ length: depth + 1 }, (_, at) => at).join()
      finders.push(db.prepare(`select depth from search_word where depth in (${places}) and word = ?`))
    }
    return finders[deepest]?.get([word])?.['depth'] as number | undefined
  }

  function countFiled (beginning: string, depth: number): number {
    return filed.get(beginning) ?? count.get([depth, beginning, beginning + LAST, roomAt(depth)])?.['words'] as number
  }

  /** Finds a word where it is filed, or files it; undefined where it may not be. */
  function file (word: string, bounds: FilingBounds | undefined): number | undefined {
    const characters = [...word]
    let depth = 0
    let beginning = characters[0] ?? ''
    const descend = (): void => { beginning += characters[++depth] ?? '' }
    while (depth < characters.length - 1 && (filed.get(beginning) ?? 0) >= roomAt(depth)) descend()
    for (;;) {
      const found = find(word, depth)
      if (found !== undefined) return found
      const held = countFiled(beginning, depth)
      const hasRoom = held < roomAt(depth)
      if ((hasRoom || depth === characters.length - 1) && bounds?.mayFile() === false) return undefined
      filed.set(beginning, hasRoom ? held + 1 : held)
      if (hasRoom || depth === characters.length - 1) {
        insert.run([depth, word])
        return depth
      }
      descend()
    }
  }

  function depthOf (word: string, bounds: FilingBounds | undefined): number | undefined {
    const known = depths.get(word)
    if (known !== undefined) return known
    if (bounds !== undefined && bounds.lookups-- <= 0) return undefined
    const depth = file(word, bounds)
    if (depth !== undefined) depths.set(word, depth)
    return depth
  }

  function beginningsOf (word: string, bounds?: FilingBounds): readonly string[] {
    const depth = depthOf(word, bounds) ?? 0
    if (depth === 0) return NONE
    const characters = NON_ASCII.test(word) ? [...word] : word
    const beginnings: string[] = []
    let beginning = ''
    for (let at = 0; at < depth; at++) beginnings.push(beginning += characters[at] ?? '')
    return beginnings
  }

  return {
    beginningsOf,
    wordsUnder: (beginning) => [...beginning].flatMap((_, depth) => under.all([depth, beginning, beginning + LAST]).map(({ word }) => word as string))
  }
}

const NONE: readonly string[] = []
const NON_ASCII = /[\u0080-\uffff]/
