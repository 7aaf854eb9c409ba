import { createRandom } from './random.ts'

/** A language's sounds, from which its words are made, and how many words of it people use. */
interface Language {
  readonly syllables: readonly string[]
  /** How often it is spoken, of 100. */
  readonly share: number
}

/**
 * Words that people use: 40,000 of a language, the n-th one 1/n as often as
 * the first (Zipf's law), as in real texts.
 */
const VOCABULARY = 40_000

const LANGUAGES: readonly Language[] = [
  { share: 40, syllables: 'a an be con cor de di ed en er es ing in ly ma men mo ne or per pre re ro se sion st ter th ti tion to un ver wa wi'.split(' ') },
  { share: 15, syllables: 'auf be ch der ein en er ge heit ig ich keit lich ma mit nen schl sch sp ste straß über ung ver vor wei zu zug äu ö'.split(' ') },
  { share: 15, syllables: 'а во го де до ен за и ка ко ли ло ма на не но о по пре при ра ре ро ся ста ти то у че ши ый ё'.split(' ') },
  { share: 5, syllables: 'ال ب ت من في كت مد رس ست عل قا ول نا يو ها ر س م و ي'.split(' ') }
]

/** Of 100 posts, so many are Chinese, Japanese (kana between them) and Thai. */
const CHINESE = 15
const JAPANESE = 5
const KANA = [...'のにはをたがでてとしれさあいるもなっか']
const THAI = [...'กขคงจชดตถทนบปผพมยรลวสหอะาิีเแโไ่้']

/** Chinese words of two characters: the n-th one 1/n as often as the first, and 北京 and 明天 among the frequent ones. */
function chineseWords (random: () => number): readonly string[] {
  // Scattered over the block, as the frequent ones are.
  const character = (): string => String.fromCodePoint(0x4e00 + Math.floor(3_500 ** random()) * 6007 % 20_000)
  const words = new Set(['我们', '今天', '北京', '明天', '可以', '大学', '没有', '人工智能'])
  while (words.size < 20_000) words.add(character() + character())
  return [...words]
}

function wordsOf ({ syllables }: Language, random: () => number): readonly string[] {
  const words = new Set<string>()
  for (let tries = 0; words.size < VOCABULARY; tries++) {
    // The first words, which are the most frequent, are the shortest.
    const length = 1 + Math.floor(Math.log10(1 + tries) * 0.8 + random())
    words.add(Array.from({ length }, () => syllables[Math.floor(random() * syllables.length)]).join(''))
  }
  return [...words]
}

/**
 * Makes posts' texts as people write them, in several languages; about 90
 * characters each. Every second one has the word 'the', every 50,000th
 * 'zanzibar', and one in 20 an id of its own kind, as pasted peer ids are.
 */
export function createTexts (seed: number): (index: number) => string {
  const random = createRandom(seed)
  const vocabularies = LANGUAGES.map((language) => wordsOf(language, random))
  const chinese = chineseWords(random)
  const often = <T>(from: readonly T[]): T => from[Math.floor(from.length ** random()) - 1] ?? from[0] as T
  const some = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
  const many = (count: number, make: () => string, between: string): string => Array.from({ length: count }, make).join(between)

  function spoken (): string {
    let share = random() * 100
    if ((share -= CHINESE) < 0) return many(4 + Math.floor(random() * 10), () => often(chinese), '') + '。'
    if ((share -= JAPANESE) < 0) return many(3 + Math.floor(random() * 6), () => often(chinese) + some(KANA), '')
    if ((share -= 5) < 0) return many(30, () => some(THAI), '')
    const language = LANGUAGES.findIndex(({ share: more }) => (share -= more) < 0)
    const text = many(6 + Math.floor(random() * 18), () => often(vocabularies[language] ?? vocabularies[0] ?? []), ' ')
    return text.slice(0, 1).toUpperCase() + text.slice(1) + some(['.', '!', '?', ' :)', ''])
  }

  return (index) => {
    let text = spoken()
    if (index % 2 === 1) text += ' the'
    if (index % 50_000 === 4_321) text += ' Zanzibar'
    if (index % 20 === 7) text += ' 12D3KooW' + many(4, () => Math.floor(random() * 36 ** 9).toString(36), '')
    return text
  }
}
