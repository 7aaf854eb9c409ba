import { monotonicNow } from './clock.ts'

/** Milliseconds from which the wall clock was set: two clocks read one after the other differ by less. */
const JUMP = 1_000

/**
 * Makes a function that gives the date of a moment, for people to read: by the wall clock as it is now, which may have
 * been set since then. What is shown must not tremble, so the date of a thing changes with such a jump alone.
 *
 * @returns `what` is the thing that the date is of; `at` is the moment, by `monotonicNow`
 */
export function shownDates (): (what: object, at: number) => number {
  const shown = new WeakMap<object, { readonly at: number, readonly date: number }>()
  return (what, at) => {
    const date = Math.round(Date.now() - (monotonicNow() - at))
    const before = shown.get(what)
    if (before?.at === at && Math.abs(date - before.date) < JUMP) return before.date
    shown.set(what, { at, date })
    return date
  }
}
