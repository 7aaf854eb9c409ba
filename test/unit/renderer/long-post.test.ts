import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { beginningOf, cutParts } from '../../../renderer/logic/long-post.ts'

describe('a long post', () => {
  it('is folded where it takes more than 36 lines', () => {
    expect(beginningOf('')).toBeUndefined()
    expect(beginningOf(Array.from({ length: 36 }, () => 'x').join('\n'))).toBeUndefined()
    const lines = Array.from({ length: 40 }, (_, n) => `line ${String(n)}`)
    expect(beginningOf(lines.join('\n'))).toBe(lines.slice(0, 24).join('\n'))
    expect(beginningOf('x'.repeat(72 * 36))).toBeUndefined()
    expect(beginningOf('x'.repeat(16_384))).toBe('x'.repeat(72 * 24))
    expect(beginningOf(`a${'\n'.repeat(16_379)}`)).toBe('a')
  })

  it('begins as the whole does, at the end of a character, and is short', () => {
    const line = fc.string({ unit: 'grapheme', maxLength: 200 })
    fc.assert(fc.property(fc.array(line, { maxLength: 120 }), (lines) => {
      const text = lines.join('\n')
      const beginning = beginningOf(text)
      if (beginning === undefined) {
        expect(lines.reduce((sum, { length }) => sum + Math.max(1, Math.ceil(length / 72)), 0)).toBeLessThan(250)
        return
      }
      expect(text.startsWith(beginning)).toBe(true)
      expect(beginning.length).toBeLessThanOrEqual(72 * 24 + 64)
      expect(beginning.split('\n').length).toBeLessThanOrEqual(24)
      expect(beginning).toBe(beginning.toWellFormed())
    }))
  })

  it('keeps where a link leads that it cuts', () => {
    const parts = [{ text: 'see ' }, { text: 'https://example.org/long', url: 'https://example.org/long' }, { text: ' more' }]
    expect(cutParts(parts, 10)).toEqual([{ text: 'see ' }, { text: 'https:', url: 'https://example.org/long' }])
    expect(cutParts(parts, undefined)).toBe(parts)
    expect(cutParts(parts, 4)).toEqual([{ text: 'see ' }])
  })
})
