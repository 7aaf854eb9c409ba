import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fold, MAX_QUERY_WORDS, MAX_WORD, readQuery, tokensOf } from '../../../main/store/worker/words.ts'

const tokens = (text: string): string[] => {
  const { words, characters } = tokensOf(text)
  return [...words, ...characters]
}

describe('folding', () => {
  it.each([
    ['Grüße an STRASSE und Straße', 'grusse an strasse und strasse'],
    ['ΟΔΥΣΣΕΎΣ ὀδυσσεύς', 'οδυσσευσ οδυσσευσ'],
    ['Ｆｕｌｌ ﬁne ①', 'full fine 1'],
    ['İstanbul ISPARTA ısparta', 'istanbul isparta isparta'],
    ['Ёлка й', 'елка и'],
    ['שָׁלוֹם', 'שלום'],
    ['مُحَمَّد مـحمد', 'محمد محمد'],
    // Japanese voicing, and Devanagari and Thai vowels, tell words apart.
    ['が か ﾊﾞ', 'が か バ'],
    ['की का', 'की का'],
    ['sof\u00adt hy\u200bphen \u202eabc', 'soft hyphen abc']
  ])('%s is found as %s', (text, folded) => {
    expect(fold(text)).toBe(folded)
  })

  it('changes nothing the second time, whatever the text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      expect(fold(fold(text))).toBe(fold(text))
    }), { numRuns: 2_000 })
  })
})

describe('tokens of a text', () => {
  it.each([
    ['The quick, brown fox: the FOX!', ['the', 'quick', 'brown', 'fox']],
    ["don't stop_here https://a.b/c?d=1", ['don', 't', 'stop', 'here', 'https', 'a', 'b', 'c', 'd', '1']],
    ['我们明天去北京。', ['我', '们', '我们', '明', '们明', '天', '明天', '去', '天去', '北', '去北', '京', '北京']],
    ['iPhone手機2個', ['iphone', '2', '手', '機', '手機', '個']],
    ['안녕 세상', [...'안녕 세상'.normalize('NFKD').split(' ')]],
    ['𠀀𠀁', ['𠀀', '𠀁', '𠀀𠀁']],
    ['ไทย', ['ไ', 'ท', 'ไท', 'ย', 'ทย']],
    ['  … !? 🙂 ', []],
    ['', []]
  ])('%s', (text, expected) => {
    expect(tokens(text)).toEqual(expected)
  })

  it('cuts what is no word of anybody, and does not part a character', () => {
    expect(tokens('a'.repeat(10_000))).toEqual(['a'.repeat(MAX_WORD)])
    expect(tokens('\u{10428}'.repeat(500))).toEqual(['\u{10428}'.repeat(MAX_WORD)])
    expect(tokens('a' + '\u0301'.repeat(10_000))).toEqual(['a'])
    expect(tokens('\ud800x\udc00')).toEqual(['x'])
  })

  it('are letters, digits and marks alone, so that none is an operator of a query', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      for (const token of tokens(text)) expect(token).toMatch(/^[\p{L}\p{N}\p{M}]+$/u)
    }), { numRuns: 2_000 })
  })
})

describe('a query', () => {
  it('wants its words, the last as a beginning unless a space follows', () => {
    expect(readQuery('Hello WOR')).toEqual({ tokens: ['hello'], beginnings: ['wor'], pieces: [], words: ['hello', 'wor'] })
    expect(readQuery('Hello WORLD ')).toEqual({ tokens: ['hello', 'world'], beginnings: [], pieces: [], words: ['hello', 'world'] })
    expect(readQuery('fox fox')).toEqual({ tokens: ['fox'], beginnings: ['fox'], pieces: [], words: ['fox'] })
  })

  it('wants a run of a script without spaces wherever it stands, and in one piece', () => {
    expect(readQuery('北京')).toEqual({ tokens: ['北京'], beginnings: [], pieces: [], words: ['北京'] })
    expect(readQuery('京 ')).toEqual({ tokens: ['京'], beginnings: [], pieces: [], words: ['京'] })
    expect(readQuery('北京大学生')).toEqual({ tokens: ['北京', '大学', '学生'], beginnings: [], pieces: ['北京大学生'], words: ['北京大学生'] })
  })

  it.each(['', '   ', '"', '*', '-- ; )(', '\u0301', '\u202e', '🙂'])('without a word is none: %j', (query) => {
    expect(readQuery(query)).toBeUndefined()
  })

  it('has an end', () => {
    expect(readQuery('一 '.repeat(500))?.tokens).toHaveLength(1)
    const many = readQuery(Array.from({ length: 500 }, (_, at) => String(at)).join(' '))
    expect(many?.words).toHaveLength(MAX_QUERY_WORDS)
  })
})
