import { blankNeedless } from '../../text/unseen.ts'

/** Scripts that put no space between a word, or an address, and what belongs to it. */
const UNSPACED = ['Han', 'Hiragana', 'Katakana', 'Bopomofo', 'Hangul', 'Yi', 'Thai', 'Lao', 'Khmer', 'Myanmar', 'Tibetan'].map((script) => `\\p{Script=${script}}`).join('')
/** The same, emoji and signs: none of them begins an address, nor does one directly behind a letter or digit belong to it. */
const BESIDE = `(?:[${UNSPACED}]|(?=\\P{ASCII})[\\p{S}\\p{No}\\uFE0F])`
const FOREIGN = '(?!\\p{Script=Latin})[\\p{L}\\p{M}]'
/** Letters of other scripts and Markdown's marks directly before a scheme; an address within another one's query follows other marks. */
const BEFORE_SCHEME = new RegExp(`(?:${BESIDE}|${FOREIGN}|[\`|])(?=https?://|www\\.)`, 'giu')
const BEFORE_HOST = new RegExp(`(?:${BESIDE}|${FOREIGN})$`, 'iu')
/** Directly behind a host that is whole: letters of these scripts may well stand within a host's name. */
const BEHIND_HOST = new RegExp(`(?<=[a-z\\d]\\.[a-z]{2,24}(?::\\d{1,5})?)${BESIDE}`, 'giu')
/** Directly behind a word of a path; behind `/` or `=` letters belong to it, as in an encyclopedia's addresses. */
const BEHIND_PATH = new RegExp(`(?<=[a-z\\d)])${BESIDE}|(?<=/)(?=\\P{ASCII})\\p{Extended_Pictographic}`, 'giu')
/** What may be an address: with a scheme, or a host and a path. */
const ADDRESS = /(?<scheme>https?:\/\/|www\.)(?<host>[^\s/?#]*)(?<path>\S*)|(?<name>[a-z\d-]{1,63}(?:\.[a-z\d-]{1,63})*\.[a-z]{2,24})(?![a-z\d.-])(?<rest>\S*)/giu

/**
 * A text of the same length in which addresses have white space around them:
 * finders of links know the edges of words of languages with spaces alone.
 * Characters that draw nothing end an address as well.
 */
export function linkable (text: string): string {
  const seen = blankNeedless(text).replace(BEFORE_SCHEME, blank)
  let out = ''
  let at = 0
  for (const match of seen.matchAll(ADDRESS)) {
    const { scheme = '', host = '', path = '', name = '', rest = '' } = match.groups ?? {}
    const before = seen.slice(at, match.index)
    out += name === '' ? before : before.replace(BEFORE_HOST, blank)
    // The character behind a host may be what its path begins with.
    out += scheme + host.replace(BEHIND_HOST, blank) + (name + rest).replace(BEHIND_HOST, blank).replace(BEHIND_PATH, blank) + path.replace(BEHIND_PATH, blank)
    at = match.index + match[0].length
  }
  return out + seen.slice(at)
}

function blank (character: string): string {
  return ' '.repeat(character.length)
}
