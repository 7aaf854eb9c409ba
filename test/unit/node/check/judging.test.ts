import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it } from 'vitest'
import type { CheckFinding, CheckStepId } from '../../../../preload/contract/index.ts'
import { causeOf } from '../../../../main/node/check/cause.ts'
import { stretch } from '../../../../main/node/check/finding.ts'
import type { RelayProbe } from '../../../../main/node/check/relay-probe.ts'
import { isPrivateIp, ownAddresses } from '../../../../main/node/check/steps/address.ts'
import { judgeClock } from '../../../../main/node/check/steps/clock.ts'
import { judgeNat } from '../../../../main/node/check/steps/nat.ts'

const at = multiaddr('/ip4/198.51.100.7/tcp/4001')
const probe = (peerId: string, more: Partial<RelayProbe>): RelayProbe => ({ peerId, address: at, steps: [], ...more })
const seen = (peerId: string, port: number, as: string): RelayProbe => probe(peerId, { from: { host: '10.1.0.2', port }, seenAs: multiaddr(as) })
const clocked = (peerId: string, ahead: number, within = 20): RelayProbe => probe(peerId, { clock: { ahead, within } })

describe('the kind of NAT', () => {
  it.each<readonly [string, readonly RelayProbe[], CheckFinding['state'], RegExp]>([
    ['none', [seen('a', 5_000, '/ip4/10.1.0.2/tcp/5000')], 'good', /^None/u],
    ['the same to two', [seen('a', 5_000, '/ip4/203.0.113.9/tcp/5000'), seen('b', 5_000, '/ip4/203.0.113.9/tcp/5000')], 'good', /keeps the port/u],
    ['another port, the same to two', [seen('a', 5_000, '/ip4/203.0.113.9/tcp/61000'), seen('b', 5_000, '/ip4/203.0.113.9/tcp/61000')], 'good', /same address and port: /u],
    ['another port to each', [seen('a', 5_000, '/ip4/203.0.113.9/tcp/61000'), seen('b', 5_000, '/ip4/203.0.113.9/tcp/61001')], 'warn', /symmetric/u],
    ['another address to each', [seen('a', 5_000, '/ip4/203.0.113.9/tcp/5000'), seen('b', 5_000, '/ip4/203.0.113.10/tcp/5000')], 'warn', /symmetric/u],
    ['one relay, port kept', [seen('a', 5_000, '/ip4/203.0.113.9/tcp/5000')], 'good', /as far as one relay can tell/u],
    ['one relay, port changed', [seen('a', 5_000, '/ip4/203.0.113.9/tcp/61000')], 'unknown', /one relay alone cannot tell/u],
    ['two ports here, nothing to compare', [seen('a', 5_000, '/ip4/203.0.113.9/tcp/61000'), seen('b', 5_001, '/ip4/203.0.113.9/tcp/61001')], 'unknown', /cannot tell/u],
    ['a proxy between', [probe('a', { proxy: 'proxy:3128', seenAs: at })], 'unknown', /proxy/u],
    ['nobody to ask', [], 'unknown', /No relay/u]
  ])('%s', (_, probes, state, words) => {
    expect(judgeNat(probes)).toMatchObject({ state, words: expect.stringMatching(words) as string })
  })
})

describe('the clock', () => {
  const DAY = 86_400_000
  it.each<readonly [string, readonly RelayProbe[], CheckFinding['state'], RegExp]>([
    ['right', [clocked('a', 300), clocked('b', -200)], 'good', /agrees with those of 2 relays, within 1 second/u],
    ['right within what a slow answer can tell', [clocked('a', 62_000, 5_000)], 'good', /agrees/u],
    ['two minutes behind', [clocked('a', 120_000), clocked('b', 121_000)], 'warn', /2 minutes behind.*an earlier time than your relays\.$/u],
    ['a day ahead', [clocked('a', -DAY), clocked('b', -DAY)], 'bad', /24 hours ahead/u],
    ['a day ahead of a lone relay', [clocked('a', -DAY)], 'bad', /may be the one that is wrong\.$/u],
    ['one relay against another', [clocked('a', -DAY), clocked('b', 10)], 'unknown', /do not agree/u],
    ['nobody who tells', [probe('a', {})], 'unknown', /told its time/u]
  ])('%s', (_, probes, state, words) => {
    expect(judgeClock(probes)).toMatchObject({ state, words: expect.stringMatching(words) as string })
  })

  it('is said in units that people count in', () => {
    expect([1_000, 59_000, 130_000, 7_300_000, 90_000_000, 200_000_000].map(stretch)).toEqual(['1 second', '59 seconds', '2 minutes', '2 hours', '25 hours', '2 days'])
  })
})

describe('addresses of this computer', () => {
  it('leave out what leads nowhere', () => {
    const make = (address: string, internal = false): never => ({ address, internal }) as never
    expect(ownAddresses({ lo: [make('127.0.0.1', true)], eth0: [make('192.168.1.2'), make('fe80::1'), make('2001:db8::1')], none: undefined, zero: [make('169.254.3.4')] })).toEqual(['192.168.1.2', '2001:db8::1'])
  })

  it('are private where only one network knows them', () => {
    expect(['10.0.0.1', '192.168.1.1', '172.16.0.1', '100.64.0.1', '100.127.255.1', 'fd00::1'].filter((address) => !isPrivateIp(address))).toEqual([])
    expect(['44.0.0.2', '100.128.0.1', '100.63.0.1', '2a0e:8f00::2'].filter(isPrivateIp)).toEqual([])
  })
})

it('of several findings the one that explains the others is the cause', () => {
  const cause = (found: Partial<Record<CheckStepId, CheckFinding['state']>>): CheckStepId | undefined =>
    causeOf(new Map(Object.entries(found).map(([id, state]) => [id as CheckStepId, { state, words: '', advice: '', evidence: [] }])))
  expect(cause({ listen: 'good', nat: 'unknown' })).toBeUndefined()
  expect(cause({ address: 'warn', dialBack: 'warn', nat: 'good' })).toBe('dialBack')
  expect(cause({ nat: 'warn', dialBack: 'warn', place: 'bad' })).toBe('place')
  expect(cause({ place: 'bad', relays: 'bad', port: 'bad' })).toBe('port')
  expect(cause({ relays: 'bad', clock: 'bad' })).toBe('clock')
  expect(cause({ relays: 'bad', address: 'bad' })).toBe('address')
  expect(cause({ relays: 'good', person: 'bad', dialBack: 'warn' })).toBe('person')
})
