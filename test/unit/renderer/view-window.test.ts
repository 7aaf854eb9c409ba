import { describe, expect, it } from 'vitest'
import { further, hold, MOST, nearer, NEWEST, span, STEP } from '../../../renderer/logic/view-window.ts'

const rows = (n: number): readonly { readonly key: string }[] => Array.from({ length: n }, (_, i) => ({ key: String(i) }))

describe('the drawn part of a topic', () => {
  it('begins with the newest rows', () => {
    expect(span(rows(1_000), NEWEST)).toEqual({ from: 1_000 - STEP, to: 1_000 })
    expect(span(rows(5), NEWEST)).toEqual({ from: 0, to: 5 })
    expect(span([], NEWEST)).toEqual({ from: 0, to: 0 })
  })

  it('stays where it is while others post', () => {
    const view = hold(rows(1_000), NEWEST)
    expect(span(rows(1_050), view)).toEqual({ from: 900, to: 1_000 })
  })

  it('walks to the top and back, and never holds more than its most', () => {
    const all = rows(1_234)
    let view = hold(all, NEWEST)
    const steps: number[] = []
    while (span(all, view).from > 0) {
      view = further(all, view)
      const { from, to } = span(all, view)
      expect(to - from).toBeLessThanOrEqual(MOST)
      steps.push(from)
    }
    expect(steps.at(-1)).toBe(0)
    for (let i = 0; i < 50 && view.end !== undefined; i++) {
      const before = span(all, view)
      view = nearer(all, view)
      const { from, to } = span(all, view)
      expect(to - from).toBeLessThanOrEqual(MOST)
      expect(from).toBeLessThanOrEqual(before.to)
    }
    expect(view.end).toBeUndefined()
  })

  it('falls back to the newest rows where its end is gone', () => {
    expect(span(rows(10), { end: 'gone', count: 5 })).toEqual({ from: 5, to: 10 })
  })
})
