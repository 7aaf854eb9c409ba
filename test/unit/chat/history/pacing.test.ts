import { afterEach, describe, expect, it, vi } from 'vitest'
import { DeadRanges } from '../../../../main/chat/history/dead-ranges.ts'
import { PACE } from '../../../../main/chat/history/limits.ts'
import type { Verdict } from '../../../../main/chat/history/types.ts'
import { peerOf, session, TOPIC, type Peer } from '../../support/history-sessions.ts'
import { payloadOf, takerOf } from '../../support/plain-history.ts'

const BEGIN = Date.UTC(2026, 10, 1)
const HALF_A_MINUTE = 30_000

const spread = (count: number, { from = BEGIN, step = 60_000, name = 'post', bytes = 300 } = {}): Uint8Array[] =>
  Array.from({ length: count }, (_, at) => payloadOf(TOPIC, from + at * step, `${name} ${String(at)} ${'.'.repeat(bytes)}`))
const count = ({ store }: Peer): number => store.keys(TOPIC).length

/** Takes posts of strangers as far as there is room, and all of a friend. */
function roomFor (peer: Peer, bytes: number): { readonly give: (more: number) => void, readonly refused: () => number } {
  const taker = takerOf(peer.store)
  let left = bytes
  let refused = 0
  peer.allowance = () => left
  peer.take = async (topic, payloads, from) => Promise.all(payloads.map(async (payload): Promise<Verdict> => {
    const isFriend = new TextDecoder().decode(payload).includes('friend')
    if (!isFriend && left < payload.byteLength) {
      refused += 1
      return 'later'
    }
    if (!isFriend) left -= payload.byteLength
    return (await taker(topic, [payload], from))[0] ?? 'refused'
  }))
  return { give: (more) => { left += more }, refused: () => refused }
}

let shift = 0
const real = performance.now.bind(performance)
afterEach(() => {
  shift = 0
  vi.restoreAllMocks()
})
const later = (ms: number): void => {
  shift += ms
  vi.spyOn(performance, 'now').mockImplementation(() => real() + shift)
}

describe('posts of strangers', () => {
  it('come at the pace that there is room for, and all of them in the end', async () => {
    const [reader, writer] = [peerOf('a'), peerOf('b', spread(2_000))]
    const { give, refused } = roomFor(reader, 300_000)
    let sessions = 0
    for (; count(reader) < 2_000 && sessions < 50; sessions++) {
      const outcome = await session(reader, writer)
      expect(outcome).toMatchObject({ isPaced: count(reader) < 2_000, complete: count(reader) === 2_000 })
      give(100_000)
      // What there was no room for is asked for again after five minutes.
      later(150_000)
    }
    expect(count(reader)).toBe(2_000)
    expect(sessions).toBeGreaterThan(3)
    // What is fetched and finds no room is the end of a piece, not every piece whole.
    expect(refused()).toBeLessThan(40 * sessions)
  })

  it('come all at once where there is room for all', async () => {
    const [reader, writer] = [peerOf('a'), peerOf('b', spread(2_000))]
    roomFor(reader, 1_500_000)
    expect(await session(reader, writer)).toMatchObject({ complete: true, isPaced: false, got: 2_000 })
  })

  it('without room are asked for a few at a time, so that a friend\'s are found among them', async () => {
    const flood = spread(3_000, { name: 'flood' })
    const [reader, writer] = [peerOf('a'), peerOf('b', [...flood, payloadOf(TOPIC, BEGIN + 2_995 * 60_000 + 1, 'friend')])]
    const { refused } = roomFor(reader, 0)
    const outcome = await session(reader, writer)
    expect(outcome).toMatchObject({ complete: false, isPaced: true, got: 1 })
    expect(refused()).toBe(PACE.posts - 1)
    // The next ones are others.
    expect(await session(reader, writer)).toMatchObject({ isPaced: true, got: 0 })
    expect(refused()).toBe(2 * PACE.posts - 1)
    expect(outcome).toHaveProperty('bytesBeyondPosts', expect.toSatisfy((bytes: number) => bytes < 200_000))
  })

  it('do not keep ours from the other side', async () => {
    const mine = spread(50, { from: BEGIN + 3_000 * 60_000, name: 'mine' })
    const [reader, writer] = [peerOf('a', mine), peerOf('b', spread(3_000, { name: 'flood' }))]
    roomFor(reader, 0)
    expect(await session(reader, writer)).toMatchObject({ isPaced: true, gave: 50 })
  })

  it('that are offered are wanted as far as there is room, and asked for later', async () => {
    const [reader, writer] = [peerOf('b'), peerOf('a', spread(1_500))]
    const { give } = roomFor(reader, 0)
    await session(writer, reader)
    expect(count(reader)).toBe(0)
    expect(reader.paced).toBeGreaterThan(0)
    give(1_000_000)
    await session(reader, writer)
    later(301_000)
    await session(reader, writer)
    expect(count(reader)).toBe(1_500)
  })
})

