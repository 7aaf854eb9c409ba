/**
 * Code points of a word that count; what follows is not looked at. Words of
 * people are shorter, and a SHA-256 in hexadecimal digits fits.
 */
export const MAX_WORD = 64

/** Words of a query that count: more than anybody types, and few enough to look up. */
export const MAX_QUERY_WORDS = 32

/**
 * Marks that a search does without, as people leave them out when they type:
 * accents, Hebrew points, Arabic vowels. Elsewhere (Devanagari, Thai) marks
 * are vowels that tell words apart, and the two Japanese ones tell か from が.
 */
const MARKS = new RegExp(`[[[${['Inherited', 'Latin', 'Greek', 'Cyrillic', 'Hebrew', 'Arabic'].map((script) => `\\p{Script=${script}}`).join('')}]&&\\p{M}]--[\\u3099\\u309a]]`, 'gv')
/** What is in a text and not seen: joiners, soft hyphens, marks of direction; and the Arabic stretch. */
const UNSEEN = /[\p{Cf}\u0640]/gu
const VOICED = /.[\u3099\u309a]/gu
const NON_ASCII = /[\u0080-\uffff]/
const ASCII_RUN = /[a-z0-9]+/g
const RUN = /[\p{L}\p{N}\p{M}]+/gu
/** Scripts that put no space between words. */
const SPACELESS = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]/u
const SPACELESS_OR_NOT = new RegExp(`${SPACELESS.source}+|${SPACELESS.source.replace('[', '[^')}+`, 'gu')

/** What must be in a text for a query to find it. */
export interface Wanted {
  /** Tokens of {@link tokensOf}, all of them. */
  readonly tokens: readonly string[]
  /** For each, a word that begins so. */
  readonly beginnings: readonly string[]
  /** Pieces of the folded text ({@link fold}), where tokens alone do not show that they stand together. */
  readonly pieces: readonly string[]
  /** The query's folded words, to mark in texts. */
  readonly words: readonly string[]
}

/** A text as search compares it: lower case, compatible forms as one, without marks. Folding twice changes nothing. */
export function fold (text: string): string {
  if (!NON_ASCII.test(text)) return text.toLowerCase()
  const bare = text.normalize('NFKD').replace(MARKS, '').replace(UNSEEN, '').replace(VOICED, (pair) => pair.normalize('NFC'))
  // By way of capitals: ß and SS are one, as are ı and I, and both small sigmas.
  return bare.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ')
}

/** Words of a folded text, as often as they come; what has no spaces in it is one word up to the next of another script. */
function runsOf (folded: string): readonly string[] {
  if (!NON_ASCII.test(folded)) return folded.match(ASCII_RUN) ?? []
  return (folded.match(RUN) ?? []).flatMap((run) => SPACELESS.test(run) ? run.match(SPACELESS_OR_NOT) ?? [] : [run])
}

const isSpaceless = (run: string): boolean => NON_ASCII.test(run) && SPACELESS.test(run)

function cut (word: string): string {
  return word.length <= MAX_WORD ? word : [...word.slice(0, 2 * MAX_WORD)].slice(0, MAX_WORD).join('')
}

/** What a text is found by, each once. */
export interface Tokens {
  /** Words; a query may name one by its beginning. */
  readonly words: ReadonlySet<string>
  /** Of scripts without spaces: each character, and each two that stand together. */
  readonly characters: ReadonlySet<string>
}

/** @param most words and characters; what follows is left out. @default all */
export function tokensOf (text: string, most = Infinity): Tokens {
  const words = new Set<string>()
  const characters = new Set<string>()
  for (const run of runsOf(fold(text))) {
    if (words.size + characters.size >= most) break
    if (!isSpaceless(run)) {
      words.add(cut(run))
      continue
    }
    let last = ''
    for (const character of run) {
      characters.add(character)
      if (last !== '') characters.add(last + character)
      last = character
      if (words.size + characters.size >= most) break
    }
  }
  return { words, characters }
}

/**
 * Reads a query: all its words are wanted, the last one as a beginning unless
 * a space follows it. A word of a script without spaces is wanted wherever it
 * stands. Undefined where the query has no word.
 */
export function readQuery (query: string): Wanted | undefined {
  const runs = runsOf(fold(query)).slice(0, MAX_QUERY_WORDS)
  const typing = /\s$/u.test(query) ? -1 : runs.length - 1
  if (runs.length === 0) return undefined
  const tokens = new Set<string>()
  const beginnings = new Set<string>()
  const pieces = new Set<string>()
  for (const [index, run] of runs.entries()) {
    if (!isSpaceless(run)) {
      (index === typing ? beginnings : tokens).add(cut(run))
      continue
    }
    const characters = [...run]
    if (characters.length > 2) pieces.add(run)
    // Every second pair covers the run; the piece is compared in any case.
    for (let at = 0; at < characters.length - 2; at += 2) tokens.add(characters.slice(at, at + 2).join(''))
    tokens.add(characters.slice(-2).join(''))
  }
  return { tokens: [...tokens], beginnings: [...beginnings], pieces: [...pieces], words: [...new Set(runs)] }
}
