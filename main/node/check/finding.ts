import type { CheckFinding } from '../../../preload/contract/index.ts'

/** Makes a finding. */
export function finding (state: CheckFinding['state'], words: string, advice = '', evidence: readonly string[] = []): CheckFinding {
  return { state, words, advice, evidence }
}

/** Milliseconds in words. */
export function inMilliseconds (ms: number): string {
  return ms < 1 ? 'under 1 ms' : `${String(Math.round(ms))} ms`
}

/** `1 relay`, `3 relays`. */
export function counted (n: number, one: string, many: string): string {
  return `${String(n)} ${n === 1 ? one : many}`
}

/** A stretch of time in the largest unit that fits: `26 hours`, `3 days`. */
export function stretch (ms: number): string {
  const seconds = Math.round(ms / 1_000)
  const units = [[172_800, 86_400, 'days'], [7_200, 3_600, 'hours'], [120, 60, 'minutes']] as const
  const unit = units.find(([from]) => seconds >= from)
  if (unit !== undefined) return `${String(Math.round(seconds / unit[1]))} ${unit[2]}`
  return counted(seconds, 'second', 'seconds')
}
