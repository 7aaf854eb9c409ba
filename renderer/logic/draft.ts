import { MAX_POST_BYTES } from '../../preload/contract/index.ts'
import { utf8Length } from './bytes.ts'

/** A draft: what stands in the field, and what follows it there is no room for. */
export interface Draft { readonly shown: string, readonly rest: string }

/** Characters that a draft may have; 64 MB of memory at most. What is longer stays on the clipboard. */
export const MOST_DRAFT = 16_777_216

/**
 * What the field lays out within 50 ms after each key (measured on two cores,
 * without a graphics card), in letters of Latin, Greek, Cyrillic and CJK. The
 * whole field is laid out anew after a key, and some characters cost more.
 */
const ROOM = 20_480
/** What a character costs, in such letters. */
const COST = {
  /** A line break: 853 lines fit. */
  line: 24,
  /** Characters of right-to-left and complex scripts, and marks: 6,826 fit. */
  complex: 3,
  /** Emoji, by the half, and scripts whose lines are broken by a dictionary: 3,413 fit. */
  slow: 6,
  /** A tab, behind which a run of text begins: 1,024 fit. */
  tab: 20,
  /** A change of the writing direction. */
  turn: 40,
  /** One more of what is piled up: thousands of marks, joined letters, joined emoji or blanks without an end take seconds a key. */
  piled: 128
} as const
/** Marks on one letter, emoji joined to one, or blanks in a row that cost no more than others. Tibetan has eight marks, a family four emoji, a table more blanks. */
const PILE = 32

const MARK = /^\p{M}$/u
const JOINER = 0x200D

/** How far back from where the room ends a part is cut at the end of a line, and of a word, in characters. */
const BACK = { line: 4_096, word: 256 } as const

const FLAG = /^(?:\uD83C[\uDDE6-\uDDFF]|[\uDDE6-\uDDFF])/

let segmenter: Intl.Segmenter | undefined

/** Whether the field has room for all of a text. */
export function isRoomFor (text: string): boolean {
  return endOfRoom(text) === text.length
}

/** Splits a draft where the field has no room for all of it; the part that is shown is then short enough for a post. */
export function foldDraft (text: string): Draft {
  const end = endOfRoom(text)
  if (end === text.length) return { shown: text, rest: '' }
  const at = cutBefore(text, Math.min(end, endOfPost(text)))
  return { shown: text.slice(0, at), rest: text.slice(at) }
}

/** What is posted of a draft at once: all of it if it fits into one post, else what is shown. */
export function nextPost ({ shown, rest }: Draft): string {
  if (rest === '' || shown.length + rest.length > MAX_POST_BYTES) return shown
  const whole = shown + rest
  return utf8Length(whole) <= MAX_POST_BYTES ? whole : shown
}

/** Index of the first character that the field has no room for. */
function endOfRoom (text: string): number {
  let left = ROOM
  let pile = 0
  let before = 0
  let isRight = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    const kind = kindOf(code)
    pile = isPiled(text, at, code, before) ? pile + 1 : 0
    if (kind === 'right' ? !isRight : isRight && turnsBack(code)) {
      isRight = !isRight
      left -= COST.turn
    }
    left -= pile > PILE ? COST.piled : code === 10 ? COST.line : code === 9 ? COST.tab : kind === 'simple' ? 1 : kind === 'slow' ? COST.slow : COST.complex
    if (left < 0) return at
    before = code
  }
  return text.length
}

/** Marks that join two letters into one, in the scripts of India and its neighbours. */
const VIRAMA = /[\u094D\u09CD\u0A4D\u0ACD\u0B4D\u0BCD\u0C4D\u0CCD\u0D4D\u0DCA\u1039\u17D2\u1A60\u1B44\u1BAB\uA8C4\uA9C0]/u

/** Whether a character is one more on a letter, joined to one or to an emoji, or in a row of blanks. */
function isPiled (text: string, at: number, code: number, before: number): boolean {
  if (code === 9 || code === 32) return before === 9 || before === 32
  if (code === JOINER || before === JOINER || (code >= 0xDC00 && code < 0xE000 && at > 1 && text.charCodeAt(at - 2) === JOINER)) return true
  return code >= 0x0300 && kindOf(code) !== 'simple' && (MARK.test(text.charAt(at)) || VIRAMA.test(String.fromCharCode(before)))
}

/** Letters and digits that are written from left to right. */
function turnsBack (code: number): boolean {
  return (code >= 48 && code < 58) || (code >= 65 && code < 91) || (code >= 97 && code < 123)
}

/** Latin, Greek and Cyrillic letters, marks of sentences, and the letters of Chinese, Japanese and Korean are simple. */
function kindOf (code: number): 'simple' | 'right' | 'slow' | 'complex' {
  if (code < 0x0300 || (code >= 0x0370 && code < 0x0483) || (code >= 0x048A && code < 0x0590)) return 'simple'
  if (code < 0x0590) return 'complex'
  if (code < 0x0900 || (code >= 0xFB1D && code < 0xFE00) || (code >= 0xFE70 && code < 0xFEFF)) return 'right'
  if ((code >= 0x0E00 && code < 0x0F00) || (code >= 0x1000 && code < 0x10A0) || (code >= 0x1780 && code < 0x1800) || (code >= 0xD800 && code < 0xE000)) return 'slow'
  if ((code >= 0x1E00 && code < 0x200B) || (code >= 0x2010 && code < 0x2028) || (code >= 0x2070 && code < 0x20D0) || (code >= 0x2E80 && code < 0x302A) || (code >= 0x3030 && code < 0x3099)) return 'simple'
  return (code >= 0x309B && code < 0xA4D0) || (code >= 0xAC00 && code < 0xD7A4) || (code >= 0xF900 && code < 0xFB00) || (code >= 0xFF00 && code < 0xFFF0) ? 'simple' : 'complex'
}

/** Index of the first character that does not fit into a post with those before it. */
function endOfPost (text: string): number {
  let bytes = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.codePointAt(at) ?? 0
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
    if (bytes > MAX_POST_BYTES) return at
    if (code > 0xFFFF) at++
  }
  return text.length
}

/** Where to cut at or before an index: behind a line, else behind a word, else between two characters as people count them. */
function cutBefore (text: string, index: number): number {
  const line = text.lastIndexOf('\n', index - 1) + 1
  if (line > 0 && line > index - BACK.line) return line
  const from = Math.max(0, index - BACK.word)
  const word = /^.*\s/su.exec(text.slice(from, index))?.[0].length ?? 0
  if (word > 0) return from + word
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  // Flags are pairs, counted from the first of a row.
  let start = from
  while (start > 0 && FLAG.test(text.slice(start, start + 2))) start -= 2
  const segment = segmenter.segment(text.slice(start, index + 64)).containing(index - start)
  if (segment !== undefined && segment.index > 0) return start + segment.index
  // One character longer than that: not in the middle of a surrogate pair.
  return /[\uDC00-\uDFFF]/.test(text.charAt(index)) ? index - 1 : index
}
