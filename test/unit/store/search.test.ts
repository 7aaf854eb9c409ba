import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSearch, type SearchablePost } from '../../../main/store/worker/search.ts'
import { openSearchBed, type SearchBed } from './search-bed.ts'

let bed: SearchBed
beforeEach(() => { bed = openSearchBed() })
afterEach(() => { bed.drop() })

/** Places as they are: far beyond 32 bits. */
const FIRST = 2 ** 47
const post = (at: number, text: string, topic = 1): SearchablePost => ({ pos: FIRST + at, topic, author: topic + 1, idh: 2 ** 52 + at, text })
const places = (query: string, options: Parameters<SearchBed['find']>[1] = {}): number[] => bed.find(query, options).positions.map((pos) => pos - FIRST)

describe('search', () => {
  it('finds all words, the last one as a beginning, the newest first', () => {
    bed.add(post(3, 'The Cat sat'), post(1, 'a cat and a dog'), post(2, 'concatenate dogs'))
    expect(places('cat')).toEqual([3, 1])
    expect(places('dog')).toEqual([2, 1])
    expect(places('dog ')).toEqual([1])
    expect(places('CAT do')).toEqual([1])
    expect(places('do cat')).toEqual([])
    expect(bed.find('CÄT do').words).toEqual(['cat', 'do'])
  })

  it.each([
    ['我们明天去北京大学', '北京', true],
    ['我们明天去北京大学', '明天', true],
    ['我们明天去北京大学', '京', true],
    ['我们明天去北京大学', '学', true],
    ['我们明天去北京大学', '去北京', true],
    ['我们明天去北京大学', '北京大学生', false],
    ['北京 京大 大学', '北京大学', false],
    ['我们明天去北京大学', '京北', false],
    ['我们明天去北京大学', '大学 明天', true],
    ['東京タワーへ行く', 'タワー', true],
    ['東京タワーへ行く', 'ﾀﾜｰ', true],
    ['สวัสดีครับ', 'สวัสดี', true],
    ['Привет, Ёлка', 'елк', true],
    ['안녕하세요', '안녕', true],
    ['नमस्ते दुनिया', 'दुनि', true],
    ['مرحبا بالعالم', 'بالع', true],
    ['Straße', 'STRASSE', true],
    ['12D3KooWAbC', '12d3koowa', true],
    ['🙂 nothing', '🙂', false]
  ])('in "%s", "%s": %s', (text, query, isFound) => {
    bed.add(post(1, text))
    expect(places(query)).toEqual(isFound ? [1] : [])
  })

  it('keeps to a topic, and to places before one, and says whether there are more', () => {
    bed.add(...Array.from({ length: 30 }, (_, at) => post(at, 'hello there', at % 3)))
    expect(places('hello', { topic: 1, limit: 3 })).toEqual([28, 25, 22])
    expect(places('hel', { topic: 1, before: FIRST + 22, limit: 3 })).toEqual([19, 16, 13])
    expect(bed.find('hello', { topic: 1, limit: 10 }).more).toBe(false)
    expect(bed.find('hello', { topic: 1, limit: 9 }).more).toBe(true)
    expect(places('hello', { topic: 11 })).toEqual([])
    expect(places('hello', { before: FIRST })).toEqual([])
  })

  it('forgets what was removed, and finds it again when it comes again elsewhere', () => {
    bed.add(post(1, 'hello'), post(2, 'hello'))
    bed.remove(post(1, 'hello'))
    expect(places('hello')).toEqual([2])
    bed.remove(post(5, 'was never there'))
    expect(places('he')).toEqual([2])
    bed.add(post(7, 'hello'))
    expect(places('hello')).toEqual([7, 2])
  })

  it.each(['', ' ', '.', '"', '""', '*', '(', 'a" OR "b', 'NEAR(a b)', 'body:x', '^a', '-a', 'a AND', "'; drop table search; --", '\u0000', '\ud800', '\u{e000}1', '#1', '"#1"', '$2', 'AND', 'x'.repeat(1_024), '一'.repeat(1_024)])('takes %j for words and for nothing else', (query) => {
    bed.add(post(1, 'NEAR the body'))
    expect(places(query)).toEqual([])
  })

  it('finds no topic and no mark by what it is kept under', () => {
    bed.add(post(1, 'hello', 5))
    expect([places('5'), places('#5'), places('%h'), places('6'), places(`!${(2 ** 52 + 1).toString(36)}`), places('$6')]).toEqual([[], [], [1], [], [], []])
  })

  it('finds posts by what their ids begin with and by their authors, as long as they are there', () => {
    bed.add(post(1, 'a', 5), post(2, 'b', 5), post(3, 'c', 6))
    const search = createSearch(bed.db, { textOf: () => undefined })
    expect([search.withId(2 ** 52 + 2), search.withId(2 ** 52 + 9), search.withId(2)]).toEqual([[FIRST + 2], [], []])
    expect(search.ofAuthor(6, Number.MAX_SAFE_INTEGER, 9)).toEqual([FIRST + 2, FIRST + 1])
    expect(search.ofAuthor(6, FIRST + 2, 9)).toEqual([FIRST + 1])
    expect(search.ofAuthor(6, Number.MAX_SAFE_INTEGER, 1)).toEqual([FIRST + 2])
    bed.remove(post(2, 'b', 5))
    expect([search.withId(2 ** 52 + 2), search.ofAuthor(6, Number.MAX_SAFE_INTEGER, 9)]).toEqual([[], [FIRST + 1]])
  })

  it('knows words again after one transaction was undone, with a new one', () => {
    bed.db.exec('begin immediate')
    createSearch(bed.db, { textOf: () => undefined }).add([post(1, 'ephemeral')])
    bed.db.exec('rollback')
    bed.renew()
    bed.add(post(2, 'ephemeral'))
    expect(places('ephem')).toEqual([2])
  })
})

