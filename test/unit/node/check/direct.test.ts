import { describe, expect, it } from 'vitest'
import { callWords, judgeAll, judgePath, type PathToPerson } from '../../../../main/node/check/steps/direct.ts'
import type { PathCall, PathFinding } from '../../../../main/node/paths/types.ts'
import { WORDS } from '../../../../main/node/paths/words.ts'
import type { CheckFinding } from '../../../../preload/contract/index.ts'

const NOW = 10_000_000
const call = (outcome: PathCall['outcome'], more: Partial<PathCall> = {}): PathCall => ({ kind: 'both', places: ['203.0.113.9:40001'], outcome, took: 4_000, at: NOW, ...more })
const found = (state: PathFinding['state'], words: string, more: Partial<PathFinding> = {}): PathFinding => ({ peerId: '12D3bo', state, words, at: NOW - 120_000, calls: [], ...more })

describe('direct connections to a person', () => {
  const path = (more: Partial<PathToPerson>): PathToPerson => ({ ways: ['circuit'], found: undefined, isOn: true, why: WORDS.waiting, ...more })

  it.each<readonly [string, Partial<PathToPerson>, CheckFinding['state'], RegExp]>([
    ['a hole punch that worked', { ways: ['direct'], found: found('direct', WORDS.direct, { took: 350 }) }, 'good', /^A direct connection took the place of the relay, 350 ms after/u],
    ['the same while the circuit still ends', { ways: ['circuit', 'direct'], found: found('direct', WORDS.direct, { took: 350 }) }, 'good', /^A direct connection took the place/u],
    ['direct from the start', { ways: ['direct'] }, 'good', /no relay had to give way/u],
    ['nobody there', { ways: [], found: found('relayed', WORDS.failed) }, 'unknown', /once you are connected/u],
    ['switched off', { isOn: false, found: found('relayed', WORDS.failed) }, 'warn', /^A relay stands between you two: direct connections are switched off in Settings\.$/u],
    ['a try that failed', { found: found('relayed', WORDS.failed) }, 'warn', /at the last try, 2 minutes ago\. Both ends called each other/u],
    ['a network of ours that changes ports', { found: found('relayed', WORDS.changing) }, 'warn', /Your network gives every connection another port/u],
    ['one that goes on', { found: found('trying', WORDS.trying) }, 'unknown', /still being tried/u],
    ['their turn', {}, 'unknown', /whom you called, has not asked/u],
    ['a direct connection that is gone', { found: found('direct', WORDS.direct) }, 'unknown', /^It is not being tried\./u]
  ])('%s', (_, more, state, words) => {
    expect(judgePath(path(more), NOW)).toMatchObject({ state, words: expect.stringMatching(words) as string })
  })

  it('say what to do by what failed', () => {
    const advice = (words: string): string => judgePath(path({ found: found('relayed', words) }), NOW).advice
    expect(advice(`${WORDS.failed} Your network lets ports out as they are.`)).toMatch(/forwarded to either computer/u)
    expect(advice(WORDS.nowhere)).toMatch(/lies with their network/u)
    expect(advice(WORDS.unsupported)).toMatch(/^Ask them/u)
    expect(advice(WORDS.quiet)).toMatch(/tries again by itself/u)
  })

  it('name each call and what came of it', () => {
    expect(callWords([call('refused', { kind: 'open', took: 12 }), call('silent', { places: ['203.0.113.9:40001', '[2001:db8::9]:40001'] }), call('met', { took: 80 })])).toEqual([
      'Call 1 of 3, at an address of theirs that may let everybody in, to 203.0.113.9:40001: refused, by the machine itself or a firewall, after 12 ms.',
      'Call 2 of 3, both ends at the same moment, to 203.0.113.9:40001 and [2001:db8::9]:40001: nothing came back, after 4000 ms.',
      'Call 3 of 3, both ends at the same moment, to 203.0.113.9:40001: connected, after 80 ms.'
    ])
  })
})

describe('direct connections to everybody', () => {
  it.each<readonly [string, readonly PathFinding[], boolean, CheckFinding['state'], RegExp]>([
    ['switched off', [], false, 'unknown', /^Not tried: direct connections are switched off/u],
    ['never tried', [], true, 'unknown', /^Not tried yet/u],
    ['under way', [found('trying', WORDS.trying)], true, 'unknown', /being tried/u],
    ['all came about', [found('direct', WORDS.direct), found('direct', WORDS.direct)], true, 'good', /^With 2 people a direct/u],
    ['some did', [found('direct', WORDS.direct), found('relayed', WORDS.quiet)], true, 'good', /^With 1 of 2 people.*broke off/u],
    ['none did, for one reason', [found('relayed', WORDS.changing), found('relayed', WORDS.changing)], true, 'warn', /^With none of the 2 people.*another port/u],
    ['none did, for several', [found('relayed', WORDS.changing), found('relayed', WORDS.quiet)], true, 'warn', /the relay goes on\.$/u],
    ['the one did not', [found('relayed', WORDS.quiet)], true, 'warn', /^With the one person with whom it was tried no direct/u]
  ])('%s', (_, findings, isOn, state, words) => {
    expect(judgeAll(findings, isOn, NOW)).toMatchObject({ state, words: expect.stringMatching(words) as string })
  })

  it('show who, when, and each call', () => {
    expect(judgeAll([found('relayed', WORDS.failed, { calls: [call('silent')] })], true, NOW).evidence).toEqual([
      `With 12D3bo, 2 minutes ago: ${WORDS.failed}`,
      'Call 1 of 1, both ends at the same moment, to 203.0.113.9:40001: nothing came back, after 4000 ms.'
    ])
  })
})
