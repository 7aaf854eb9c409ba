import { create, toBinary } from '@bufbuild/protobuf'
import { peerIdFromString } from '@libp2p/peer-id'
import { MembersSchema, TopicMembersSchema } from '../node_pb.ts'

/** What a client has been told: topic, then member, then that member's signed peer record. */
export type Told = ReadonlyMap<string, ReadonlyMap<string, Uint8Array>>

/** How many members without a record a client has been told of, by topic; a topic that is missing has none. */
export type ToldCounts = ReadonlyMap<string, number>

/** What {@link memberNews} goes by. */
export interface MemberView {
  /** Topics to look at. */
  readonly topics: Iterable<string>
  /** Members of a topic whom the client may know; itself left out. */
  readonly members: (topic: string) => Iterable<string>
  /** A member's signed peer record, if there is one, and if it is still a member. */
  readonly record: (topic: string, member: string) => Uint8Array | undefined
  /** How many members have no record, the client left out. @default none */
  readonly unrecorded?: (topic: string) => number
  readonly membersPerTopic: number
  readonly maxBytes: number
}

/** A `Members` message, and what its receiver knows with it. */
export interface MemberNews {
  /** Undefined: nothing new. */
  readonly message: Uint8Array | undefined
  readonly told: Told
  readonly counts: ToldCounts
  /** Something did not fit; it makes the next message. */
  readonly more: boolean
}

/** Bytes of protobuf around each topic, record and id: a tag and at most 3 bytes of length, twice. */
const OVERHEAD = 8
/** Bytes of a count: a tag and a number of 32 bits. */
const COUNT = 6

/** Compares what a client has been told with how it is, and writes the difference. */
export function memberNews (view: MemberView, told: Told, toldCounts: ToldCounts = new Map()): MemberNews {
  const topics: { topic: string, records: Uint8Array[], left: Uint8Array[], unrecorded?: number }[] = []
  const after = new Map(told)
  const counts = new Map(toldCounts)
  let bytes = 0
  let more = false

  for (const topic of view.topics) {
    const known = new Map(told.get(topic))
    const records: Uint8Array[] = []
    const left: Uint8Array[] = []
    const fits = (size: number): boolean => {
      const name = records.length + left.length === 0 ? Buffer.byteLength(topic) + OVERHEAD : 0
      const room = bytes + name + size + OVERHEAD <= view.maxBytes
      bytes += room ? name + size + OVERHEAD : 0
      more ||= !room
      return room
    }
    const tell = (member: string, record: Uint8Array): void => {
      if (fits(record.byteLength)) {
        records.push(record)
        known.set(member, record)
      }
    }
    // Those who left first: they make room for others.
    for (const [member, record] of [...known]) {
      const now = view.record(topic, member)
      if (now === undefined) {
        const id = peerIdFromString(member).toMultihash().bytes
        if (fits(id.byteLength)) {
          left.push(id)
          known.delete(member)
        }
      } else if (!equal(now, record)) {
        tell(member, now)
      }
    }
    for (const member of view.members(topic)) {
      if (known.size >= view.membersPerTopic) {
        break
      }
      const record = known.has(member) ? undefined : view.record(topic, member)
      if (record !== undefined) {
        tell(member, record)
      }
    }
    const unrecorded = view.unrecorded?.(topic) ?? 0
    const isCounted = unrecorded !== (toldCounts.get(topic) ?? 0) && fits(COUNT)
    if (isCounted) counts.set(topic, unrecorded)
    if (records.length + left.length > 0 || isCounted) {
      topics.push({ topic, records, left, ...(isCounted ? { unrecorded } : {}) })
    }
    after.set(topic, known)
  }
  const message = topics.length === 0
    ? undefined
    : toBinary(MembersSchema, create(MembersSchema, { topics: topics.map((topic) => create(TopicMembersSchema, topic)) }))
  return { message, told: after, counts, more }
}

function equal (a: Uint8Array, b: Uint8Array): boolean {
  return a === b || Buffer.compare(a, b) === 0
}
