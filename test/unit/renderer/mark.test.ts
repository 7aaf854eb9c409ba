import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fold } from '../../../renderer/logic/fold.ts'
import { excerpt, findWords } from '../../../renderer/logic/mark.ts'

const hits = (text: string, ...words: string[]): readonly string[] => findWords(text, words).map(({ from, to }) => text.slice(from, to))

describe('marking what a search found', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['The Ambassador’s café', ['cafe'], ['café']],
    ['cafe\u0301 noir', ['cafe'], ['cafe\u0301']],
    ['STRASSE und Straße', ['strasse'], ['STRASSE']],
    ['mein Straßenbau', ['straß'], ['Straß']],
    ['the ﬁne print', ['fin'], ['ﬁn']],
    ['rain, drain and rainy', ['rain'], ['rain', 'rain']],
    ['rain, drain and rainy', ['rain', 'and'], ['rain', 'and']],
    ['明天在北京見', ['北京'], ['北京']],
    ['明天在北京見', ['明天', '見'], ['明天', '見']],
    ['Ｆｕｌｌ width', ['full'], ['Ｆｕｌｌ']],
    ['𝒽ello 𐐀𐐁', ['hello'], ['𝒽ello']],
    ['no such thing', ['zebra'], []],
    ['anything', [''], []]
  ])('finds in %j the words %j', (text, words, found) => {
    expect(hits(text, ...words)).toEqual(found)
  })

  it('cuts around the first hit, between words, and says that it cut', () => {
    const text = `${'lorem ipsum '.repeat(50)}the needle is here ${'dolor sit '.repeat(50)}`
    const pieces = excerpt(text, ['needle'], 120)
    expect(pieces[0]).toEqual({ text: '…', hit: false })
    expect(pieces.at(-1)).toEqual({ text: '…', hit: false })
    expect(pieces.find((piece) => piece.hit)?.text).toBe('needle')
    expect(pieces.map((piece) => piece.text).join('').length).toBeLessThanOrEqual(122)
    expect(excerpt('one\ntwo', ['two'])).toEqual([{ text: 'one ', hit: false }, { text: 'two', hit: true }])
    expect(excerpt('short', [])).toEqual([{ text: 'short', hit: false }])
  })

  it('holds for any text: ranges ascend, stay inside, never split a character, and excerpts are parts of the text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.array(fc.string({ unit: 'grapheme', maxLength: 4 }), { maxLength: 4 }), fc.integer({ min: 10, max: 80 }), (text, words, room) => {
      const folded = words.map((word) => fold(word).text)
      let last = -1
      for (const { from, to } of findWords(text, folded)) {
        expect(from).toBeGreaterThan(last)
        expect(to).toBeGreaterThan(from)
        expect(to).toBeLessThanOrEqual(text.length)
        expect(text.slice(from, to).isWellFormed() || !text.isWellFormed()).toBe(true)
        last = to
      }
      const cut = excerpt(text, folded, room).map((piece) => piece.text).join('').replace(/^…|…$/g, '')
      expect(text.replace(/[\n\r\t]/g, ' ')).toContain(cut)
    }))
  })
})
