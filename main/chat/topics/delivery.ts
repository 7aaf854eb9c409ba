import type { Delivery } from '../../../preload/contract/index.ts'

/**
 * How far an own post got, after one more report. Only ever moves forward:
 * reports come in any order, and a person must never see a post that was sent
 * fall back to queued, or to fewer people.
 */
export function advance (current: Delivery | undefined, report: Delivery): Delivery {
  if (current === undefined || current.kind === 'queued') return report
  if (report.kind === 'queued' || report.people <= current.people) return current
  return report
}
