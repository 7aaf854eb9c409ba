import { expect, it } from 'vitest'
import { LIMITS, limitChoices, limitWords, usageWords, usedPart } from '../../../renderer/logic/space.ts'

const MB = 1_000_000

it('limits and sizes are said in the unit that is read best', () => {
  expect(LIMITS.map(limitWords)).toEqual(['50 MB', '100 MB', '500 MB', '1 GB', '5 GB', 'No limit'])
  expect(limitWords(1_300 * MB)).toBe('1.3 GB')
  expect(limitWords(10_000 * MB)).toBe('10 GB')
  expect(usageWords({ bytes: 0, maxBytes: 500 * MB })).toBe('0 kB of 500 MB')
  expect(usageWords({ bytes: 12_340_000, maxBytes: 500 * MB })).toBe('12.3 MB of 500 MB')
  expect(usageWords({ bytes: 12_340 * MB, maxBytes: null })).toBe('12.3 GB, no limit')
  expect(usageWords({ bytes: null, maxBytes: 500 * MB })).toBe('Being counted, limit 500 MB')
  expect(usageWords({ bytes: null, maxBytes: null })).toBe('Being counted, no limit')
})

it('a size just below the next unit is said in that unit', () => {
  expect(usageWords({ bytes: 999_960_000, maxBytes: null })).toBe('1.0 GB, no limit')
  expect(usageWords({ bytes: 999_960, maxBytes: null })).toBe('1.0 MB, no limit')
})

it('the part used never exceeds the whole, and is not guessed', () => {
  expect(usedPart({ bytes: 250 * MB, maxBytes: 500 * MB })).toBe(0.5)
  expect(usedPart({ bytes: 600 * MB, maxBytes: 500 * MB })).toBe(1)
  expect(usedPart({ bytes: null, maxBytes: 500 * MB })).toBeUndefined()
  expect(usedPart({ bytes: 1, maxBytes: null })).toBeUndefined()
})

it('the limit that a topic has is among the choices, in its place', () => {
  expect(limitChoices(500 * MB)).toEqual(LIMITS)
  expect(limitChoices(null)).toEqual(LIMITS)
  expect(limitChoices(1_300 * MB)).toEqual([50 * MB, 100 * MB, 500 * MB, 1_000 * MB, 1_300 * MB, 5_000 * MB, null])
})
