import { describe, expect, it } from 'vitest'
import type { Check, CheckFinding, Person } from '../../../preload/contract/index.ts'
import { checkCandidates, checkHeadline, stepsDone } from '../../../renderer/logic/check.ts'

const found = (state: CheckFinding['state'], words: string): { readonly finding: CheckFinding } => ({ finding: { state, words, advice: '', evidence: [] } })
const check = (more: Partial<Check>): Check => ({ id: 1, state: 'done', startedAt: 0, steps: [], ...more })

describe('the headline of a check', () => {
  const steps = [{ id: 'listen', title: 'a', ...found('good', 'It listens.') }, { id: 'nat', title: 'b' }] as const

  it('says how far it is', () => {
    expect(checkHeadline(check({ state: 'running' }))).toBe('Looking…')
    expect(checkHeadline(check({ state: 'running', steps }))).toBe('Looking: 1 of 2 done')
    expect(checkHeadline(check({ state: 'stopped', steps }))).toBe('Stopped after 1 of 2')
    expect(stepsDone(check({ steps }))).toBe(1)
  })

  it('names the cause, with peer ids shortened; a hindrance is no obstacle', () => {
    const place = { id: 'place', title: 'c', ...found('bad', 'Relay 12D3KooWEU4QF4sLjbzmyLv9iFW2YXCFM9zzpVnHB8vSemKHmjTF is full.') } as const
    expect(checkHeadline(check({ steps: [place], cause: 'place' }))).toBe('Relay 12D3…HmjTF is full.'.replace('HmjTF', 'mjTF'))
    const nat = { id: 'nat', title: 'd', ...found('warn', 'The router is strict.') } as const
    expect(checkHeadline(check({ steps: [nat], cause: 'nat' }))).toBe('Nothing keeps you from connecting. One thing to know: The router is strict.')
  })

  it('claims no more than was found out', () => {
    expect(checkHeadline(check({ steps: [{ id: 'listen', title: 'a', ...found('good', '') }] }))).toBe('Nothing stands in the way.')
    expect(checkHeadline(check({ steps: [{ id: 'clock', title: 'a', ...found('unknown', '') }] }))).toBe('Nothing was found in the way; not all could be told.')
  })
})

it('people to choose from stand once each, who is not connected first, and ourselves never', () => {
  const person = (peerId: string, name: string, path: Person['path']): Person => ({ peerId, name, path })
  const direct = { kind: 'direct', address: '/ip4/192.0.2.1/tcp/1' } as const
  const people = [person('me', 'Me', { kind: 'self' }), person('z', 'Zoe', { kind: 'none' }), person('b', 'Bo', direct), person('b', 'Bo', direct), person('a', 'Ada', { kind: 'hub', relay: 'r' })]
  expect(checkCandidates(people, '').map(({ words }) => words)).toEqual(['Ada, not connected', 'Zoe, not connected', 'Bo'])
  expect(checkCandidates(people, 'gone').map(({ peerId }) => peerId)).toEqual(['gone', 'a', 'z', 'b'])
  expect(checkCandidates(people, 'gone', 'Grace')[0]).toEqual({ peerId: 'gone', words: 'Grace, not connected' })
})
