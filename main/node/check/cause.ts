import type { CheckFinding, CheckStepId } from '../../../preload/contract/index.ts'

/**
 * In this order one finding explains those after it: who has no network gets
 * no answer from a relay, and without an answer there is no place.
 */
const EXPLAINS: readonly CheckStepId[] = ['listen', 'clock', 'port', 'relays', 'place', 'person', 'talk', 'nat', 'direct', 'dialBack', 'address']

/** The step whose finding explains most of what is wrong: of those that keep people from connecting, else of those that hinder. */
export function causeOf (findings: ReadonlyMap<CheckStepId, CheckFinding>): CheckStepId | undefined {
  // A computer without an address is in no network at all.
  if (findings.get('address')?.state === 'bad') return 'address'
  return EXPLAINS.find((id) => findings.get(id)?.state === 'bad') ?? EXPLAINS.find((id) => findings.get(id)?.state === 'warn')
}
