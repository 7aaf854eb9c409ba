import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { REFUSED_EVERY, reportRefusals } from '../../../main/relay/refused.ts'

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

it('says each minute what was refused in it, and nothing where nothing was', () => {
  let counts: Readonly<Record<string, number>> = { banned: 4, dials: 0 }
  const said: unknown[] = []
  const end = reportRefusals(() => counts, { say: (event) => { said.push(event) } })
  counts = { banned: 7, dials: 0 }
  vi.advanceTimersByTime(REFUSED_EVERY - 1)
  expect(said).toEqual([])
  vi.advanceTimersByTime(1)
  expect(said).toEqual([{ event: 'refused', banned: 3 }])
  vi.advanceTimersByTime(3 * REFUSED_EVERY)
  expect(said).toHaveLength(1)
  counts = { banned: 8, dials: 2, reservations: 1 }
  vi.advanceTimersByTime(REFUSED_EVERY)
  expect(said.slice(1)).toEqual([{ event: 'refused', banned: 1, dials: 2, reservations: 1 }])
  end()
  counts = { banned: 9 }
  vi.advanceTimersByTime(REFUSED_EVERY)
  expect(said).toHaveLength(2)
})
