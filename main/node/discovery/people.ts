import { EventEmitter } from 'node:events'
import type { Connection, IdentifyResult, PeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Path } from '../../../preload/contract/index.ts'
import type { CreatedNode } from '../create-node.ts'
import { isCircuit } from '../addresses/kinds.ts'
import { isOlderNatter } from '../agent.ts'
import { PROTOCOLS } from '../protocols.ts'
import type { SwitchingPubsub } from '../pubsub/switching-pubsub.ts'
import type { RelayKeeper } from '../reachability/relay-keeper.ts'
import type { Member, People, PeopleEvents } from '../types.ts'
import { Dialer } from './dialer.ts'
import { HubMembers } from './hub-members.ts'
import { sealOwnRecord } from './own-record.ts'
import { openRecord, relayOf, type OpenedRecord } from './records.ts'
import { HeardPeople } from './unrecorded.ts'

/** Milliseconds in which changes are gathered before they are told. */
const GATHER = 50
/** Milliseconds after which a hub has heard of a new subscription of ours (5–6 ms measured, and the way there). */
const HUB_HEARS = 300
/** Milliseconds between two looks at round-trip times. */
const RTT_LOOK = 5_000

/** Who is on our topics and how we reach them; see {@link People}. */
export class PeopleWatch extends EventEmitter<PeopleEvents> implements People {
  readonly #node: CreatedNode
  readonly #pubsub: SwitchingPubsub
  readonly #keeper: RelayKeeper
  readonly #dialer: Dialer
  readonly #members: HubMembers
  /** Connected peers whose identify told what they are: whether each is a hub. */
  readonly #identified = new Map<string, boolean>()
  /** Hubs of Natter 0.1.0, which do not count people without a record. */
  readonly #olderHubs = new Set<string>()
  readonly #heard = new HeardPeople()
  readonly #changed = new Set<string>()
  /** Topics that somebody came to since changes were told. */
  readonly #came = new Set<string>()
  /** Topics of connected people with whom their records were learned. */
  readonly #learned = new Map<string, string>()
  readonly #why: (peerId: string) => string
  readonly #learnedRelays = new Set<string>()
  #gathering: NodeJS.Timeout | undefined
  #rttTimer: NodeJS.Timeout | undefined

