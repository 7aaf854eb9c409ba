import { fold } from './fold.ts'

/** A piece of a text; `hit` where it is one of the words looked for. */
export interface Piece { readonly text: string, readonly hit: boolean }

interface Range { readonly from: number, readonly to: number }

const LETTER = /[\p{L}\p{N}]/u
/** Scripts that write without spaces: a word may begin and end anywhere. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u

/**
 * Where the words of a search stand in a text, ascending and apart.
 *
 * @param words folded, as a search answers them; the last may be a beginning
 */
export function findWords (text: string, words: readonly string[]): readonly Range[] {
  const { text: folded, starts } = fold(text)
  const found: Range[] = []
  words.forEach((word, i) => {
    if (word === '') return
    for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + word.length)) {
      const end = at + word.length
      const loose = UNSPACED.test(word)
      const begins = loose || !LETTER.test(before(folded, at))
      const ends = loose || i === words.length - 1 || !LETTER.test(after(folded, end))
      if (begins && ends) found.push({ from: starts[at] ?? 0, to: endOf(text, starts, end) })
    }
  })
  return merged(found)
}

const before = (text: string, at: number): string => at === 0 ? '' : text.slice(at >= 2 && /[\udc00-\udfff]/.test(text.charAt(at - 1)) ? at - 2 : at - 1, at)
const after = (text: string, at: number): string => at >= text.length ? '' : String.fromCodePoint(text.codePointAt(at) ?? 0)

/** The end of the character that the folded unit before `end` comes from, its marks included. */
function endOf (text: string, starts: readonly number[], end: number): number {
  const start = starts[end - 1] ?? 0
  // One character may fold to several units (ﬁ): it is marked whole.
  let at = start + String.fromCodePoint(text.codePointAt(start) ?? 0).length
  while (at < text.length) {
    const next = String.fromCodePoint(text.codePointAt(at) ?? 0)
    if (!/^\p{M}$/u.test(next)) break
    at += next.length
  }
  return at
}

function merged (ranges: readonly Range[]): readonly Range[] {
  const sorted = [...ranges].sort((a, b) => a.from - b.from)
  const apart: Range[] = []
  for (const range of sorted) {
    const last = apart.at(-1)
    if (last !== undefined && range.from <= last.to) apart[apart.length - 1] = { from: last.from, to: Math.max(last.to, range.to) }
    else apart.push(range)
  }
  return apart
}

/** Line breaks as spaces, so that an excerpt is one run of text; positions stay. */
const flat = (text: string): string => text.replace(/[\n\r\t]/g, ' ')

/**
 * The part of a text around its first hit, in pieces.
 *
 * @param room characters (UTF-16 units) of the excerpt @default 180
 */
export function excerpt (text: string, words: readonly string[], room = 180): readonly Piece[] {
  const hits = findWords(text, words)
  const plain = flat(text)
  const lead = Math.floor(room / 3)
  const first = hits[0]?.from ?? 0
  const from = plain.length <= room || first <= lead ? 0 : wordStart(plain, Math.min(first - lead, plain.length - room), first)
  const to = characterEdge(plain, Math.min(plain.length, from + room))
  const pieces: Piece[] = []
  const put = (piece: string, hit: boolean): void => { if (piece !== '') pieces.push({ text: piece, hit }) }
  let at = from
  if (from > 0) put('…', false)
  for (const hit of hits) {
    if (hit.from >= to) break
    put(plain.slice(at, hit.from), false)
    put(plain.slice(hit.from, Math.min(hit.to, to)), true)
    at = Math.min(hit.to, to)
  }
  put(plain.slice(at, to), false)
  if (to < plain.length) put('…', false)
  return pieces
}

/** The next place at or after `at`, and not beyond `limit`, where a word begins. */
function wordStart (text: string, at: number, limit: number): number {
  const space = text.indexOf(' ', at)
  return characterEdge(text, space >= 0 && space < limit && space - at < 24 ? space + 1 : at)
}

/** Never in the middle of a surrogate pair. */
function characterEdge (text: string, at: number): number {
  return at > 0 && at < text.length && /[\udc00-\udfff]/.test(text.charAt(at)) ? at - 1 : at
}
