import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WakeWatch, type Clocks, type Wake } from '../../../main/node/wake.ts'

const HOUR = 3_600_000
let clocks: Clocks
let slept: number
let heard: Wake[]
let watch: WakeWatch
let end: () => void

/** Time passes for all, as it does while nothing happens. */
async function pass (ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 500) {
    clocks = { wall: clocks.wall + 500, steady: clocks.steady + 500, awake: clocks.awake + 500 }
    await vi.advanceTimersByTimeAsync(500)
  }
}

const set = (ms: number): void => { clocks = { ...clocks, wall: clocks.wall + ms } }
const sleep = (ms: number): void => { clocks = { ...clocks, wall: clocks.wall + ms, awake: clocks.awake + ms } }

beforeEach(() => {
  vi.useFakeTimers()
  clocks = { wall: Date.UTC(2026, 10, 22), steady: 1_000, awake: 5_000_000 }
  slept = 0
  heard = []
  watch = new WakeWatch(() => clocks, (ms) => { slept += ms })
  end = watch.on((wake) => { heard.push(wake) })
})
afterEach(() => {
  end()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

describe('a wake', () => {
  it('does not come while clocks go alike, nor where NTP puts one right by a second', async () => {
    await pass(60_000)
    set(1_000)
    await pass(4_000)
    set(-2_500)
    await pass(4_000)
    expect([heard, slept]).toEqual([[], 0])
  })

  it.each([[3 * HOUR], [-3 * HOUR], [365 * 24 * HOUR], [-365 * 24 * HOUR], [3_500], [-3_500]])('comes within two seconds of a clock that was set by %i ms, and nobody slept', async (ms) => {
    await pass(10_000)
    set(ms)
    await pass(2_000)
    expect([heard, slept]).toEqual([[{ slept: 0, set: ms }], 0])
  })

  it.each([[4_000], [8 * HOUR], [30 * 24 * HOUR]])('comes within two seconds of a sleep of %i ms, which counts', async (ms) => {
    await pass(10_000)
    sleep(ms)
    await pass(2_000)
    expect([heard, slept]).toEqual([[{ slept: ms, set: 0 }], ms])
  })

  it('tells a sleep from a clock that came out of it wrong', async () => {
    sleep(HOUR)
    set(-3 * HOUR)
    await pass(2_000)
    expect([heard, slept]).toEqual([[{ slept: HOUR, set: -3 * HOUR }], HOUR])
  })

  it('comes when the process stood still although all clocks went on', async () => {
    clocks = { wall: clocks.wall + HOUR, steady: clocks.steady + HOUR, awake: clocks.awake + HOUR }
    await pass(2_000)
    expect([heard, slept]).toEqual([[{ slept: 0, set: 0 }], 0])
  })

  it('comes at once when the system says that the computer is awake, and the sleep counts once', async () => {
    await pass(10_000)
    sleep(HOUR)
    watch.look(true)
    expect([heard, slept]).toEqual([[{ slept: HOUR, set: 0 }], HOUR])
    await pass(10_000)
    expect([heard.length, slept]).toEqual([1, HOUR])
  })

  it('comes every three seconds at most, and leaves nothing out', async () => {
    for (let jump = 0; jump < 600; jump++) {
      set(jump % 2 === 0 ? 5_000 : -5_000)
      watch.look(true)
      await pass(500)
    }
    await pass(5_000)
    expect(heard.length).toBeGreaterThan(90)
    expect(heard.length).toBeLessThanOrEqual(103)
    expect(heard.reduce((sum, each) => sum + each.set, 0)).toBe(0)
    expect(slept).toBe(0)
  })

  it('is heard by all who listen, and by nobody after the end; a sleep meanwhile counts all the same', async () => {
    const other: Wake[] = []
    const endOther = watch.on((wake) => { other.push(wake) })
    sleep(HOUR)
    await pass(2_000)
    expect([heard.length, other.length]).toEqual([1, 1])
    endOther()
    end()
    expect(vi.getTimerCount()).toBe(0)
    sleep(HOUR)
    await pass(60_000)
    end = watch.on((wake) => { heard.push(wake) })
    expect([heard.length, other.length, slept]).toEqual([1, 1, 2 * HOUR])
  })

  it('adds up to what happened, in whatever order a computer sleeps and its clock is set', async () => {
    const jump = fc.oneof(fc.integer({ min: 3_000, max: 4 * HOUR }), fc.integer({ min: 3_000, max: 50 * 365 * 24 * HOUR }))
    const happening = fc.oneof(
      fc.record({ kind: fc.constant('sleep' as const), ms: jump }),
      fc.record({ kind: fc.constant('set' as const), ms: fc.tuple(jump, fc.constantFrom(1, -1)).map(([ms, sign]) => ms * sign) }),
      fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 20_000 }) }))
    await fc.assert(fc.asyncProperty(fc.array(happening, { maxLength: 12 }), async (happenings) => {
      heard = []
      slept = 0
      for (const { kind, ms } of happenings) {
        if (kind === 'sleep') sleep(ms)
        else if (kind === 'set') set(ms)
        await pass(kind === 'pass' ? ms : 2_000)
      }
      await pass(4_000)
      const sum = (which: 'slept' | 'set'): number => happenings.reduce((all, { kind, ms }) => all + (kind === (which === 'set' ? 'set' : 'sleep') ? ms : 0), 0)
      expect([slept, heard.reduce((all, each) => all + each.slept, 0), heard.reduce((all, each) => all + each.set, 0)]).toEqual([sum('slept'), sum('slept'), sum('set')])
    }), { numRuns: 200 })
  })
})
