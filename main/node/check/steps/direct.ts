import { setTimeout as delay } from 'node:timers/promises'
import { peerIdFromString } from '@libp2p/peer-id'
import type { CheckFinding } from '../../../../preload/contract/index.ts'
import { monotonicNow } from '../../clock.ts'
import { isCircuit } from '../../addresses/kinds.ts'
import { CHECK_LIMITS } from '../../limits.ts'
import type { PathCall, PathFinding } from '../../paths/types.ts'
import { WORDS } from '../../paths/words.ts'
import { counted, finding, inMilliseconds, stretch } from '../finding.ts'
import type { Facts, Step } from '../types.ts'

const LOOK = 100
/** People of whom it is shown how it went. */
const SHOWN = 10

/** Whether direct connections take the place of circuits, and if not, which call failed and how. */
export const directStep: Step = {
  id: 'direct',
  title: 'Do direct connections come about (hole punching)?',
  run: async (facts) => facts.person === undefined ? judgeAll(facts.context.paths.findings, facts.context.paths.isOn, monotonicNow()) : ofPerson(facts, facts.person)
}

/** Tells of everybody with whom it was tried. */
export function judgeAll (findings: readonly PathFinding[], isOn: boolean, now: number): CheckFinding {
  const evidence = findings.slice(-SHOWN).flatMap((one) => [`With ${one.peerId}, ${stretch(Math.max(0, now - one.at))} ago: ${one.words}`, ...callWords(one.calls)])
  if (!isOn) return finding('unknown', `Not tried: ${lowerFirst(WORDS.off)}`, ADVICE[WORDS.off], evidence)
  const [met, failed] = (['direct', 'relayed'] as const).map((state) => findings.filter((one) => one.state === state))
  if (met === undefined || failed === undefined || met.length + failed.length === 0) {
    return finding('unknown', findings.length === 0 ? 'Not tried yet: it is, with people on your topics who are reached through a relay.' : 'It is being tried.', '', evidence)
  }
  if (failed.length === 0) return finding('good', `With ${counted(met.length, 'person', 'people')} a direct connection took the place of the relay.`, '', evidence)
  const why = [...new Set(failed.map(({ words }) => words))]
  const reason = why.length === 1 ? ` ${why.join('')}` : ''
  const tried = met.length + failed.length
  return met.length > 0
    ? finding('good', `With ${String(met.length)} of ${String(tried)} people a direct connection took the place of the relay; the others are reached through it.${reason}`, '', evidence)
    : finding('warn', `${tried === 1 ? 'With the one person' : `With none of the ${String(tried)} people`} with whom it was tried ${tried === 1 ? 'no' : 'a'} direct connection came about; the relay goes on.${reason}`, adviceFor(why[0] ?? ''), evidence)
}

/** Waits for the end of a try that is under way, or is about to begin. */
async function ofPerson (facts: Facts, person: string): Promise<CheckFinding> {
  const { context: { node, paths }, way, signal } = facts
  await way
  const open = (): readonly ('circuit' | 'direct')[] => node.libp2p.getConnections(peerIdFromString(person)).filter(({ status }) => status === 'open').map(({ remoteAddr }) => isCircuit(remoteAddr) ? 'circuit' : 'direct')
  const found = (): PathFinding | undefined => paths.findings.find(({ peerId }) => peerId === person)
  const isDue = (waited: number): boolean => {
    const state = found()?.state
    return paths.isOn && !signal.aborted && open().includes('circuit') && !open().includes('direct') && state !== 'relayed' && waited < (state === 'trying' ? CHECK_LIMITS.punch : CHECK_LIMITS.punchBegins)
  }
  for (let start = monotonicNow(); isDue(monotonicNow() - start);) await delay(LOOK)
  return judgePath({ ways: open(), found: found(), isOn: paths.isOn, why: paths.why(person) }, monotonicNow())
}

/** What is known of the way to one person. */
export interface PathToPerson {
  readonly ways: readonly ('circuit' | 'direct')[]
  readonly found: PathFinding | undefined
  readonly isOn: boolean
  /** Why they are reached through a relay. */
  readonly why: string
}

/** Tells how it went with one person. */
export function judgePath ({ ways, found, isOn, why }: PathToPerson, now: number): CheckFinding {
  const evidence = found === undefined ? [] : callWords(found.calls)
  if (ways.includes('direct')) {
    return found?.state === 'direct'
      ? finding('good', `A direct connection took the place of the relay${found.took === undefined ? '' : `, ${inMilliseconds(found.took)} after the try began`}.`, '', evidence)
      : finding('good', 'You are connected directly; no relay had to give way.', '', evidence)
  }
  if (ways.length === 0) return finding('unknown', 'This shows once you are connected to them.', '', evidence)
  if (!isOn) return finding('warn', `A relay stands between you two: ${lowerFirst(WORDS.off)}`, ADVICE[WORDS.off], evidence)
  if (found?.state === 'relayed') return finding('warn', `No direct connection came about at the last try, ${stretch(Math.max(0, now - found.at))} ago. ${found.words}`, adviceFor(found.words), evidence)
  return found?.state === 'trying'
    ? finding('unknown', 'It is still being tried.', 'Check again in a moment.', evidence)
    : finding('unknown', `It is not being tried. ${why}`, 'The relay carries what you say. Check again in a moment.', evidence)
}

const OUTCOMES: Readonly<Record<PathCall['outcome'], string>> = {
  met: 'connected',
  refused: 'refused, by the machine itself or a firewall',
  silent: 'nothing came back',
  noWay: 'this network has no way there',
  broken: 'somebody answered, and no connection came of it'
}

/** A sentence for each call, numbered, so that it shows which one failed. */
export function callWords (calls: readonly PathCall[]): string[] {
  return calls.map(({ kind, places, outcome, took }, i) => `Call ${String(i + 1)} of ${String(calls.length)}, ${kind === 'open' ? 'at an address of theirs that may let everybody in' : 'both ends at the same moment'}, to ${places.join(' and ')}: ${OUTCOMES[outcome]}, after ${inMilliseconds(took)}.`)
}

function adviceFor (words: string): string {
  return Object.entries(ADVICE).find(([start]) => words.startsWith(start))?.[1] ?? 'The relay carries what you say. Natter tries again by itself.'
}

/** What to do, by why there is no direct connection. */
const ADVICE = {
  [WORDS.off]: 'Switch them on in Settings, under Network, if people on your topics may learn your IP address.',
  [WORDS.changing]: 'The relay carries what you say. Through another network, or with a TCP port forwarded to this computer in the router, it can come about.',
  [WORDS.nowhere]: 'The relay carries what you say. It lies with their network: another one, or a port forwarded in their router, would help.',
  [WORDS.failed]: 'The relay carries what you say. A TCP port that is forwarded to either computer in its router settles it.',
  [WORDS.unsupported]: 'Ask them whether direct connections are switched on in their settings.',
  [WORDS.unseen]: 'What is said above about your relays comes first.',
  [WORDS.proxy]: 'The relay carries what you say. Nothing else is wrong.'
} as const

function lowerFirst (sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1)
}
