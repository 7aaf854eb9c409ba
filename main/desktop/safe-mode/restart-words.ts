import { findLink } from '../deep-link.ts'

/** What a second start must not do again: start hidden although the person is there. */
const ONCE = new Set(['--hidden', '--safe-mode'])

/** The words of a command line for the same app started anew, in safe mode or out of it. What stood behind `--` was a link at most, and never an option. */
export function restartWords (words: readonly string[], safeMode: boolean): string[] {
  const end = words.indexOf('--')
  const kept = words.slice(0, end === -1 ? words.length : end).filter((word) => !ONCE.has(word) && findLink([word]) === undefined)
  return safeMode ? [...kept, '--safe-mode'] : kept
}
