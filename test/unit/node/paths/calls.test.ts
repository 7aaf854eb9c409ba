import { describe, expect, it } from 'vitest'
import { outcomeOf } from '../../../../main/node/paths/calls.ts'
import { BrokenCall } from '../../../../main/node/paths/punch.ts'
import { Tries } from '../../../../main/node/paths/tries.ts'
import type { PathCall } from '../../../../main/node/paths/types.ts'

const coded = (code: string): Error => Object.assign(new Error('no'), { code })

describe('what came of a call', () => {
  it.each<readonly [string, unknown, PathCall['outcome']]>([
    ['nothing in time', new AggregateError([new DOMException('over', 'TimeoutError')]), 'silent'],
    ['a refusal', new AggregateError([new DOMException('over', 'TimeoutError'), coded('ECONNREFUSED')]), 'refused'],
    ['a firewall that resets', new AggregateError([coded('ECONNRESET')]), 'refused'],
    ['no way there', new AggregateError([coded('ENETUNREACH'), coded('EHOSTUNREACH')]), 'noWay'],
    ['no way to one of two, silence from the other', new AggregateError([coded('ENETUNREACH'), coded('ABORT_ERR')]), 'silent'],
    ['an answer and no handshake', new AggregateError([coded('ECONNREFUSED'), new BrokenCall('no')]), 'broken']
  ])('%s', (_, error, outcome) => {
    expect(outcomeOf(error)).toBe(outcome)
  })
})

describe('calls of a try', () => {
  const call = (at: number, outcome: PathCall['outcome'] = 'silent'): PathCall => ({ kind: 'both', places: [], outcome, took: 1, at })
  const ends = (tries: Tries): readonly (readonly [string, number])[] => tries.get('bo')?.calls.map(({ outcome, at }) => [outcome, at] as const) ?? []

  it('stay with what is found, also where it succeeds after the call has ended', () => {
    const tries = new Tries()
    tries.begin('bo', 'trying', 0)
    tries.called('bo', call(4_000))
    tries.begin('bo', 'trying', 4_100)
    tries.succeed('bo', 'direct', 4_300)
    tries.called('bo', call(4_310, 'met'))
    expect(ends(tries)).toEqual([['silent', 4_000], ['met', 4_310]])
    expect(tries.findings.map(({ state, calls }) => [state, calls.length])).toEqual([['direct', 2]])
  })

  it('are forgotten with the next try, and never many', () => {
    const tries = new Tries()
    tries.called('nobody', call(0))
    expect(tries.findings).toEqual([])
    tries.begin('bo', 'trying', 0)
    for (let at = 1; at <= 9; at++) tries.called('bo', call(at))
    expect(ends(tries).map(([, at]) => at)).toEqual([6, 7, 8, 9])
    tries.fail('bo', 'no', 10)
    tries.begin('bo', 'trying', 300_000)
    expect(ends(tries)).toEqual([])
  })
})
