let slept = 0

/**
 * Milliseconds on a clock that only moves forward: for intervals, deadlines, quotas and ages.
 *
 * The wall clock (`Date.now`) can be set back or ahead by the person, by NTP or by another system on the
 * same computer. What waits by it then waits hours too long, or ends at once. This clock starts near 0 with
 * the process, so 'never' is `-Infinity`, not 0. Values from two threads or two processes cannot be compared.
 *
 * Node's own monotonic clock stands still while the computer sleeps, except on Windows. `wake.ts` notices
 * that within two seconds and adds the time here, so that what was due during the sleep is due. Timers stand
 * still as well: who waits by one, and not by looking now and then, listens to `onWake`.
 */
export function monotonicNow (): number {
  return performance.now() + slept
}

/** The computer slept for so many milliseconds, which `performance.now` left out. */
export function addSleep (milliseconds: number): void {
  slept += milliseconds
}
