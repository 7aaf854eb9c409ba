let shift = 0
const now = ((read) => () => read() + shift)(Date.now)

/** Sets this process's wall clock, in milliseconds from the right time. Timers and `performance.now` are not touched. */
export function setWallClock (milliseconds: number): void {
  shift = milliseconds
}

// From the import on: who takes hold of `Date.now` before the clock is set reads it as well.
globalThis.Date = new Proxy(Date, {
  construct: (date, args: unknown[], target) => Reflect.construct(date, args.length === 0 ? [now()] : args, target) as Date,
  get: (date, key) => key === 'now' ? now : Reflect.get(date, key) as unknown
})