describe('beginnings', () => {
  it('are found exactly, however many words share them and in whatever order they came', () => {
    // Few letters, so that buckets overflow into the third letter and beyond.
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é', '京'), minLength: 1, maxLength: 7 })
    const texts = fc.array(fc.array(word, { minLength: 1, maxLength: 12, size: 'max' }), { minLength: 200, maxLength: 400, size: 'max' })
    fc.assert(fc.property(texts, fc.array(word, { minLength: 20, maxLength: 20 }), fc.integer({ min: 1, max: 100 }), (all, queries, size) => {
      bed.db.exec("delete from search where rowid > 0; delete from search_word")
      bed.texts.clear()
      bed.renew()
      const posts = all.map((words, at) => post(at, words.join(' '), at % 2))
      for (let at = 0; at < posts.length; at += size) {
        bed.add(...posts.slice(at, at + size))
        if (at % 3 === 0) bed.renew()
      }
      for (const query of ['a', 'ab', 'b ', ...queries]) {
        const expected = posts.filter(({ text }) => holds(text, query)).map(({ pos }) => pos - FIRST).reverse()
        expect(places(query, { limit: 1_000 })).toEqual(expected)
        expect(places(query, { limit: 5, topic: 1 })).toEqual(expected.filter((at) => at % 2 === 1).slice(0, 5))
      }
    }), { numRuns: 8 })
  }, 60_000)

  it('that 20,000 words share are found, and asked for with a bounded number of words', () => {
    const posts = Array.from({ length: 20_000 }, (_, at) => post(at, 'prefix' + ((at * 7919) % 20_000).toString(36).padStart(3, '0')))
    for (let at = 0; at < posts.length; at += 1_000) bed.add(...posts.slice(at, at + 1_000))
    for (const beginning of ['p', 'pre', 'prefix', 'prefix0', 'prefix0a']) {
      const expected = posts.filter(({ text }) => text.startsWith(beginning)).map(({ pos }) => pos - FIRST).reverse()
      expect(places(beginning, { limit: 30_000 })).toEqual(expected)
      expect(places(beginning, { limit: 50 })).toEqual(expected.slice(0, 50))
    }
    const depths = bed.db.prepare('select depth, count(*) as words from search_word group by depth order by depth').all([])
    expect(depths.slice(0, 6).map(({ words }) => words)).toEqual([128, 64, 32, 16, 16, 16])
  })
})

/** Whether a text holds a query of one word, said plainly. */
function holds (text: string, query: string): boolean {
  const plain = (words: string): string => words.normalize('NFD').replaceAll('\u0301', '')
  const parts = (words: string): string[] => plain(words).match(/京+|[a-e]+/g) ?? []
  const wanted = parts(query)
  return wanted.every((part, at) => parts(text).some((own) => {
    if (part.startsWith('京')) return own.includes(part)
    return at === wanted.length - 1 && !query.endsWith(' ') ? own.startsWith(part) : own === part
  }))
}
