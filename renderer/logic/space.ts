import type { Topic } from '../../preload/contract/index.ts'
import { sizeWords } from './bytes.ts'

/** Disk space that a topic's posts may be limited to, in bytes; `null`: no limit. */
export const LIMITS: readonly (number | null)[] = [50_000_000, 100_000_000, 500_000_000, 1_000_000_000, 5_000_000_000, null]

/** A limit as it is chosen: `500 MB`, `1.3 GB`, `No limit`. */
export function limitWords (bytes: number | null): string {
  if (bytes === null) return 'No limit'
  return sizeWords(bytes).replace('.0 ', ' ')
}

/** What is used, of what may be: `12.3 MB of 500 MB`. */
export function usageWords ({ bytes, maxBytes }: Pick<Topic, 'bytes' | 'maxBytes'>): string {
  if (bytes === null) return maxBytes === null ? 'Being counted, no limit' : `Being counted, limit ${limitWords(maxBytes)}`
  return maxBytes === null ? `${sizeWords(bytes)}, no limit` : `${sizeWords(bytes)} of ${limitWords(maxBytes)}`
}

/** The part of the limit that is used, 0 to 1; undefined where there is none, or nothing is counted yet. */
export function usedPart ({ bytes, maxBytes }: Pick<Topic, 'bytes' | 'maxBytes'>): number | undefined {
  return bytes === null || maxBytes === null ? undefined : Math.min(1, bytes / maxBytes)
}

/** The choices for a topic, the limit that it has among them, in ascending order. */
export function limitChoices (now: number | null): readonly (number | null)[] {
  if (LIMITS.includes(now)) return LIMITS
  return [...LIMITS, now].sort((a, b) => (a ?? Infinity) - (b ?? Infinity))
}