describe('a difference that is one for good', () => {
  const beyond = (outcome: unknown): number => (outcome as { readonly bytesBeyondPosts: number }).bytesBeyondPosts
  const picky = (text: string): boolean => !text.startsWith('unwanted')

  it('costs nothing after it was seen twice, whoever begins', async () => {
    const posts = [...spread(2_000), ...spread(3_000, { from: BEGIN + 17, name: 'unwanted' })]
    const [few, all] = [peerOf('a', [], { isWanted: (_, text) => picky(text) }), peerOf('b', posts)]
    expect(await session(few, all)).toMatchObject({ complete: true, got: 2_000 })
    for (const [one, other] of [[few, all], [all, few]] as const) {
      const walked = beyond(await session(one, other))
      expect(walked).toBeGreaterThan(50_000)
      later(HALF_A_MINUTE)
      await session(one, other)
      const again = await session(one, other)
      expect(again).toMatchObject({ complete: true, got: 0, gave: 0, isVain: false })
      expect(beyond(again)).toBeLessThan(500)
    }
  })

  it('stays found while others talk on, and hides nothing that is new', async () => {
    const posts = [...spread(2_000), ...spread(3_000, { from: BEGIN + 17, name: 'unwanted' })]
    const [few, all] = [peerOf('a', [], { isWanted: (_, text) => picky(text) }), peerOf('b', posts)]
    for (let round = 0; round < 4; round++) {
      await session(few, all)
      later(HALF_A_MINUTE)
    }
    // Said today, and by somebody who was offline in the middle of it all.
    all.store.add(TOPIC, payloadOf(TOPIC, BEGIN + 2_100 * 60_000, 'new'))
    all.store.add(TOPIC, payloadOf(TOPIC, BEGIN + 1_000 * 60_000 + 5, 'late'))
    few.store.add(TOPIC, payloadOf(TOPIC, BEGIN + 500 * 60_000 + 5, 'ours'))
    const outcome = await session(few, all)
    expect(outcome).toMatchObject({ complete: true, got: 2, gave: 1 })
    expect(beyond(outcome)).toBeLessThan(40_000)
  })

  it('is looked at again where a post may be wanted by now, and after an hour', async () => {
    let wants = false
    const [few, all] = [peerOf('a', [], { isWanted: () => wants }), peerOf('b', spread(100))]
    for (let round = 0; round < 4; round++) {
      await session(few, all)
      later(HALF_A_MINUTE)
    }
    wants = true
    expect(await session(few, all)).toMatchObject({ got: 0 })
    for (const dead of few.dead.values()) dead.clear()
    few.unwanted.clear()
    expect(await session(few, all)).toMatchObject({ got: 100 })

    const [other, same] = [peerOf('a', [], { isWanted: () => wants }), peerOf('b', spread(100))]
    wants = false
    for (let round = 0; round < 4; round++) {
      await session(other, same)
      later(HALF_A_MINUTE)
    }
    wants = true
    later(3_700_000)
    expect(await session(other, same)).toMatchObject({ got: 100 })
  })

  it('is no evidence that the other side holds what it did not take', async () => {
    const own = spread(200, { from: Date.now() - 3_600_000, step: 1_000, name: 'own' })
    const [me, other] = [peerOf('a', own), peerOf('b', own.slice(0, 150), { isWanted: () => false })]
    for (let round = 0; round < 4; round++) {
      await session(me, other)
      later(HALF_A_MINUTE)
    }
    const held = new Set(me.store.held.flatMap(({ ids }) => ids === 'all' ? ['all'] : ids))
    expect(held.size).toBe(150)
    for (const key of other.store.keys(TOPIC)) expect(held.has(Buffer.from(key.slice(12), 'hex').toString('base64url'))).toBe(true)
  })

  it('is remembered in bounded number', () => {
    const dead = new DeadRanges()
    dead.begin(0)
    for (let at = 0; at < 5_000; at++) dead.note(`prefix ${String(at)}`, 'theirs', 'ours')
    dead.keep(0)
    expect(dead.size).toBe(1_024)
    // Once is not enough: the other side may be about to get it from somebody else.
    expect(dead.has('prefix 0', 'theirs', 'ours')).toBe(false)
    dead.begin(20_000)
    dead.note('prefix 0', 'theirs', 'ours')
    dead.keep(20_000)
    expect(dead.has('prefix 0', 'theirs', 'ours')).toBe(true)
    expect(dead.has('prefix 0', 'theirs', 'others')).toBe(false)
  })
})
