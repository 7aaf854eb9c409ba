import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mixedScripts } from '../../../text/scripts.ts'
import { looksLike, skeleton, traitsOf } from '../../../text/skeleton.ts'
import { BLANKS } from './corpus/blanks.ts'

/** Ten names that a list would show as 'music' or hardly otherwise, and more. */
const MUSICS = [
  'Music', 'MUSIC', 'music ', ' mu\u200Bsic', 'm\u00ADusic', 'music\uFE0F', 'mu\u3164sic', 'music\u{E0061}', 'mu\u2060sic', 'musi\u200Cc',
  'musіc', 'muѕic', 'mυsic', 'МUSIC', 'ΜUSIC', 'MUSlC', 'rnusic', 'ｍｕｓｉｃ', '𝓶𝓾𝓼𝓲𝓬', 'ᵐᵘˢⁱᶜ', '\u202Amusic\u202C', 'ⅿusiⅽ'
]

describe('the skeleton of a name', () => {
  it.each(MUSICS)('tells that %j looks like music', (name) => {
    expect(looksLike(name, 'music')).toBe(true)
    expect(looksLike('music', name)).toBe(true)
  })

  it.each([
    ['mail', 'mall'], ['music', 'musik'], ['music', 'mu sic'], ['Café', 'Cafe'], ['хор', 'chor'], ['東京', '京都'], ['garden', 'garten'], ['1', '2'], ['☕', '🍵'], ['می‌خواهم', 'می‌خوانم']
  ])('tells %j from %j', (a, b) => {
    expect(looksLike(a, b)).toBe(false)
  })

  it.each([
    ['ВОХ', 'BOX'], ['вох', 'ВОХ'], ['Straße', 'STRASSE'], ['ΣΟΦΟΣ', 'σοφος'], ['İstanbul', 'istanbul'], ['ı', 'i'], ['room 0', 'room O'], ['room 1', 'room l'], ['Cafe\u0301', 'Café'], ['می‌خواهم', 'میخواهم'], ['क्\u200Dष', 'क्ष'], ['a  b', 'a b'], ['сосо', 'coco'], ['☕\uFE0F', '☕']
  ])('takes %j for %j', (a, b) => {
    expect(looksLike(a, b)).toBe(true)
  })

  it('is the same whatever draws nothing within, and for each case', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    const unseen = fc.constantFrom(...BLANKS.filter((blank) => /^\p{Default_Ignorable_Code_Point}+$/u.test(blank)))
    fc.assert(fc.property(name, name, unseen, (before, after, blank) => {
      expect(skeleton(before.normalize('NFKC') + blank + after.normalize('NFKC'))).toBe(skeleton(before.normalize('NFKC') + after.normalize('NFKC')))
    }))
    fc.assert(fc.property(fc.stringMatching(/^[a-z]{1,20}$/u), (word) => { expect(skeleton(word.toUpperCase())).toBe(skeleton(word)) }))
    fc.assert(fc.property(name, (word) => { expect(looksLike(word, word)).toBe(false) }))
  })
})

describe('what could deceive in a name', () => {
  it.each(['music', 'Garden party', 'Café', 'Ω-3', 'β-carotene', 'Привет мир', 'Русский English', 'ελληνικά', '東京タワー', 'カラオケbox', 'Tシャツ', '한국어 채팅', 'K팝', 'می‌خواهم', 'क्‍ष', '👩‍🚀', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '☕️', 'עברית', 'C++', '1984', 'ไทยrock', 'नमस्ते', 'مرحبا', 'Đà Nẵng', 'ŁódźŻ', 'I♥NY', '№1'])('is nothing: %s', (name) => {
    expect(traitsOf(name)).toEqual({ blank: false, unseen: false, mixed: [], disguised: false })
  })

  it('is that nothing is seen, or something unseen', () => {
    for (const name of BLANKS) expect([name, traitsOf(name).blank]).toEqual([name, true])
    for (const name of MUSICS.slice(3, 10)) expect([name, traitsOf(name).unseen]).toEqual([name, true])
  })

  it('is that one word mixes scripts', () => {
    expect(mixedScripts('my musіc')).toEqual(['Latin', 'Cyrillic'])
    expect(mixedScripts('mυsic')).toEqual(['Latin', 'Greek'])
    expect(mixedScripts('ահաaha')).toEqual(['Latin', 'Armenian'])
    expect(mixedScripts('русскийไทย')).toEqual(['Cyrillic', 'Thai'])
    expect(mixedScripts('ᎪᎪA')).toEqual(['Latin', 'Cherokee'])
    expect(mixedScripts('ⲁlpha')).toEqual(['Latin', 'Coptic'])
    expect(mixedScripts('𐌀lpha')).toEqual(['Latin', 'another script'])
  })

  it('is a disguise where the letters of one script pass for another\'s', () => {
    for (const name of ['musіc', 'paypаl', 'МUSIC', 'my mυsic', 'ⲟk']) expect([name, traitsOf(name).disguised]).toEqual([name, true])
    // These mix scripts, and show it.
    for (const name of ['µTorrent', 'Δx', 'Жoops']) expect([name, traitsOf(name)]).toMatchObject([name, { disguised: false, mixed: { length: 2 } }])
  })
})
