/** Scripts that names are told apart by. Letters of any other script count as one more. */
const SCRIPTS = [
  'Latin', 'Cyrillic', 'Greek', 'Armenian', 'Georgian', 'Hebrew', 'Arabic', 'Syriac', 'Thaana', 'Ethiopic', 'Cherokee', 'Coptic',
  'Han', 'Hiragana', 'Katakana', 'Bopomofo', 'Hangul', 'Yi', 'Mongolian', 'Tibetan',
  'Devanagari', 'Bengali', 'Gurmukhi', 'Gujarati', 'Oriya', 'Tamil', 'Telugu', 'Kannada', 'Malayalam', 'Sinhala', 'Thai', 'Lao', 'Khmer', 'Myanmar'
] as const

const TESTS = SCRIPTS.map((script) => ({ script, has: new RegExp(`\\p{Script=${script}}`, 'u') }))
const OTHER = new RegExp(`(?=\\p{L})[^\\p{Script=Common}\\p{Script=Inherited}${SCRIPTS.map((script) => `\\p{Script=${script}}`).join('')}]`, 'u')

/** Scripts that one word holds together as a matter of course (UTS #39, section 5.2, 'highly restrictive'). */
const TOGETHER: readonly (readonly string[])[] = [
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Bopomofo'],
  ['Latin', 'Han', 'Hangul']
]
/** Scripts whose letters pass for each other's; any other one may stand beside Latin (UTS #39, 'moderately restrictive'). */
const ALIKE: readonly string[] = ['Cyrillic', 'Greek', 'Armenian', 'Cherokee', 'Coptic', 'another script']

/** Scripts whose letters a text holds, by their Unicode names. */
export function scriptsOf (text: string): readonly string[] {
  const found: string[] = TESTS.filter(({ has }) => has.test(text)).map(({ script }) => script)
  return OTHER.test(text) ? [...found, 'another script'] : found
}

/** Scripts that one word of a text mixes though nobody writes them together; none where each word is sound. */
export function mixedScripts (text: string): readonly string[] {
  for (const word of text.normalize('NFKC').match(/[\p{L}\p{M}\u200C\u200D]+/gu) ?? []) {
    const scripts = scriptsOf(word)
    if (!goTogether(scripts)) return scripts
  }
  return []
}

function goTogether (scripts: readonly string[]): boolean {
  if (scripts.length < 2 || TOGETHER.some((group) => scripts.every((script) => group.includes(script)))) return true
  return scripts.length === 2 && scripts.includes('Latin') && !scripts.some((script) => ALIKE.includes(script))
}
