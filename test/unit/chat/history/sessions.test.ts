import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { payloadOf } from '../../support/plain-history.ts'
import { peerOf, session, TOPIC, type Peer } from '../../support/history-sessions.ts'

const BEGIN = Date.UTC(2026, 10, 1)

function keys (peer: Peer): string[] {
  return peer.store.keys(TOPIC)
}

function spread (count: number, from = BEGIN, step = 31_000): Uint8Array[] {
  return Array.from({ length: count }, (_, at) => payloadOf(TOPIC, from + at * step, String(at)))
}

describe('a session', () => {
  it('ends after two round trips where both have the same', async () => {
    const posts = spread(500)
    const outcome = await session(peerOf('a', posts), peerOf('b', posts))
    expect(outcome).toMatchObject({ complete: true, isSame: true, got: 0, gave: 0, roundTrips: 2 })
  })

  it.each([[0, 0], [0, 1], [1, 0], [0, 3_000], [3_000, 0], [10, 3_000], [3_000, 10]])('brings %i and %i posts of two together', async (left, right) => {
    const [a, b] = [peerOf('a', spread(left)), peerOf('b', spread(right, BEGIN + 7))]
    expect(await session(a, b)).toMatchObject({ complete: true, isSame: true, got: right, gave: left })
    expect(keys(a)).toEqual(keys(b))
    expect(keys(a)).toHaveLength(left + right)
  })

  it('moves what differs and nothing else', async () => {
    const posts = spread(3_000)
    const [a, b] = [peerOf('a', posts.filter((_, at) => at % 100 !== 7)), peerOf('b', posts.filter((_, at) => at % 100 !== 9))]
    const outcome = await session(a, b)
    expect(outcome).toMatchObject({ complete: true, isSame: true, got: 30, gave: 30 })
    expect([a.repeats, b.repeats]).toEqual([0, 0])
  })
})

/** Histories of several shapes: spread, clustered, of one moment, at both ends of time. */
const stamp = fc.oneof(
  fc.integer({ min: BEGIN, max: BEGIN + 31_536_000_000 }),
  fc.integer({ min: BEGIN, max: BEGIN + 50 }),
  fc.constant(BEGIN + 1_000),
  fc.constantFrom(0, 1, 2 ** 48 - 1, 2 ** 48 - 2)
)
const post = fc.record({ stamp, text: fc.integer({ min: 0, max: 40 }), has: fc.integer({ min: 1, max: 7 }) })
const posts = fc.oneof({ weight: 3, arbitrary: fc.array(post, { maxLength: 60 }) }, fc.array(post, { minLength: 100, maxLength: 300, size: 'max' }))

function three (all: readonly { readonly stamp: number, readonly text: number, readonly has: number }[]): readonly [Peer, Peer, Peer] {
  const payloads = all.map(({ stamp, text, has }) => ({ payload: payloadOf(TOPIC, stamp, String(text)), has }))
  const [a, b, c] = [0, 1, 2].map((bit) => peerOf('abc'[bit] ?? '', payloads.filter(({ has }) => (has >> bit & 1) === 1).map(({ payload }) => payload)))
  return [a, b, c] as [Peer, Peer, Peer]
}

function union (peers: readonly Peer[]): string[] {
  return [...new Set(peers.flatMap(keys))].sort()
}

describe('any histories', () => {
  it('of two become their union, and nothing is sent that the other has', async () => {
    await fc.assert(fc.asyncProperty(posts, async (all) => {
      const [a, b] = three(all)
      const wanted = union([a, b])
      expect(await session(a, b)).toMatchObject({ complete: true, isSame: true })
      expect([keys(a), keys(b)]).toEqual([wanted, wanted])
      expect([a.repeats, b.repeats]).toEqual([0, 0])
    }), { numRuns: 150, interruptAfterTimeLimit: 8_000, endOnFailure: true })
  })

  it('of three become their union, in any order of meeting, however often connections break', async () => {
    const meeting = fc.record({ pair: fc.constantFrom([0, 1], [1, 0], [1, 2], [2, 1], [0, 2], [2, 0]), cutAfter: fc.option(fc.integer({ min: 0, max: 12 }), { nil: Infinity }) })
    await fc.assert(fc.asyncProperty(posts, fc.array(meeting, { maxLength: 8 }), async (all, meetings) => {
      const peers = three(all)
      const wanted = union(peers)
      for (const { pair: [one, other], cutAfter } of meetings) await session(peers[one as 0], peers[other as 1], { cutAfter })
      // Whatever was broken off, whole meetings mend it.
      for (const [one, other] of [[0, 1], [1, 2], [2, 0], [0, 1]] as const) expect(await session(peers[one], peers[other])).toMatchObject({ complete: true, isSame: true })
      expect(peers.map(keys)).toEqual([wanted, wanted, wanted])
      expect(peers.map(({ repeats }) => repeats)).toEqual([0, 0, 0])
    }), { numRuns: 100, interruptAfterTimeLimit: 8_000, endOnFailure: true })
  })

  it('over a circuit with few bytes: goes on where it stopped, and keeps within them', async () => {
    await fc.assert(fc.asyncProperty(posts, async (all) => {
      const [a, b] = three(all)
      const wanted = union([a, b])
      let rounds = 0
      for (; rounds < 40; rounds++) {
        const outcome = await session(a, b, { limited: true, bytes: 32_768 })
        expect(outcome).not.toBeInstanceOf(Error)
        if (!(outcome instanceof Error) && outcome.isSame) break
      }
      expect([keys(a), keys(b)]).toEqual([wanted, wanted])
    }), { numRuns: 50, interruptAfterTimeLimit: 8_000, endOnFailure: true })
  })
})
