import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renewIn } from '../../../main/node/reachability/reservation-lifetime.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const YEAR = 365 * 24 * HOUR
const NOW = Date.UTC(2026, 10, 22)

/** What is said here holds for these lives of a reservation: js-libp2p's, Natter's, Go's, and those that somebody configured. */
const LIVES = [2 * HOUR, HOUR, 90 * MINUTE, 24 * HOUR]
const SHIFTS = [0, 1, -1, 29, -29, 59, -59, 59.9, 60, 60.5, -60, 61, 120, -120, -180, 180, 24 * 60, -24 * 60].map((minutes) => minutes * MINUTE).concat([YEAR, -YEAR, 10 * YEAR, -10 * YEAR])

describe('a reservation', () => {
  const CASES = LIVES.flatMap((life) => SHIFTS.map((shift) => ({ life, shift, minutes: life / MINUTE, behind: shift / MINUTE })))
  it.each(CASES)('of $minutes minutes is renewed before it ends, and not at once, by a clock that is $behind minutes off', ({ life, shift }) => {
    const relayNow = NOW
    for (const known of [relayNow, undefined]) {
      const wait = renewIn(relayNow + life, known, NOW + shift)
      expect(wait).toBeGreaterThanOrEqual(30_000)
      expect(wait).toBeLessThanOrEqual(life * 0.5)
    }
  })

  it('is renewed after half of its life, whatever our clock says, where the relay tells its own', () => {
    for (const shift of SHIFTS) expect(renewIn(NOW + 2 * HOUR, NOW, NOW + shift)).toBe(HOUR)
    expect(renewIn(NOW + 10 * MINUTE, NOW, NOW)).toBe(5 * MINUTE)
  })

  it('lasts an hour where what the relay says cannot be', () => {
    for (const left of [-YEAR, -1, 0, 59_999, 24 * HOUR + 1, YEAR, Number(2n ** 64n - 1n) * 1_000]) expect(renewIn(NOW + left, undefined, NOW)).toBe(HOUR / 2)
    for (const left of [-YEAR, 0, 24 * HOUR + 1, YEAR, Infinity, NaN]) expect(renewIn(NOW + left, NOW, NOW)).toBe(HOUR / 2)
    expect(renewIn(NaN, undefined, NOW)).toBe(HOUR / 2)
  })

  it('is not asked for without end because a relay says that it ends at once', () => {
    expect(renewIn(NOW + 1, NOW, NOW)).toBe(10_000)
  })

  const shifts = fc.oneof(fc.integer({ min: -4 * HOUR, max: 4 * HOUR }), fc.integer({ min: -50 * YEAR, max: 50 * YEAR }))

  it('of any length is renewed within the first half of its life where the relay tells its time, by any clock', () => {
    fc.assert(fc.property(fc.integer({ min: 20_000, max: 24 * HOUR }), shifts, shifts, (life, relay, ours) => {
      expect(renewIn(NOW + relay + life, NOW + relay, NOW + ours)).toBe(life / 2)
    }), { numRuns: 2_000 })
  })

  it('of an hour or more is renewed within the first half of its life where the relay does not, by any clock', () => {
    fc.assert(fc.property(fc.integer({ min: HOUR, max: 7 * 24 * HOUR }), shifts, (life, ours) => {
      const wait = renewIn(NOW + life, undefined, NOW + ours)
      expect(wait).toBeGreaterThanOrEqual(MINUTE / 2)
      expect(wait).toBeLessThanOrEqual(HOUR / 2)
    }), { numRuns: 2_000 })
  })

  it('is renewed every ten seconds at most and twice a day at least, whatever a relay sends', () => {
    fc.assert(fc.property(fc.double(), fc.option(fc.double(), { nil: undefined }), (expires, relayNow) => {
      const wait = renewIn(expires, relayNow, NOW)
      expect(wait).toBeGreaterThanOrEqual(10_000)
      expect(wait).toBeLessThanOrEqual(12 * HOUR)
    }), { numRuns: 5_000 })
  })
})
