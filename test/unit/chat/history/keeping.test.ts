import { describe, expect, it } from 'vitest'
import { peerOf, session, TOPIC, type Peer } from '../../support/history-sessions.ts'
import { payloadOf } from '../../support/plain-history.ts'

const BEGIN = Date.UTC(2026, 10, 1)
const DAY = 86_400_000

function spread (count: number, from = BEGIN, step = 600_000): Uint8Array[] {
  return Array.from({ length: count }, (_, at) => payloadOf(TOPIC, from + at * step, String(at)))
}

const keys = (peer: Peer): string[] => peer.store.keys(TOPIC)
/** Names of the posts that one peer is told that the other holds. */
const heldBy = (peer: Peer): (readonly string[] | 'all')[] => peer.store.held.map(({ ids }) => ids)

describe('a peer that keeps less', () => {
  it('is neither sent what it no longer keeps, nor asked for it again and again', async () => {
    // In the middle of a range that is listed as a whole.
    const posts = spread(1_000, BEGIN, 60_000)
    const floor = BEGIN + 500 * 60_000
    const young = posts.slice(500)
    const [all, few] = [peerOf('a', posts), peerOf('b', young.slice(0, -1), { floor })]
    expect(await session(all, few)).toMatchObject({ complete: true, got: 0, gave: 1 })
    expect(keys(few)).toHaveLength(young.length)
    // From now on only the way to the floor differs.
    for (const [one, other] of [[all, few], [few, all]] as const) {
      const again = await session(one, other)
      expect(again).toMatchObject({ complete: true, got: 0, gave: 0 })
      expect(again).toHaveProperty('bytesBeyondPosts', expect.toSatisfy((bytes: number) => bytes < 3_000))
    }
  })

  it('counts as holding the posts that it keeps, and no others', async () => {
    const posts = spread(1_000, Date.now() - 7 * DAY)
    const floor = Date.now() - DAY
    const [all, few] = [peerOf('a', posts), peerOf('b', posts.filter((_, at) => Date.now() - 7 * DAY + at * 600_000 > floor + 60_000), { floor })]
    await session(all, few)
    expect(heldBy(all)).not.toContain('all')
    const held = new Set(heldBy(all).flat())
    expect(held.size).toBe(keys(few).length)
    for (const key of keys(few)) expect(held.has(Buffer.from(key.slice(12), 'hex').toString('base64url'))).toBe(true)
  })
})

describe('a post that is not wanted', () => {
  it('is fetched once, and not again', async () => {
    const posts = spread(300)
    const picky = peerOf('a', [], { isWanted: (_stamp, text) => Number(text) % 10 !== 3 })
    const other = peerOf('b', posts)
    expect(await session(picky, other)).toMatchObject({ complete: true, got: 270 })
    let taken = 0
    const { take } = picky
    picky.take = async (topic, payloads, from) => {
      taken += payloads.length
      return take(topic, payloads, from)
    }
    expect(await session(picky, other)).toMatchObject({ complete: true, got: 0, gave: 0, isVain: false })
    // Offered by the other side, it is not wanted either.
    expect(await session(other, picky)).toMatchObject({ complete: true, got: 0, gave: 0, isVain: false })
    expect(taken).toBe(0)
  })

  it('does not keep the rest from counting as held', async () => {
    const picky = peerOf('b', [], { isWanted: (_stamp, text) => text !== '7' })
    const other = peerOf('a', spread(50, Date.now() - DAY))
    await session(other, picky)
    // Only the next session looks up what no list names.
    await session(other, picky)
    const seven = keys(other)[7]?.slice(12) ?? ''
    const held = new Set(heldBy(other).flat())
    expect(held.size).toBe(49)
    expect(held.has(Buffer.from(seven, 'hex').toString('base64url'))).toBe(false)
  })
})

it('a post that the peer would not have because it was on its way from somebody else counts as held once it is there', async () => {
  const picky = peerOf('b', [], { isWanted: (_stamp, text) => text !== '7' })
  const posts = spread(50, Date.now() - DAY)
  const other = peerOf('a', posts)
  const five = Buffer.from(keys(other)[5]?.slice(12) ?? '', 'hex').toString('base64url')
  expect(picky.coming.claim(five, 'c')).toBe(true)
  // The second looks up what no list names, and knows from then on up to where.
  await session(other, picky)
  await session(other, picky)
  expect(heldBy(other).flat()).not.toContain(five)
  picky.store.add(TOPIC, posts[5] ?? new Uint8Array())
  await session(other, picky)
  expect(heldBy(other).flat()).toContain(five)
})

it('the same histories: both count as holding all that the other wrote', async () => {
  const [a, b] = [peerOf('a', spread(30)), peerOf('b', spread(30, BEGIN + 5))]
  await session(a, b)
  expect([heldBy(a), heldBy(b)]).toEqual([['all'], ['all']])
})

it('a post that is written while a session ends is not taken for held', async () => {
  const [a, b] = [peerOf('a', spread(30)), peerOf('b', spread(30))]
  let looks = 0
  b.store.onCall = () => {
    looks += 1
    // The answering side looks at its whole topic when it is greeted, and again when the other is done.
    if (looks === 2) a.store.add(TOPIC, payloadOf(TOPIC, BEGIN + 77, 'just written'))
  }
  expect(await session(a, b)).toMatchObject({ complete: true, isSame: false })
  expect([heldBy(a), heldBy(b)]).toEqual([[], ['all']])
})

it('a session that is cut tells of what was seen so far, and no more', async () => {
  const [a, b] = [peerOf('a', spread(2_000)), peerOf('b', [])]
  const outcome = await session(a, b, { limited: true, bytes: 65_536 })
  expect(outcome).toMatchObject({ complete: false })
  const held = heldBy(a).flat()
  expect(held.length).toBe(keys(b).length)
  expect(held.length).toBeGreaterThan(50)
  expect(heldBy(b)).toEqual([])
})

it('newest posts come first where a session is cut', async () => {
  const [a, b] = [peerOf('a', []), peerOf('b', spread(2_000))]
  await session(a, b, { limited: true, bytes: 65_536 })
  expect(keys(a).length).toBeGreaterThan(50)
  expect(keys(a)).toEqual(keys(b).slice(-keys(a).length))
})
