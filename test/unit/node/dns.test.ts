import { afterEach, expect, it } from 'vitest'
import { RecordType } from '@multiformats/dns'
import { lookUpNames } from '../../../main/node/addresses/dns.ts'
import { setWallClock } from '../../support/wall-clock.ts'

const HOUR = 3_600_000
afterEach(() => { setWallClock(0) })

// The answers of a name server are all that is made up here: they are what changes.
it.each([-3, 3, -365 * 24])('an answer is kept as long as it says, and asked for anew after the clock was set by %i h', async (hours) => {
  let answer = 'dnsaddr=/ip4/203.0.113.1/tcp/4001'
  let asked = 0
  const names = lookUpNames({ resolvers: { '.': async (name) => {
    asked++
    return { Status: 0, TC: false, RD: true, RA: true, AD: false, CD: false, Question: [{ name, type: RecordType.TXT }], Answer: [{ name, type: RecordType.TXT, TTL: 60, data: answer }] }
  } } })
  const lookUp = async (): Promise<string | undefined> => (await names.query('_dnsaddr.relay.example', { types: [RecordType.TXT] })).Answer[0]?.data
  const first = await lookUp()
  expect([await lookUp(), asked]).toEqual([first, 1])
  answer = 'dnsaddr=/ip4/203.0.113.2/tcp/4001'
  setWallClock(hours * HOUR)
  expect([await lookUp(), asked]).toEqual([answer, 2])
  expect([await lookUp(), asked]).toEqual([answer, 2])
})
