import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Bucket, Quota } from '../../../main/node/quota.ts'

it('a bucket gives a full window at once, and then as time goes by', () => {
  const bucket = new Bucket({ perWindow: 10, window: 1_000 }, 0)
  expect([bucket.take(10, 0), bucket.take(1, 0), bucket.take(1, 99), bucket.take(1, 101)]).toEqual([true, false, false, true])
})

it('what is given back never makes a bucket more than full', () => {
  const bucket = new Bucket({ perWindow: 10, window: 1_000 }, 0)
  bucket.take(-100, 0)
  expect([bucket.take(10, 0), bucket.take(1, 0)]).toEqual([true, false])
})

it('a clock that does not move, or moves back, gives nothing', () => {
  const bucket = new Bucket({ perWindow: 1, window: 1_000 }, 500)
  expect([bucket.take(1, 500), bucket.take(1, 0), bucket.take(1, 400)]).toEqual([true, false, false])
})

it('keys whose buckets are full again are forgotten', () => {
  const quota = new Quota({ perWindow: 10, window: 1_000 })
  for (let key = 0; key < 1_000; key++) quota.take(`once ${key}`, 1, key)
  for (let call = 0; call < 1_000; call++) quota.take('always', 1, 10_000 + call)
  expect(quota.size).toBe(1)
})

it('never remembers more keys than it may, whatever comes, and never lets a key have more than its due', () => {
  fc.assert(fc.property(fc.array(fc.record({ key: fc.nat(30).map(String), wait: fc.nat(50) }), { maxLength: 300 }), (steps) => {
    const quota = new Quota({ perWindow: 5, window: 100, keys: 8 })
    let now = 0
    for (const { key, wait } of steps) {
      now += wait
      quota.take(key, 1, now)
      expect(quota.size).toBeLessThanOrEqual(8)
    }
  }))
  const quota = new Quota({ perWindow: 5, window: 100 })
  const taken = Array.from({ length: 20 }, (_, index) => quota.take('a', 1, index)).filter(Boolean).length
  expect(taken).toBe(5)
})