  constructor (node: CreatedNode, pubsub: SwitchingPubsub, keeper: RelayKeeper, options: { readonly allowPrivate: boolean, readonly why: (peerId: string) => string }) {
    super()
    this.#node = node
    this.#pubsub = pubsub
    this.#keeper = keeper
    this.#why = options.why
    const isOurTopic = (topic: string): boolean => pubsub.has(topic)
    this.#dialer = new Dialer(node, {
      allowPrivate: options.allowPrivate,
      relays: () => keeper.approved(),
      isOurTopic,
      connectedOn: (topic) => this.#connected(topic).length,
      onUnknownRelay: (address, from) => { this.#onUnknownRelay(address.toString(), from.toString()) },
      onTrouble: (topics) => { this.#change(topics) }
    })
    this.#members = new HubMembers(node.components, {
      isOurTopic,
      isOurRelay: (peer) => keeper.approved().has(peer),
      onMember: (topic, record, bytes) => {
        this.#dialer.want(record, [topic], true)
        this.emit('record:learned', { peerId: record.peerId.toString(), record: bytes, topics: [topic] })
      },
      onChange: (topics) => { this.#change(topics) }
    })
    const { events } = node.components
    events.addEventListener('peer:identify', (event) => { void this.#onIdentify(event.detail) })
    events.addEventListener('peer:disconnect', (event) => { this.#forget(event.detail.toString()) })
    events.addEventListener('connection:open', (event) => { this.#onConnection(event.detail) })
    events.addEventListener('connection:close', (event) => { this.#onConnection(event.detail) })
    pubsub.on('subscribers:change', ({ topics }) => {
      topics.forEach((topic) => this.#came.add(topic))
      this.#change(topics)
    })
    pubsub.on('message', ({ topic, from, via = '' }) => {
      if (this.isHub(via) && this.#heard.hear(via, topic, from)) this.#change([topic])
    })
    pubsub.on('topics:change', () => { setTimeout(() => { this.#askHubs() }, HUB_HEARS).unref() })
    keeper.on('relay:connected', () => { this.#dialer.retryAll() })
  }

  async start (): Promise<void> {
    await this.#members.start()
    this.#dialer.start()
    this.#rttTimer = setInterval(() => { this.#change(this.#pubsub.topics) }, RTT_LOOK)
  }

  async stop (): Promise<void> {
    clearInterval(this.#rttTimer)
    clearTimeout(this.#gathering)
    this.#dialer.stop()
    await this.#members.stop()
  }

  onTopic (topic: string): readonly Member[] {
    const throughHubs = new Map(this.#members.on(topic))
    for (const hub of this.#hubsOn(topic)) {
      for (const peer of this.#heardThrough(hub, topic)) if (!throughHubs.has(peer)) throughHubs.set(peer, hub)
    }
    const connected = this.#connected(topic)
    const known = new Set(connected)
    const self = this.#node.components.peerId.toString()
    return [
      ...connected.map((peerId) => ({ peerId, path: this.#path(peerId) })),
      ...[...throughHubs]
        .filter(([peerId]) => !known.has(peerId) && peerId !== self && !this.#node.gater.isRefused(peerId))
        .map(([peerId, relay]) => ({ peerId, path: this.#throughHub(peerId, relay) }))
    ]
  }

  #throughHub (peerId: string, relay: string): Path {
    const trouble = this.#dialer.troubleWith(peerId)
    return { kind: 'hub', relay, ...(trouble === undefined ? {} : { trouble }) }
  }

  unnamed (topic: string): number {
    return this.#beyond(topic, this.#hubsOn(topic), this.onTopic(topic).map(({ peerId }) => peerId))
  }

  reached (topic: string, recipients: readonly string[]): number {
    const hubs = recipients.filter((peer) => this.isHub(peer))
    const people = new Set(recipients.filter((peer) => this.#isPerson(peer)))
    for (const hub of hubs) {
      for (const member of [...this.#members.through(hub, topic), ...this.#heardThrough(hub, topic)]) people.add(member)
    }
    return people.size + this.#beyond(topic, hubs, [...people])
  }

  /** Hubs that take part in a topic. */
  #hubsOn (topic: string): string[] {
    return this.#pubsub.subscribers(topic).filter((peer) => this.isHub(peer))
  }

  /** People without a record who were heard through a hub: where it counts them, no more than it says are there. */
  #heardThrough (hub: string, topic: string): readonly string[] {
    const heard = this.#heard.through(hub, topic).filter((peer) => !this.#members.hasRecord(hub, peer))
    const count = this.#members.unrecorded(hub, topic)
    return this.#olderHubs.has(hub) ? heard : count === 0 ? [] : heard.slice(-count)
  }

  /** How many people these hubs count beside those whom we know by name: at least so many, since two hubs may count the same. */
  #beyond (topic: string, hubs: readonly string[], known: readonly string[]): number {
    return Math.max(0, ...hubs.map((hub) => this.#members.unrecorded(hub, topic) - known.filter((peer) => !this.#members.through(hub, topic).has(peer)).length))
  }

  #forget (peer: string): void {
    this.#identified.delete(peer)
    this.#olderHubs.delete(peer)
    this.#heard.drop(peer)
    this.#learned.delete(peer)
  }

  isHub (peerId: string): boolean {
    return this.#identified.get(peerId) === true
  }

  /** Before identify told, a peer may be a hub as well: it counts as nobody yet. */
  #isPerson (peerId: string): boolean {
    return this.#identified.get(peerId) === false
  }

  async know ({ record, topics }: { readonly record: Uint8Array, readonly topics: readonly string[] }): Promise<string> {
    const opened = await openRecord(record)
    this.#dialer.want(opened, topics, false)
    return opened.peerId.toString()
  }

  /** Where somebody said last that they are; undefined where we never heard. */
  recordOf (peerId: string): OpenedRecord | undefined {
    return this.#dialer.recordOf(peerId)
  }

  async ownRecord (): Promise<Uint8Array> {
    return sealOwnRecord(this.#node.components)
  }

  /** After subscribing: who is there already, as far as hubs know. */
  #askHubs (): void {
    for (const hub of [...this.#identified.keys()].filter((peer) => this.isHub(peer))) {
      const [connection] = this.#node.libp2p.getConnections(peerIdFromString(hub))
      if (connection !== undefined && this.#keeper.approved().has(hub)) {
        void this.#members.refresh(connection)
      }
    }
  }

  #connected (topic: string): string[] {
    return this.#pubsub.subscribers(topic).filter((peer) => this.#isPerson(peer))
  }

  #path (peerId: string): Path {
    const open = this.#node.libp2p.getConnections(peerIdFromString(peerId)).filter(({ status }) => status === 'open')
    const best = open.find(({ remoteAddr }) => !isCircuit(remoteAddr)) ?? open[0]
    if (best === undefined) {
      return { kind: 'none' }
    }
    const address = best.remoteAddr.toString()
    const rtt = best.rtt === undefined ? {} : { rtt: Math.round(best.rtt) }
    const relay = relayOf(best.remoteAddr)?.peer
    return relay === undefined
      ? { kind: 'direct', address, ...rtt }
      : { kind: 'circuit', relay, address, limited: best.limits !== undefined, ...rtt, why: this.#why(peerId) }
  }

  async #onIdentify (result: IdentifyResult): Promise<void> {
    const peer = result.peerId.toString()
    const isHub = result.protocols.includes(PROTOCOLS.hub.id)
    if (isHub && isOlderNatter(result.agentVersion)) this.#olderHubs.add(peer)
    if (isHub && this.#keeper.approved().has(peer)) {
      void this.#members.refresh(result.connection)
    }
    const topics = this.#pubsub.sharedWith(peer)
    // Who turns out to be somebody, or nobody, changes the topics that we are not on as well.
    this.#change(this.#identified.get(peer) === isHub ? topics : this.#pubsub.seenTopics())
    this.#identified.set(peer, isHub)
    await this.#learn(result.peerId, topics)
  }

  /** Who came to these topics is known by now, however often each came and left. */
  async #learnAll (topics: readonly string[]): Promise<void> {
    const peers = new Set(topics.filter((topic) => this.#pubsub.has(topic)).flatMap((topic) => this.#connected(topic)))
    await Promise.all([...peers].map(async (peer) => {
      const shared = this.#pubsub.sharedWith(peer)
      if (this.#learned.get(peer) !== shared.join('\n')) await this.#learn(peerIdFromString(peer), shared)
    }))
  }

  /** Keeps the signed record of somebody with whom we share topics, so as to find them again. */
  async #learn (peerId: PeerId, topics: readonly string[]): Promise<void> {
    if (topics.length === 0 || this.isHub(peerId.toString())) {
      return
    }
    this.#learned.set(peerId.toString(), topics.join('\n'))
    try {
      const record = (await this.#node.components.peerStore.get(peerId)).peerRecordEnvelope
      if (record !== undefined) {
        this.#dialer.want(await openRecord(record), topics, true)
        this.emit('record:learned', { peerId: peerId.toString(), record, topics })
      }
    } catch {
      // It left before identify ended, or its record is not its own: nothing to keep.
    }
  }

  #onConnection (connection: Connection): void {
    this.refresh(connection.remotePeer.toString())
  }

  /** What is known of the way to somebody changed. */
  refresh (peerId: string): void {
    this.#change(this.#pubsub.sharedWith(peerId))
  }

  #onUnknownRelay (address: string, from: string): void {
    if (!this.#learnedRelays.has(address) && this.#learnedRelays.size < 100) {
      this.#learnedRelays.add(address)
      this.emit('relay:learned', { address, from })
    }
  }

  #change (topics: readonly string[]): void {
    topics.forEach((topic) => this.#changed.add(topic))
    if (this.#changed.size === 0 || this.#gathering !== undefined) {
      return
    }
    this.#gathering = setTimeout(() => {
      const changed = [...this.#changed]
      this.#changed.clear()
      this.#gathering = undefined
      void this.#learnAll([...this.#came])
      this.#came.clear()
      this.emit('people:change', { topics: changed })
    }, GATHER)
  }
}
