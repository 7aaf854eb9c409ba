import type { Connection, IdentifyResult, Libp2pEvents, PeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Components } from '../components.ts'
import { PROTOCOLS } from '../protocols.ts'
import { ask, serve } from '../streams.ts'
import { directConnections } from './addresses.ts'
import type { HubTopics, TopicChange } from './hub-topics.ts'
import { memberNews, type MemberNews, type Told, type ToldCounts } from './member-news.ts'

/** Milliseconds in which changes for one client are gathered. PROTOCOLS.members allows 10 pushes a second. */
const GATHER = 150
/**
 * A client that knows enough of a topic's members to connect to (a desktop does
 * so to eight) is told of more when so large a part of them has changed, and
 * within a minute. Else each who comes to a topic of 60 has all others told,
 * which took 40 % of the time of a relay that 3,000 came to (measured).
 */
const GATHER_MORE = { members: 8, part: 1 / 4, milliseconds: 2_000, most: 60_000 } as const
/** By how much these times differ: else all members of a topic are told in one turn of the event loop. */
const SPREAD = 0.25
/** Milliseconds after which a push that failed is tried again. */
const RETRY = 5_000
/** Bytes of a record that is passed on; identify takes in no more than 8 KiB. */
const MAX_RECORD_BYTES = 8_192

interface Client {
  told: Told
  counts: ToldCounts
  /** Topics, and how many changes of each it has not been told of. */
  readonly changed: Map<string, number>
  timer: NodeJS.Timeout | undefined
  /** When the timer ends, or ended where its push is under way. */
  due: number
  /** The push under way, if any: one at a time, so that none overtakes another. */
  pushing: Promise<void>
}

interface Peer {
  readonly record: Uint8Array | undefined
  readonly takesMembers: boolean
  readonly isHub: boolean
}

/**
 * Passes on the signed peer records of a topic's members, so that two people
 * who share a hub and a topic find each other's circuit address. A client
 * learns of its own topics only.
 */
export class HubMembers {
  readonly #components: Components
  readonly #topics: HubTopics
  readonly #membersPerTopic: number
  readonly #clients = new Map<string, Client>()
  readonly #peers = new Map<string, Peer>()
  /** Members without a record, by topic, where they were counted. */
  readonly #unrecorded = new Map<string, number>()
  #unserve: (() => Promise<void>) | undefined
  #pushes = 0

  constructor (components: Components, topics: HubTopics, membersPerTopic: number) {
    this.#components = components
    this.#topics = topics
    this.#membersPerTopic = membersPerTopic
  }

  /** Messages that clients took in. */
  get pushes (): number {
    return this.#pushes
  }

