import type { Check, CheckFinding, Person } from '../../preload/contract/index.ts'
import { nameOf } from './names.ts'
import { withShortIds } from './words.ts'

/** A finding's state in a word; the word is what colours and icons only repeat. */
export function findingWord (state: CheckFinding['state']): string {
  switch (state) {
    case 'good': return 'Good'
    case 'warn': return 'Note'
    case 'bad': return 'Problem'
    case 'unknown': return 'Not known'
  }
}

/** How many steps of a check have ended. */
export function stepsDone ({ steps }: Check): number {
  return steps.filter(({ finding }) => finding !== undefined).length
}

/** What a check comes to, in a line. */
export function checkHeadline (check: Check): string {
  const done = stepsDone(check)
  switch (check.state) {
    case 'running': return check.steps.length === 0 ? 'Looking…' : `Looking: ${String(done)} of ${String(check.steps.length)} done`
    case 'stopped': return `Stopped after ${String(done)} of ${String(check.steps.length)}`
    case 'done': {
      const finding = check.steps.find(({ id }) => id === check.cause)?.finding
      if (finding !== undefined) return `${finding.state === 'warn' ? 'Nothing keeps you from connecting. One thing to know: ' : ''}${withShortIds(finding.words)}`
      return check.steps.some((step) => step.finding?.state === 'unknown') ? 'Nothing was found in the way; not all could be told.' : 'Nothing stands in the way.'
    }
  }
}

/** Somebody whom a check can be about. */
export interface Candidate { readonly peerId: string, readonly words: string }

/**
 * Who can be chosen: everybody on our topics once, who is not connected first.
 *
 * @param name what who is chosen was called then: they may leave all topics meanwhile
 */
export function checkCandidates (people: readonly Person[], chosen: string, name = ''): readonly Candidate[] {
  const all = new Map(people.filter(({ path }) => path.kind !== 'self').map((person) => [person.peerId, person]))
  const away = ({ path }: Person): boolean => path.kind === 'none' || path.kind === 'hub'
  const known = [...all.values()]
    .sort((a, b) => Number(away(b)) - Number(away(a)) || nameOf(a.name, a.peerId).localeCompare(nameOf(b.name, b.peerId)))
    .map((person) => ({ peerId: person.peerId, words: `${nameOf(person.name, person.peerId)}${away(person) ? ', not connected' : ''}` }))
  return chosen === '' || all.has(chosen) ? known : [{ peerId: chosen, words: `${nameOf(name, chosen)}, not connected` }, ...known]
}
