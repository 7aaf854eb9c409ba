import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DraftSteps, type Standing } from '../../../renderer/logic/draft-steps.ts'
import { foldDraft, isRoomFor, nextPost } from '../../../renderer/logic/draft.ts'

const bytes = (text: string): number => new TextEncoder().encode(text).byteLength

describe('a draft', () => {
  it('is shown whole where the field has room', () => {
    for (const text of ['', 'hello', 'x'.repeat(20_000), 'line\n'.repeat(700), 'مرحبا '.repeat(1_000), '漢字'.repeat(2_700), '👩\u200D🚀'.repeat(600)]) expect(foldDraft(text)).toEqual({ shown: text, rest: '' })
  })

  it('is split into what the field shows and what follows, and nothing is lost', () => {
    const unit = fc.oneof(fc.constantFrom('a', ' ', '\n', '\t', 'word ', '\u0301', 'e\u0301', '👩\u200D🚀', '🇩🇪', 'א', 'קר 1 ', 'क्', 'ก็', '漢', '\uD800', '\u200D', '\u200B'), fc.string({ unit: 'binary', minLength: 1, maxLength: 5 }))
    fc.assert(fc.property(fc.array(fc.tuple(unit, fc.integer({ min: 1, max: 6_000 })), { maxLength: 3 }), (parts) => {
      const text = parts.map(([piece, times]) => piece.repeat(times)).join('')
      let rest = text
      let joined = ''
      for (let part = 0; rest !== ''; part++) {
        const draft = foldDraft(rest)
        expect(draft.shown + draft.rest).toBe(rest)
        expect(draft.shown).not.toBe('')
        expect(isRoomFor(draft.shown)).toBe(true)
        const next = nextPost(draft)
        if (draft.rest !== '') expect(bytes(next)).toBeLessThanOrEqual(16_384)
        joined += next
        rest = rest.slice(next.length)
        expect(part).toBeLessThan(3_000)
      }
      expect(joined).toBe(text)
    }), { numRuns: 20 })
  })

  it('is cut behind a line, else a word, else a character as people count them', () => {
    const family = '👨\u200D👩\u200D👧\u200D👦'
    expect(foldDraft(`${'x'.repeat(16_000)}\n${'y'.repeat(9_000)}`).shown.endsWith('x\n')).toBe(true)
    expect(foldDraft('word '.repeat(9_000)).shown.endsWith('word ')).toBe(true)
    expect(foldDraft(family.repeat(3_000)).shown.endsWith(family)).toBe(true)
    expect(foldDraft('🇩🇪'.repeat(9_000)).shown.length % 4).toBe(0)
    expect(foldDraft('e\u0301'.repeat(30_000)).shown.endsWith('\u0301')).toBe(true)
  })

  it.each([['marks', 'a' + '\u0301'.repeat(100_000)], ['joined emoji', '👩\u200D'.repeat(50_000)], ['conjuncts', 'क्'.repeat(50_000)], ['tabs', '\t'.repeat(100_000)], ['blanks', ' '.repeat(100_000)]])('shows a few hundred characters at most of a pile of %s', (_name, text) => {
    expect(foldDraft(text).shown.length).toBeLessThan(1_000)
  })
})

describe('steps of a draft', () => {
  const standing = (shown: string, rest = ''): Standing => ({ shown, rest, from: 0, to: 0 })

  it('are taken back one by one, after what was typed since', () => {
    const steps = new DraftSteps()
    steps.add(standing('a'), standing('b', 'rest'))
    steps.typed('bx', false)
    steps.typed('bxy', false)
    expect(steps.undo(standing('bxy', 'rest'))).toBeUndefined()
    steps.typed('b', true)
    expect(steps.undo(standing('b', 'rest'))).toEqual(standing('a'))
    expect(steps.undo(standing('a'))).toBeUndefined()
    expect(steps.redo(standing('a'))).toEqual(standing('b', 'rest'))
  })

  it('are not taken for what only looks the same', () => {
    const steps = new DraftSteps()
    steps.add(standing('a', 'rest'), standing(''))
    steps.typed('short', false)
    steps.typed('', false)
    expect(steps.undo(standing(''))).toBeUndefined()
  })
})
