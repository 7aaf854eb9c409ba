import { dropNeedless, dropUnseen } from './unseen.ts'

/** What the ids of Natter's own topics begin with on the wire. */
export const TOPIC_PREFIX = '/natter/1/'

/** A topic's name as somebody typed or pasted it, without what does not belong to it. */
export interface TopicName {
  readonly name: string
  /** `#` stood before it, as Natter and others write topics. */
  readonly hash: boolean
}

/** Characters that are looked at; a name has at most 128. */
const MOST = 2_048

/** Pairs that people and programs put around a name. */
const PAIRS = ['""', '\'\'', '``', '“”', '„“', '„”', '””', '‘’', '‚‘', '’’', '«»', '»«', '‹›', '›‹', '「」', '『』', '《》', '〈〉', '<>', '**', '~~', '＂＂', '＜＞']

/**
 * Reads a topic's name: white space and characters that draw nothing go from
 * its ends, quotes of any language and Markdown's marks from around it, one `#`
 * from before it; white space within is one space. What it holds beside that
 * stays, characters that draw nothing included.
 */
export function readTopicName (text: string): TopicName {
  let name = text.trim()
  let hash = false
  // What is longer is no name, and is told so.
  if (name.length > MOST) return { name, hash }
  for (;;) {
    const before = name
    name = withoutPair(withoutEnds(name))
    if (!hash && /^(?:[#＃]|%23)/u.test(name)) {
      hash = true
      name = withoutEnds(name.replace(/^(?:[#＃]|%23)/u, ''))
      // A tag out of a sentence.
      if (!/\s/u.test(name)) name = name.replace(/[.,;]{1,9}$/u, '')
    }
    if (name === before) return { name: name.replace(/[^\S\n\r\u2028\u2029\uFEFF]+/gu, ' ').normalize('NFC'), hash }
  }
}

/** Drops white space and characters that draw nothing from both ends, but for those at its end that a script or an emoji needs. */
function withoutEnds (text: string): string {
  const seen = text.trim()
  const start = [...seen].findIndex((character) => dropUnseen(character).trim() !== '')
  if (start < 0) return ''
  const tail = [...seen].slice(start)
  while (tail.length > 0 && isNeedlessEnd(tail)) tail.pop()
  return tail.join('')
}

function isNeedlessEnd (characters: readonly string[]): boolean {
  const last = characters.at(-1) ?? ''
  if (dropUnseen(last).trim() !== '') return false
  // What an emoji needs stands at most fourteen characters behind its first.
  const end = characters.slice(-16).join('')
  return !dropNeedless(end).endsWith(last) || last.trim() === ''
}

function withoutPair (text: string): string {
  const [open, close] = [text.charAt(0), text.charAt(text.length - 1)]
  if (text.length < 2 || !PAIRS.includes(open + close)) return text
  const inner = text.slice(1, -1)
  // Marks within belong to pairs of their own, as in "a" and "b"; Markdown writes its marks twice.
  return inner.includes(open) && !(inner.startsWith(open) && inner.endsWith(close)) ? text : inner
}
