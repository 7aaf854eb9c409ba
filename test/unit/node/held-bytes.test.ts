import fc from 'fast-check'
import { expect, it } from 'vitest'
import { HeldBytes, type Holder } from '../../../main/node/guard/held-bytes.ts'

interface Place extends Holder { readonly reset: () => boolean }

function place (): Place {
  let isReset = false
  return { abort: () => { isReset = true }, reset: () => isReset }
}

it('resets the stream that holds most of a connection that is over its limit', async () => {
  const held = new HeldBytes({ perConnection: 100, total: 1_000 })
  const account = held.open('192.0.2.1')
  const [small, large, last] = [place(), place(), place()]
  account.set(small, 30)
  account.set(large, 60)
  account.set(last, 20)
  await Promise.resolve()
  expect([small, large, last].map((each) => each.reset())).toEqual([false, true, false])
  expect([held.total, held.resets]).toEqual([50, 1])
})

it('where all together are too much, the host that holds most gives way, however many connections it has', async () => {
  const held = new HeldBytes({ perConnection: 100, total: 300 })
  const honest = place()
  held.open('192.0.2.1').set(honest, 90)
  const crowd = Array.from({ length: 10 }, () => {
    const each = place()
    held.open('192.0.2.2').set(each, 40)
    return each
  })
  await Promise.resolve()
  expect(honest.reset()).toBe(false)
  expect(crowd.filter((each) => each.reset()).length).toBeGreaterThan(0)
  expect(held.total).toBeLessThanOrEqual(300)
})

it('forgets what a connection held that has ended, whatever its streams say afterwards', () => {
  const held = new HeldBytes({ perConnection: 100, total: 300 })
  const account = held.open('192.0.2.1')
  const stream = place()
  account.set(stream, 50)
  account.close()
  account.set(stream, 70)
  expect(held.total).toBe(0)
})

it('never lets more wait than its limits, whatever comes in whatever order', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.record({ connection: fc.nat(4), stream: fc.nat(6), bytes: fc.nat(120) }), { maxLength: 200 }), async (steps) => {
    const limits = { perConnection: 100, total: 250 }
    const held = new HeldBytes(limits)
    const accounts = Array.from({ length: 5 }, (_, index) => held.open(`192.0.2.${index % 3}`))
    const places = Array.from({ length: 5 }, () => Array.from({ length: 7 }, place))
    for (const { connection, stream, bytes } of steps) {
      accounts[connection]?.set(places[connection]?.[stream] as Place, bytes)
      expect(held.total).toBeLessThanOrEqual(limits.total)
      expect(held.total).toBeGreaterThanOrEqual(0)
    }
    accounts.forEach((account) => { account.close() })
    expect(held.total).toBe(0)
  }))
})
