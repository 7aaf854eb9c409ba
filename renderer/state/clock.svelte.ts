/** The time, to the second. */
class Clock {
  /** Milliseconds since the Unix epoch: for times of day. */
  now = $state(Date.now())
  /** Milliseconds by `performance.now`, which nobody can set: for how long something takes. */
  steady = $state(performance.now())

  constructor () {
    setInterval(() => {
      this.now = Date.now()
      this.steady = performance.now()
    }, 1_000)
  }
}

/** A moment of the recent past, given in milliseconds since the Unix epoch, by `performance.now`. */
export function steadyTime (at: number): number {
  return performance.now() - (Date.now() - at)
}

export const clock = new Clock()
