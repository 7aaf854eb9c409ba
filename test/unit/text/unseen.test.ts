import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dropNeedless, hasNeedless, isBlank } from '../../../text/unseen.ts'
import { BLANKS } from './corpus/blanks.ts'

/** Words and emoji that hold characters which draw nothing by themselves, and need them. */
const NEEDED = [
  'می\u200Cخواهم', 'کتاب\u200Cها', 'کار\u200Cها', 'نامه\u200Cای', 'سال ۱۴۰۲ ه\u200D.ش', 'क्\u200Dष', 'र्\u200Dय', 'ਕ\u200Dਰ'.normalize(), 'র\u200D্যাব', 'ශ්\u200Dරී', 'ന്\u200D', 'ಕ್\u200Cಷ', 'க்\u200Cஷ', 'ᠵᠠᠬᠢᠶ\u180Eᠠ', 'ᠰ\u180Bᠠ',
  '👩\u200D🚀', '👩🏽\u200D🚀', '👨\u200D👩\u200D👧\u200D👦', '❤\uFE0F\u200D🔥', '🏳\uFE0F\u200D🌈', '☕\uFE0F', '☎\uFE0E', '1\uFE0F\u20E3', '#\uFE0F\u20E3', '🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}', '葛\u{E0100}城'
]
const unseen = BLANKS.filter((blank) => blank.trim() !== '' || blank === '\uFEFF')

describe('text with nothing to see', () => {
  it.each(BLANKS)('is %j', (text) => {
    expect(isBlank(text)).toBe(true)
  })

  it('is any mixture of such characters, and none with a letter, sign, mark or emoji among them', () => {
    const blank = fc.array(fc.constantFrom(...BLANKS), { maxLength: 30 }).map((parts) => parts.join(''))
    fc.assert(fc.property(blank, (text) => { expect(isBlank(text)).toBe(true) }))
    fc.assert(fc.property(blank, fc.constantFrom('a', '.', '中', 'ا', '۝', '👋', '\u0301', '\u{F0000}', '_', '¨', '٠', '\uFFFD'), blank, (before, seen, after) => { expect(isBlank(before + seen + after)).toBe(false) }))
  })
})

describe('characters that draw nothing', () => {
  it.each(NEEDED)('stay where they are needed: %j', (text) => {
    expect(dropNeedless(text)).toBe(text)
    expect(dropNeedless(`a ${text}, b`)).toBe(`a ${text}, b`)
  })

  it('go everywhere else', () => {
    for (const one of unseen) {
      expect([one, dropNeedless(`mu${one}sic`).replace(/\s/gu, '')]).toEqual([one, 'music'])
      expect(hasNeedless(`mu${one}sic`)).toBe(true)
    }
    for (const text of ['mu\u200Csic', 'му\u200Dзыка', '音\u200C乐', 'music\uFE0F', '\u200Dمی', 'می\u200C', 'می\u200C\u200Cخواهم', '👩\u200D', '☕\uFE0F\uFE0F', '🏴\u{E0067}\u{E0062}', 'a\u{E0062}b', '1\uFE0F', 'a\u{E0100}']) expect([text, hasNeedless(text)]).toEqual([text, true])
  })

  it('go once and for all', () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.constantFrom(...unseen, ...NEEDED, 'a', 'ا', 'क', ' ', '👩', '\u200C', '\u200D', '\uFE0F'), fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 12 }), (parts) => {
      const once = dropNeedless(parts.join(''))
      expect(dropNeedless(once)).toBe(once)
    }), { numRuns: 2_000 })
  })
})
