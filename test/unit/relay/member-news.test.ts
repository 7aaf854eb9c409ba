import { fromBinary } from '@bufbuild/protobuf'
import { peerIdFromMultihash } from '@libp2p/peer-id'
import * as Digest from 'multiformats/hashes/digest'
import { beforeAll, describe, expect, it } from 'vitest'
import { generateIdentity, peerIdOf } from '../../../main/node/identity.ts'
import { MembersSchema } from '../../../main/node/node_pb.ts'
import { memberNews, type MemberView, type Told } from '../../../main/node/relay/member-news.ts'

let ids: string[] = []
beforeAll(async () => { ids = await Promise.all(Array.from({ length: 5 }, async () => peerIdOf(await generateIdentity()))) })

const bytes = (size: number, fill = 1): Uint8Array => new Uint8Array(size).fill(fill)

function view (records: ReadonlyMap<string, Uint8Array>, more: Partial<MemberView> = {}): MemberView {
  return {
    topics: ['x'],
    members: () => records.keys(),
    record: (_, member) => records.get(member),
    membersPerTopic: 10,
    maxBytes: 65_536,
    ...more
  }
}

function read (message: Uint8Array | undefined): { topic: string, records: number[], left: string[] }[] {
  return message === undefined
    ? []
    : fromBinary(MembersSchema, message).topics.map(({ topic, records, left }) => ({
        topic,
        records: records.map(({ byteLength }) => byteLength),
        left: left.map((id) => peerIdFromMultihash(Digest.decode(id)).toString())
      }))
}

const NOTHING: Told = new Map()

describe('news of members', () => {
  it('are what came, what changed and who left since the last', () => {
    const [a = '', b = ''] = ids
    const first = memberNews(view(new Map([[a, bytes(10)]])), NOTHING)
    expect(read(first.message)).toEqual([{ topic: 'x', records: [10], left: [] }])
    expect(memberNews(view(new Map([[a, bytes(10)]])), first.told).message).toBeUndefined()
    const second = memberNews(view(new Map([[a, bytes(11)], [b, bytes(12)]])), first.told)
    expect(read(second.message)).toEqual([{ topic: 'x', records: [11, 12], left: [] }])
    const third = memberNews(view(new Map([[b, bytes(12)]])), second.told)
    expect(read(third.message)).toEqual([{ topic: 'x', records: [], left: [a] }])
    expect([...third.told.get('x')?.keys() ?? []]).toEqual([b])
  })

  it('leave out members beyond the cap, until one makes room', () => {
    const [a = '', b = ''] = ids
    const first = memberNews(view(new Map([[a, bytes(1)], [b, bytes(2)]]), { membersPerTopic: 1 }), NOTHING)
    expect(read(first.message)).toEqual([{ topic: 'x', records: [1], left: [] }])
    expect(first.more).toBe(false)
    const second = memberNews(view(new Map([[b, bytes(2)]]), { membersPerTopic: 1 }), first.told)
    expect(read(second.message)).toEqual([{ topic: 'x', records: [2], left: [a] }])
  })

  it('come in as many messages as they need, none above the bytes it may have', () => {
    const records = new Map(ids.map((id, index) => [id, bytes(400, index)]))
    let told = NOTHING
    let more = true
    const sizes: number[] = []
    const seen: number[] = []
    while (more) {
      const news = memberNews(view(records, { maxBytes: 1_000 }), told)
      expect(sizes.length).toBeLessThan(5)
      sizes.push(news.message?.byteLength ?? 0)
      seen.push(...read(news.message).flatMap((topic) => topic.records))
      told = news.told
      more = news.more
    }
    expect(seen).toHaveLength(5)
    expect(sizes).toHaveLength(3)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1_000)
  })

  it('do not grow by topics without news', () => {
    const topics = Array.from({ length: 300 }, (_, index) => `${index}`.padEnd(500, 'x'))
    const news = memberNews(view(new Map(), { topics }), NOTHING)
    expect(news).toMatchObject({ message: undefined, more: false })
  })

  it('say how many have no record where that changed, and only then', () => {
    const counted = (unrecorded: number, topics: readonly string[] = ['x']) => view(new Map(), { topics, unrecorded: () => unrecorded })
    const counts = (message: Uint8Array | undefined): (number | undefined)[] => message === undefined ? [] : fromBinary(MembersSchema, message).topics.map(({ unrecorded }) => unrecorded)
    const none = memberNews(counted(0), NOTHING)
    expect(none.message).toBeUndefined()
    const two = memberNews(counted(2), none.told, none.counts)
    expect(counts(two.message)).toEqual([2])
    expect(memberNews(counted(2), two.told, two.counts).message).toBeUndefined()
    const gone = memberNews(counted(0), two.told, two.counts)
    expect(counts(gone.message)).toEqual([0])
    const many = memberNews(view(new Map(), { topics: Array.from({ length: 50 }, (_, index) => `topic ${index}`), unrecorded: () => 1, maxBytes: 500 }), NOTHING)
    expect(many.message?.byteLength).toBeLessThanOrEqual(500)
    expect(many.more).toBe(true)
    expect(many.counts.size).toBe(counts(many.message).length)
  })
})
