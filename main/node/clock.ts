/**
 * Milliseconds on a clock that only moves forward: for intervals, deadlines, quotas and ages.
 *
 * The wall clock (`Date.now`) can be set back or ahead by the person, by NTP or by another system on the
 * same computer. What waits by it then waits hours too long, or ends at once. This clock starts near 0 with
 * the process, so 'never' is `-Infinity`, not 0. It stands still while the computer sleeps,
 * except on Windows. Values from two threads or two processes cannot be compared.
 */
export function monotonicNow (): number {
  return performance.now()
}
