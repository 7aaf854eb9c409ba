import { findLink } from '../deep-link.ts'

/** What a second start must not do again: show the same link, start hidden although the person is there. */
const ONCE = new Set(['--hidden', '--safe-mode', '--'])

/** The words of a command line for the same app started anew, in safe mode or out of it. */
export function restartWords (words: readonly string[], safeMode: boolean): string[] {
  const kept = words.filter((word) => !ONCE.has(word) && findLink([word]) === undefined)
  return safeMode ? [...kept, '--safe-mode'] : kept
}
