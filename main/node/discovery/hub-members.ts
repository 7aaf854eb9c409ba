import { fromBinary } from '@bufbuild/protobuf'
import type { Connection, PeerId } from '@libp2p/interface'
import { peerIdFromMultihash } from '@libp2p/peer-id'
import * as Digest from 'multiformats/hashes/digest'
import type { Components } from '../components.ts'
import { MembersSchema, type Members } from '../node_pb.ts'
import { PROTOCOLS } from '../protocols.ts'
import { ask, serve } from '../streams.ts'
import { openRecord, type OpenedRecord } from './records.ts'

/** What {@link HubMembers} needs to know and tells. */
export interface HubMembersOptions {
  /** Whether we agreed to use this peer as a relay; others are not believed. */
  readonly isOurRelay: (peer: string) => boolean
  readonly isOurTopic: (topic: string) => boolean
  /** Somebody is on a topic, or has new addresses. */
  readonly onMember: (topic: string, record: OpenedRecord, bytes: Uint8Array) => void
  readonly onChange: (topics: readonly string[]) => void
}

/** People of one topic that are taken in from one hub, and as many whom it only counts. */
const MAX_MEMBERS = 1_000
/** People of whom it is remembered that a hub told their records. */
const MAX_RECORDED = 10_000

/** What a hub says of one topic. */
interface TopicView {
  readonly members: Set<string>
  /** How many others have no signed peer record. */
  unrecorded: number
}

/** What a hub says. */
interface HubView {
  readonly topics: Map<string, TopicView>
  /** Whose record it ever told: it also says when they leave. */
  readonly recorded: Set<string>
}

/** What our hubs say of who is on our topics. Holds as long as the connection to the hub. */
export class HubMembers {
  readonly #components: Components
  readonly #options: HubMembersOptions
  readonly #hubs = new Map<string, HubView>()
  #end: (() => Promise<void>) | undefined

  constructor (components: Components, options: HubMembersOptions) {
    this.#components = components
    this.#options = options
    components.events.addEventListener('peer:disconnect', (event) => { this.#drop(event.detail) })
  }

  async start (): Promise<void> {
    this.#end = await serve(this.#components.registrar, PROTOCOLS.members, async (request, connection) => {
      const hub = connection.remotePeer.toString()
      if (!this.#options.isOurRelay(hub)) {
        throw new Error('not one of our relays')
      }
      await this.#take(hub, fromBinary(MembersSchema, request))
      return undefined
    })
  }

  async stop (): Promise<void> {
    await this.#end?.()
  }

  /** Asks a hub who is on our topics now; later changes it tells by itself. */
  async refresh (connection: Connection): Promise<void> {
    try {
      await this.#take(connection.remotePeer.toString(), fromBinary(MembersSchema, await ask(connection, PROTOCOLS.hub, new Uint8Array(0))))
    } catch {
      // It tells of changes by itself, and is asked again after the next identify.
    }
  }

  /** Peer ids that a hub says are on a topic. */
  through (hub: string, topic: string): ReadonlySet<string> {
    return this.#hubs.get(hub)?.topics.get(topic)?.members ?? new Set()
  }

  /** How many people without a signed peer record a hub says are on a topic, beside those. */
  unrecorded (hub: string, topic: string): number {
    return this.#hubs.get(hub)?.topics.get(topic)?.unrecorded ?? 0
  }

  /** Whether a hub ever told somebody's record, so that it also tells when they leave. */
  hasRecord (hub: string, peer: string): boolean {
    return this.#hubs.get(hub)?.recorded.has(peer) === true
  }

  /** Peer ids that hubs say are on a topic, each with a hub that says so. */
  on (topic: string): Map<string, string> {
    return new Map([...this.#hubs].flatMap(([hub, { topics }]) => [...topics.get(topic)?.members ?? []].map((peer) => [peer, hub] as const)))
  }

  async #take (hub: string, { topics }: Members): Promise<void> {
    const changed: string[] = []
    for (const { topic, records, left, unrecorded } of topics) {
      if (!this.#options.isOurTopic(topic)) {
        continue
      }
      const { view, recorded } = this.#viewOf(hub, topic)
      const { members } = view
      if (unrecorded !== undefined) view.unrecorded = Math.min(unrecorded, MAX_MEMBERS)
      for (const bytes of left) {
        members.delete(peerIdFromMultihash(Digest.decode(bytes)).toString())
      }
      for (const bytes of records) {
        // A record that is damaged, or that somebody else signed, must not hide the others.
        const record = await openRecord(bytes).catch(() => undefined)
        if (record !== undefined && !record.peerId.equals(this.#components.peerId) && members.size < MAX_MEMBERS) {
          members.add(record.peerId.toString())
          if (recorded.size < MAX_RECORDED) recorded.add(record.peerId.toString())
          this.#options.onMember(topic, record, bytes)
        }
      }
      changed.push(topic)
    }
    this.#options.onChange(changed)
  }

  #viewOf (hub: string, topic: string): { readonly view: TopicView, readonly recorded: Set<string> } {
    const { topics, recorded } = this.#hubs.get(hub) ?? { topics: new Map<string, TopicView>(), recorded: new Set<string>() }
    this.#hubs.set(hub, { topics, recorded })
    const view = topics.get(topic) ?? { members: new Set(), unrecorded: 0 }
    topics.set(topic, view)
    return { view, recorded }
  }

  #drop (peer: PeerId): void {
    const view = this.#hubs.get(peer.toString())
    this.#hubs.delete(peer.toString())
    if (view !== undefined) {
      this.#options.onChange([...view.topics.keys()])
    }
  }
}
