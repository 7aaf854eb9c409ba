import type { CheckFinding, CheckStep, CheckStepId } from '../../../preload/contract/index.ts'
import { CHECK_LIMITS } from '../limits.ts'
import type { CheckQuestion, CheckResult } from '../types.ts'
import { causeOf } from './cause.ts'
import { finding } from './finding.ts'
import { probeRelays } from './relay-probe.ts'
import { addressStep } from './steps/address.ts'
import { clockStep } from './steps/clock.ts'
import { dialBackStep } from './steps/dial-back.ts'
import { directStep } from './steps/direct.ts'
import { listenStep } from './steps/listen.ts'
import { natStep } from './steps/nat.ts'
import { personStep } from './steps/person.ts'
import { placeStep } from './steps/place.ts'
import { portStep } from './steps/port.ts'
import { relaysStep } from './steps/relays.ts'
import { talkStep } from './steps/talk.ts'
import type { CheckContext, Facts, Step } from './types.ts'

/** What every check looks at, in the order in which it is shown. */
const STEPS: readonly Step[] = [listenStep, addressStep, relaysStep, portStep, placeStep, dialBackStep, natStep, clockStep, directStep]
/** The same where somebody is to be reached: who is not connected has no path to speak of. */
const PERSON_STEPS: readonly Step[] = [...STEPS.filter((step) => step !== directStep), personStep, talkStep, directStep]

/**
 * Looks what keeps people from connecting. The steps run side by side; each
 * tells its finding when it has one. Ends within 20 s, and at once when it is stopped.
 */
export async function runCheck (context: CheckContext, { person, signal, onChange = () => {} }: CheckQuestion): Promise<CheckResult> {
  const steps = person === undefined ? STEPS : PERSON_STEPS
  const findings = new Map<CheckStepId, CheckFinding>()
  const late = AbortSignal.timeout(CHECK_LIMITS.whole)
  const either = AbortSignal.any([signal, late])
  const facts = gather(context, person, either)
  const shown = (): readonly CheckStep[] => steps.map(({ id, title }) => {
    const found = findings.get(id)
    return { id, title, ...(found === undefined ? {} : { finding: found }) }
  })
  onChange({ steps: shown() })
  await Promise.all(steps.map(async (step) => {
    const found = await answer(step, facts, late)
    // What is told after a stop was cut short by it.
    if (found === undefined || signal.aborted) return
    findings.set(step.id, found)
    onChange({ steps: shown() })
  }))
  const cause = signal.aborted ? undefined : causeOf(findings)
  return { steps: shown(), ...(cause === undefined ? {} : { cause }) }
}

function gather (context: CheckContext, person: string | undefined, signal: AbortSignal): Facts {
  const offline = context.offline !== undefined
  const probes = offline ? Promise.resolve([]) : probeRelays(context, signal)
  const before = { context, person, signal, probes, way: Promise.resolve(finding('unknown', '')) }
  const way = person === undefined || offline ? before.way : personStep.run(before)
  // Whoever waits for them hears of what goes wrong; nobody may.
  for (const early of [probes, way]) early.catch(() => {})
  return { ...before, way }
}

/** Undefined: the check was stopped. */
async function answer (step: Step, facts: Facts, late: AbortSignal): Promise<CheckFinding | undefined> {
  if (facts.context.offline !== undefined && step.id !== 'listen') return finding('unknown', 'Not looked at: the network is off.')
  const ended = Promise.withResolvers<undefined>()
  const end = (): void => { ended.resolve(undefined) }
  facts.signal.addEventListener('abort', end, { once: true })
  try {
    const found = facts.signal.aborted ? undefined : await Promise.race([step.id === 'person' ? facts.way : step.run(facts), ended.promise])
    return found ?? (late.aborted ? finding('unknown', `No answer came within ${String(CHECK_LIMITS.whole / 1_000)} seconds.`, 'Check again.') : undefined)
  } catch {
    // What a step could not find out must not keep the others from being shown.
    return finding('unknown', 'This could not be found out.', 'Check again.')
  } finally {
    facts.signal.removeEventListener('abort', end)
  }
}