  async start (): Promise<void> {
    const { events, registrar } = this.#components
    events.addEventListener('peer:identify', this.#onIdentify)
    events.addEventListener('peer:update', this.#onUpdate)
    events.addEventListener('peer:disconnect', this.#onDisconnect)
    this.#unserve = await serve(registrar, PROTOCOLS.hub, async (_, connection) => this.#answer(connection))
  }

  async stop (): Promise<void> {
    const { events } = this.#components
    events.removeEventListener('peer:identify', this.#onIdentify)
    events.removeEventListener('peer:update', this.#onUpdate)
    events.removeEventListener('peer:disconnect', this.#onDisconnect)
    for (const { timer } of this.#clients.values()) {
      clearTimeout(timer)
    }
    this.#clients.clear()
    this.#peers.clear()
    this.#unrecorded.clear()
    await this.#unserve?.()
    this.#unserve = undefined
  }

  /** Tells clients of topics that members came to or left. */
  changed (changes: readonly TopicChange[]): void {
    for (const { topic, left } of changes) {
      this.#unrecorded.delete(topic)
      for (const client of [...this.#topics.members(topic), ...left]) {
        this.#mark(client, [topic])
      }
    }
  }

  /** The client asks: everything anew. */
  async #answer (connection: Connection): Promise<Uint8Array | undefined> {
    const peer = connection.remotePeer.toString()
    const client = this.#client(peer)
    await client.pushing
    const topics = this.#topics.topicsOf(peer)
    const { message, told, counts, more } = this.#news(peer, topics, new Map(), client.counts)
    Object.assign(client, { told, counts })
    client.changed.clear()
    if (more) {
      this.#mark(peer, topics)
    }
    return message
  }

  #mark (peer: string, topics: Iterable<string>): void {
    if (this.#peers.get(peer)?.takesMembers !== true) {
      return
    }
    const client = this.#client(peer)
    let after = Infinity
    for (const topic of topics) {
      const changes = (client.changed.get(topic) ?? 0) + 1
      client.changed.set(topic, changes)
      after = Math.min(after, gatherFor(client.told.get(topic)?.size ?? 0, changes))
    }
    if (after < Infinity) this.#schedule(peer, client, after)
  }

  #schedule (peer: string, client: Client, after: number): void {
    const due = performance.now() + after
    if (client.timer !== undefined && client.due <= due) {
      return
    }
    clearTimeout(client.timer)
    client.due = due
    client.timer = setTimeout(() => {
      client.pushing = client.pushing.then(async () => this.#push(peer, client))
    }, after).unref()
  }

  async #push (peer: string, client: Client): Promise<void> {
    const topics = [...client.changed.keys()]
    client.changed.clear()
    const { message, told, counts, more } = this.#news(peer, topics, client.told, client.counts)
    let after: number | undefined
    try {
      if (message !== undefined) {
        const [connection] = directConnections(this.#components.connectionManager.getConnections(peerIdFromString(peer)))
        if (connection === undefined) {
          throw new Error('the client is gone')
        }
        await ask(connection, PROTOCOLS.members, message)
        this.#pushes++
      }
      Object.assign(client, { told, counts })
      if (more) {
        after = GATHER
        this.#again(client, topics)
      }
    } catch {
      after = RETRY
      this.#again(client, topics)
    }
    client.timer = undefined
    if (this.#clients.get(peer) !== client) return
    if (after === undefined) this.#mark(peer, [...client.changed.keys()])
    else this.#schedule(peer, client, after)
  }

  #again (client: Client, topics: readonly string[]): void {
    for (const topic of topics) {
      client.changed.set(topic, client.changed.get(topic) ?? 1)
    }
  }

  #news (peer: string, topics: Iterable<string>, told: Told, counts: ToldCounts): MemberNews {
    const own = this.#topics.topicsOf(peer)
    const isOwn = ([topic]: readonly [string, unknown]): boolean => own.has(topic)
    return memberNews({
      topics: [...topics].filter((topic) => own.has(topic)),
      members: (topic) => this.#topics.members(topic),
      record: (topic, member) => member !== peer && this.#topics.members(topic).has(member) ? this.#recordOf(member) : undefined,
      unrecorded: (topic) => this.#unrecordedOn(topic) - (this.#isUnrecorded(peer) ? 1 : 0),
      membersPerTopic: this.#membersPerTopic,
      maxBytes: PROTOCOLS.members.maxBytes
    }, new Map([...told].filter(isOwn)), new Map([...counts].filter(isOwn)))
  }

  /** Counted once for all who are told of a topic, until it changes. */
  #unrecordedOn (topic: string): number {
    const known = this.#unrecorded.get(topic)
    if (known !== undefined) return known
    let count = 0
    for (const member of this.#topics.members(topic)) if (this.#isUnrecorded(member)) count++
    this.#unrecorded.set(topic, count)
    return count
  }

  /** Somebody without a record. Before identify told, a peer may still be a hub, or have one. */
  #isUnrecorded (peer: string): boolean {
    const known = this.#peers.get(peer)
    return known !== undefined && !known.isHub && known.record === undefined
  }

  #recordOf (peer: string): Uint8Array | undefined {
    const known = this.#peers.get(peer)
    // A hub is nobody's fellow member.
    return known === undefined || known.isHub ? undefined : known.record
  }

  #client (peer: string): Client {
    const client = this.#clients.get(peer) ?? { told: new Map(), counts: new Map(), changed: new Map(), timer: undefined, due: 0, pushing: Promise.resolve() }
    this.#clients.set(peer, client)
    return client
  }

  #know (peerId: PeerId, record: Uint8Array | undefined, protocols: readonly string[]): void {
    const key = peerId.toString()
    if (this.#components.connectionManager.getConnections(peerId).length === 0) {
      return
    }
    const before = this.#peers.get(key)
    const now: Peer = {
      record: record !== undefined && record.byteLength <= MAX_RECORD_BYTES ? record : undefined,
      takesMembers: protocols.includes(PROTOCOLS.members.id),
      isHub: protocols.includes(PROTOCOLS.hub.id)
    }
    this.#peers.set(key, now)
    const topics = this.#topics.topicsOf(key)
    if (now.takesMembers && before?.takesMembers !== true) {
      this.#mark(key, topics)
    }
    if (before?.isHub !== now.isHub || Buffer.compare(before.record ?? NOTHING, now.record ?? NOTHING) !== 0) {
      for (const topic of topics) {
        this.#unrecorded.delete(topic)
        for (const client of this.#topics.members(topic)) {
          this.#mark(client, [topic])
        }
      }
    }
  }

  readonly #onUpdate = (event: Libp2pEvents['peer:update']): void => {
    const { id, peerRecordEnvelope, protocols } = event.detail.peer
    this.#know(id, peerRecordEnvelope, protocols)
  }

  /** A peer that comes back with the record that is known already updates nothing. */
  readonly #onIdentify = (event: CustomEvent<IdentifyResult>): void => {
    const { peerId } = event.detail
    this.#components.peerStore.get(peerId).then(
      ({ peerRecordEnvelope, protocols }) => { this.#know(peerId, peerRecordEnvelope, protocols) },
      () => { /* It left, and the store forgot it. */ })
  }

  readonly #onDisconnect = (event: CustomEvent<PeerId>): void => {
    const peer = event.detail.toString()
    clearTimeout(this.#clients.get(peer)?.timer)
    this.#clients.delete(peer)
    this.#peers.delete(peer)
  }
}

/** Milliseconds for which changes of a topic are gathered for a client that knows so many of its members. */
function gatherFor (known: number, changes: number): number {
  const { members, part, milliseconds, most } = GATHER_MORE
  if (known < members) return GATHER
  return (changes >= part * known ? milliseconds : most) * (1 - SPREAD * Math.random())
}

const NOTHING = new Uint8Array(0)
