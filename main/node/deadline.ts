import { monotonicNow } from './clock.ts'
import { onWake } from './wake.ts'

/**
 * Runs a task after so many milliseconds, as `setTimeout` does, but time that the computer sleeps counts:
 * what was due meanwhile runs within two seconds of its waking. For waits of minutes and more. It keeps no process alive.
 *
 * @returns a function that calls it off
 */
export function afterTime (milliseconds: number, task: () => void): () => void {
  const due = monotonicNow() + milliseconds
  let timer = arm()
  const unwake = onWake(() => {
    clearTimeout(timer)
    timer = arm()
  })

  function arm (): NodeJS.Timeout {
    return setTimeout(() => {
      unwake()
      task()
    }, due - monotonicNow()).unref()
  }

  return () => {
    unwake()
    clearTimeout(timer)
  }
}
