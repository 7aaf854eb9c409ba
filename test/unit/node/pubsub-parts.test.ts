import { peerIdFromString } from '@libp2p/peer-id'
import { describe, expect, it } from 'vitest'
import { MAX_TOPIC_NAME_BYTES, MAX_TOPICS_PER_PEER } from '../../../main/node/limits.ts'
import { messageId, messageKey } from '../../../main/node/pubsub/message-id.ts'
import { SeenTopics } from '../../../main/node/pubsub/seen-topics.ts'
import { Quota } from '../../../main/node/quota.ts'

describe('the id of a message', () => {
  const from = peerIdFromString('12D3KooWGRUAHKSCYAy2GnDnEYqMNJD8RBRQDuTCAEgVsPyLUZsX')

  // What go-libp2p-pubsub's DefaultMsgIdFn gives: string(from) + string(seqno), from being the raw multihash.
  it('is the author\'s multihash and 8 bytes of sequence number, big-endian', () => {
    const id = Buffer.from(messageId({ from, sequenceNumber: 0x0102030405060708n })).toString('hex')
    expect(id).toBe(`${Buffer.from(from.toMultihash().bytes).toString('hex')}0102030405060708`)
    expect(id.startsWith('002408011220')).toBe(true)
    expect(id).toHaveLength(2 * (38 + 8))
  })

  it('keeps leading zeros, and the top bit', () => {
    const tail = (sequenceNumber: bigint): string => Buffer.from(messageId({ from, sequenceNumber })).toString('hex').slice(-16)
    expect(tail(1n)).toBe('0000000000000001')
    expect(tail(2n ** 64n - 1n)).toBe('ffffffffffffffff')
    expect(messageKey({ from, sequenceNumber: 1n })).toMatch(/^[\w-]{62}$/)
  })
})

describe('topics seen of peers', () => {
  const on = (...topics: string[]): { topic: string, subscribe: boolean }[] => topics.map((topic) => ({ topic, subscribe: true }))
  const off = (...topics: string[]): { topic: string, subscribe: boolean }[] => topics.map((topic) => ({ topic, subscribe: false }))

  it('tells only of what changed', () => {
    const seen = new SeenTopics()
    expect(seen.change('a', on('x', 'y', 'x'))).toEqual(['x', 'y'])
    expect(seen.change('a', [...on('x', 'z'), ...off('y', 'w')])).toEqual(['z', 'y'])
    expect(seen.change('b', on('x'))).toEqual(['x'])
    expect(seen.peersOn('x')).toEqual(['a', 'b'])
    expect(seen.all().sort()).toEqual(['x', 'z'])
    expect(seen.remove('a').sort()).toEqual(['x', 'z'])
    expect(seen.remove('a')).toEqual([])
    expect(seen.all()).toEqual(['x'])
  })

  it('forgets what a peer that begins anew does not name', () => {
    const seen = new SeenTopics()
    seen.change('a', on('x', 'y'))
    seen.renew('a')
    expect(seen.peersOn('x')).toEqual(['a'])
    expect(seen.change('a', on('y', 'z')).sort()).toEqual(['x', 'z'])
    expect(seen.change('a', on('w'))).toEqual(['w'])
    expect(seen.expire('a')).toEqual([])
    seen.renew('a')
    expect(seen.expire('a').sort()).toEqual(['w', 'y', 'z'])
    seen.renew('nobody')
    expect(seen.expire('nobody')).toEqual([])
  })

  it('takes in so many a peer, of such a length', () => {
    const seen = new SeenTopics()
    expect(seen.change('a', on('x'.repeat(MAX_TOPIC_NAME_BYTES), 'x'.repeat(MAX_TOPIC_NAME_BYTES + 1), 'ü'.repeat(MAX_TOPIC_NAME_BYTES / 2 + 1)))).toHaveLength(1)
    expect(seen.change('a', on(...Array.from({ length: 2 * MAX_TOPICS_PER_PEER }, (_, index) => `t${index}`)))).toHaveLength(MAX_TOPICS_PER_PEER - 1)
    seen.change('a', off('t0'))
    expect(seen.change('a', on('one', 'two'))).toEqual(['one'])
    expect(seen.change('b', on('x'))).toEqual(['x'])
  })
})

describe('a quota', () => {
  it('gives a window\'s worth at once, and refills evenly', () => {
    const quota = new Quota({ perWindow: 4, window: 1_000 })
    const taken = (now: number): boolean[] => [0, 1, 2, 3, 4].map(() => quota.take('a', 1, now))
    expect(taken(0)).toEqual([true, true, true, true, false])
    expect(quota.take('a', 1, 249)).toBe(false)
    expect(quota.take('a', 1, 251)).toBe(true)
    expect(taken(100_000)).toEqual([true, true, true, true, false])
  })

  it('keeps keys apart, takes more units than one, and none when there are too few', () => {
    const quota = new Quota({ perWindow: 10, window: 1_000 })
    expect(quota.take('a', 11, 0)).toBe(false)
    expect(quota.take('a', 10, 0)).toBe(true)
    expect(quota.take('b', 6, 0)).toBe(true)
    expect(quota.take('b', 6, 0)).toBe(false)
    expect(quota.take('b', 4, 0)).toBe(true)
  })

  it('never gives more after a clock that was set back', () => {
    const quota = new Quota({ perWindow: 1, window: 1_000 })
    expect(quota.take('a', 1, 10_000)).toBe(true)
    expect(quota.take('a', 1, 0)).toBe(false)
  })

  it('remembers so many keys, those used last', () => {
    const quota = new Quota({ perWindow: 1, window: 1_000_000, keys: 2 })
    quota.take('a', 1, 0)
    quota.take('b', 1, 0)
    quota.take('a', 1, 0)
    quota.take('c', 1, 0)
    expect(quota.take('a', 1, 0)).toBe(false)
    expect(quota.take('b', 1, 0)).toBe(true)
  })
})
