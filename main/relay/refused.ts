import type { Output } from './output.ts'

/** Milliseconds between two lines: a flood of refusals is not to become a flood of lines. */
export const REFUSED_EVERY = 60_000

/**
 * Says each minute how much was refused in it, by reason, and nothing where
 * nothing was; without a word of what peers sent.
 *
 * @param counts since the start, by reason
 * @returns ends it
 */
export function reportRefusals (counts: () => Readonly<Record<string, number>>, { say }: Pick<Output, 'say'>): () => void {
  let before = counts()
  const timer = setInterval(() => {
    const now = counts()
    const since = Object.entries(now).map(([reason, count]) => [reason, count - (before[reason] ?? 0)] as const).filter(([, count]) => count > 0)
    before = now
    if (since.length > 0) {
      say({ event: 'refused', ...Object.fromEntries(since) })
    }
  }, REFUSED_EVERY).unref()
  return () => { clearInterval(timer) }
}
