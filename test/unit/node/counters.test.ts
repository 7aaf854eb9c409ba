import { describe, expect, it } from 'vitest'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Stream } from '@libp2p/interface'
import { MAX_COUNTED } from '../../../main/node/limits.ts'
import { Counters } from '../../../main/node/pubsub/counters.ts'
import { FrameScanner } from '../../../main/node/pubsub/counters-frames.ts'

const self = peerIdFromString('12D3KooWGC6TvWhfapngX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5')

/** A frame with one post, and a control message that names two posts by IHAVE, three by IWANT and one by IDONTWANT. */
const field = (tag: number, ...bytes: readonly number[]): number[] => [tag, bytes.length, ...bytes]
const POST = field(0x12, ...field(0x0a, 7), ...field(0x12, 1, 2, 3), ...field(0x22, 116))
const CONTROL = field(0x1a,
  ...field(0x0a, ...field(0x0a, 116), ...field(0x12, 1), ...field(0x12, 2)),
  ...field(0x12, ...field(0x0a, 1), ...field(0x0a, 2), ...field(0x0a, 3)),
  ...field(0x2a, ...field(0x0a, 1)))
const SUBSCRIPTION = field(0x0a, 0x08, 1, ...field(0x12, 116))
const FRAME = [...SUBSCRIPTION, ...POST, ...CONTROL]
const BYTES = Uint8Array.from([FRAME.length, ...FRAME, 0, POST.length, ...POST])

function scan (pieces: readonly Uint8Array[]): { posts: number, payload: number, control: number, gossip: Record<string, number> } {
  const seen = { posts: 0, payload: 0, control: 0, gossip: {} as Record<string, number> }
  const scanner = new FrameScanner({
    onPost: ({ bytes, topic, from, size }) => {
      expect([...bytes.subarray(topic.start, topic.end)]).toEqual([116])
      expect([...bytes.subarray(from.start, from.end)]).toEqual([7])
      seen.posts++
      seen.payload += size
    },
    onGossip: (kind, ids) => { seen.gossip[kind] = (seen.gossip[kind] ?? 0) + ids },
    onControl: (bytes) => { seen.control += bytes }
  })
  pieces.forEach((piece) => { scanner.push(piece) })
  return seen
}

describe('what frames hold', () => {
  const all = { posts: 2, payload: 2 * POST.length, control: BYTES.length - 2 * POST.length, gossip: { ihave: 2, iwant: 3, idontwant: 1 } }

  it('is read from one piece', () => { expect(scan([BYTES])).toEqual(all) })

  it('is read wherever pieces end', () => {
    expect(scan([...BYTES].map((byte) => Uint8Array.of(byte)))).toEqual(all)
    for (let cut = 1; cut < BYTES.length; cut++) expect(scan([BYTES.subarray(0, cut), BYTES.subarray(cut)])).toEqual(all)
  })

  it('is counted as control where it is not to be understood, and read on', () => {
    const rubbish = Uint8Array.from([4, 0x12, 100, 1, 2])
    expect(scan([rubbish, BYTES])).toEqual({ ...all, control: all.control + 5 })
  })

  it('counts as control where it is empty', () => {
    expect(scan([new Uint8Array(1_000), Uint8Array.of(...BYTES, 0, 0), BYTES, Uint8Array.of(0)])).toMatchObject({ posts: 2 * all.posts, control: 2 * all.control + 1_003 })
  })

  it('is given up where a frame is longer than any router takes', () => {
    expect(scan([Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x7f), BYTES])).toMatchObject({ posts: 0, control: 0 })
  })
})

describe('what counters remember', () => {
  /** A stream that can end. */
  function stream (): { readonly stream: Stream, readonly end: () => void } {
    const target = Object.assign(new EventTarget(), { status: 'open' })
    return { stream: target as unknown as Stream, end: () => { target.dispatchEvent(new Event('close')) } }
  }
  const create = (): Counters => new Counters({ self, isOurs: (topic) => topic !== 'theirs', onTraffic: () => {} })

  it('puts topics that we are not on together', () => {
    const counters = create()
    counters.judge('a', 'theirs', false)
    counters.judge('a', 'ours', true)
    expect(counters.counts().topics).toMatchObject([{ topic: '', first: 1 }, { topic: 'ours', duplicates: 1 }])
  })

  it('forgets who left first, and nobody who is here', () => {
    const counters = create()
    const here = stream()
    counters.watchInbound(here.stream, 'here')
    counters.judge('here', 't', false)
    for (let n = 0; n < MAX_COUNTED.peers + 10; n++) counters.judge(`gone ${String(n)}`, 't', false)
    const peers = counters.counts().control.map(({ peer }) => peer)
    expect(peers).toHaveLength(MAX_COUNTED.peers)
    expect(peers).toContain('here')
    expect(peers).not.toContain('gone 0')
    here.end()
    for (let n = 0; n < MAX_COUNTED.peers; n++) counters.judge(`later ${String(n)}`, 't', false)
    expect(counters.counts().control.map(({ peer }) => peer)).not.toContain('here')
  })

  it('counts further topics together where all are here', () => {
    const counters = create()
    counters.watchInbound(stream().stream, 'here')
    for (let n = 0; n < MAX_COUNTED.entries + 10; n++) counters.judge('here', `topic ${String(n)}`, false)
    const { topics } = counters.counts()
    expect(topics.length).toBeLessThanOrEqual(MAX_COUNTED.entries + 1)
    expect(topics.find(({ topic }) => topic === '')).toMatchObject({ first: 10 })
    expect(topics.reduce((sum, { first }) => sum + first, 0)).toBe(MAX_COUNTED.entries + 10)
  })
})
