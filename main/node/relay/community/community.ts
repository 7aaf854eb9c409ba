import { RELAY_V2_HOP_CODEC } from '@libp2p/circuit-relay-v2'
import type { Connection, IdentifyResult, PeerId } from '@libp2p/interface'
import { toBinary, create } from '@bufbuild/protobuf'
import { CODE_P2P, multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { monotonicNow } from '../../clock.ts'
import type { CreatedNode } from '../../create-node.ts'
import { openRecord } from '../../discovery/records.ts'
import { isUsableOutside } from '../../relays/usable-address.ts'
import { COMMUNITY_LIMITS as LIMITS } from '../../limits.ts'
import { RelayRecordsSchema } from '../../node_pb.ts'
import { KAD_PROTOCOL, PROTOCOLS } from '../../protocols.ts'
import { serve } from '../../streams.ts'
import { onWake } from '../../wake.ts'
import { ipOf } from '../addresses.ts'
import { createCommunityDht, type CommunityDht } from './dht.ts'

/** How a relay takes part in a community. */
export interface CommunityOptions {
  /** Where others of it are: multiaddrs with a peer id, asked for at every look. Rejects never. */
  readonly others: () => Promise<readonly string[]>
  /** Milliseconds between two looks at who is there. @default 600,000 */
  readonly interval?: number
  /** Milliseconds between two looks while nobody was found. @default 15,000 */
  readonly retry?: number
  /** Tests on loopback only. @default false */
  readonly allowPrivate?: boolean
}

/** Another relay of the community: we reached it ourselves, and it signed where it is. */
export interface CommunityMember {
  readonly peerId: string
  readonly addresses: readonly string[]
}

interface Member extends CommunityMember {
  readonly record: Uint8Array
  /** The IP address at which we reached it. */
  readonly ip: string | undefined
  /** When we reached it last, by `monotonicNow`. */
  readonly seen: number
}

const DIAL = 6_000

/**
 * Finds other relays through a DHT that only relays serve, and tells desktops
 * of those that it reached itself. What it tells are records that each relay
 * signed; that a relay is any good nobody can promise.
 */
export class Community {
  readonly #node: CreatedNode
  #options: CommunityOptions
  readonly #members = new Map<string, Member>()
  #dht: CommunityDht | undefined
  #unserve: (() => Promise<void>) | undefined
  #timer: NodeJS.Timeout | undefined
  #unwake: () => void = () => {}
  /** Set: another look was asked for while one was under way. */
  #isStale = false
  #isLooking = false
  #hasLeft = false

  constructor (node: CreatedNode, options: CommunityOptions) {
    this.#node = node
    this.#options = options
  }

  /** Relays that it would tell of now. */
  get members (): readonly CommunityMember[] {
    return this.#fresh().map(({ peerId, addresses }) => ({ peerId, addresses }))
  }

  /** Once the node listens: others are told its addresses. */
  async start (): Promise<void> {
    const { components, gater, ping } = this.#node
    gater.setDialsPublic(true)
    this.#dht = await createCommunityDht(components, { ping, allowPrivate: this.#options.allowPrivate === true })
    components.events.addEventListener('peer:identify', this.#onIdentify)
    components.events.addEventListener('peer:disconnect', this.#onDisconnect)
    this.#unserve = await serve(components.registrar, PROTOCOLS.relays, async (_request, connection) => this.#answer(connection.remotePeer))
    await this.#dht.start()
    // Those whom we told of before a sleep may be gone by now.
    this.#unwake = onWake(() => { if (!this.#hasLeft && !this.#isLooking) this.#next(0) })
    this.#next(0)
  }

  /** From now on these are the others that it begins with; who was found by now stays until it is gone. */
  set (options: CommunityOptions): void {
    this.#options = options
    this.#isStale = this.#isLooking
    if (!this.#hasLeft && !this.#isLooking) this.#next(0)
  }

  /**
   * Leaves the others, and looks for nobody any more. Identify tells those who
   * are connected that the DHT is no longer spoken here, and they tell nobody of
   * this relay from then on. Who asks here is still told of them.
   */
  async withdraw (): Promise<void> {
    this.#hasLeft = true
    this.#unwake()
    clearTimeout(this.#timer)
    this.#node.gater.setDialsPublic(false)
    await this.#dht?.stop().catch(() => {})
    this.#dht = undefined
  }

  async stop (): Promise<void> {
    const { events } = this.#node.components
    events.removeEventListener('peer:identify', this.#onIdentify)
    events.removeEventListener('peer:disconnect', this.#onDisconnect)
    await Promise.allSettled([this.#unserve?.(), this.withdraw()])
  }

  #next (after: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#isLooking = true
      // What one look misses, the next one finds.
      this.#look().catch(() => {}).finally(() => {
        this.#isLooking = false
        const pause = this.#fresh().length > 0 ? this.#options.interval ?? LIMITS.interval : this.#options.retry ?? LIMITS.retry
        if (!this.#hasLeft) this.#next(this.#isStale ? 0 : pause)
        this.#isStale = false
      })
    }, after)
    this.#timer.unref()
  }

  async #look (): Promise<void> {
    const named = (await this.#options.others()).map((text) => multiaddr(text))
    // Whoever runs the relay named these: they may be anywhere, as names too.
    for (const address of named) this.#node.gater.allowTarget(address)
    await Promise.all(named.slice(0, LIMITS.members).map(async (address) => this.#reach([address])))
    const found = await this.#dht?.find() ?? []
    for (const { id, multiaddrs } of found) {
      const usable = multiaddrs.filter((address) => isUsableOutside(address, this.#options.allowPrivate === true)).slice(0, LIMITS.addresses)
      if (usable.length > 0) await this.#reach(usable.map((address) => address.decapsulateCode(CODE_P2P).encapsulate(`/p2p/${id.toString()}`)))
    }
  }

  /** Connects, where there is no connection; identify tells the rest. */
  async #reach (addresses: readonly Multiaddr[]): Promise<void> {
    try {
      const connection = await this.#node.components.connectionManager.openConnection([...addresses], { signal: AbortSignal.timeout(DIAL) })
      await this.#note(connection.remotePeer, connection)
    } catch {
      // It is down, or refuses us: it is tried again at the next look.
    }
  }

  readonly #onIdentify = ({ detail: { peerId, protocols, connection } }: CustomEvent<IdentifyResult>): void => {
    if (protocols.includes(KAD_PROTOCOL)) void this.#note(peerId, connection)
    // It left the community, or is about to close.
    else this.#members.delete(peerId.toString())
  }

  /** Whether it is coming back is seen when it is looked for next. */
  readonly #onDisconnect = ({ detail: peer }: CustomEvent<PeerId>): void => {
    if (this.#members.delete(peer.toString()) && !this.#hasLeft && !this.#isLooking) this.#next(this.#options.retry ?? LIMITS.retry)
  }

  /** Takes in a relay that we are connected to, where it signed addresses that others can use. */
  async #note (peer: PeerId, connection: Connection): Promise<void> {
    const { components } = this.#node
    try {
      const { protocols, peerRecordEnvelope: record } = await components.peerStore.get(peer)
      if (record === undefined || !protocols.includes(RELAY_V2_HOP_CODEC) || !protocols.includes(KAD_PROTOCOL)) return
      // Who dialled us proved no address of its own; our own look does that.
      if (connection.direction !== 'outbound') {
        await this.#proveInbound(peer, record)
        return
      }
      const { addresses } = await openRecord(record)
      const usable = addresses.filter((address) => isUsableOutside(address, this.#options.allowPrivate === true, true)).map(String)
      if (usable.length > 0) this.#keep({ peerId: peer.toString(), addresses: usable, record, ip: ipOf(connection.remoteAddr), seen: monotonicNow() })
    } catch {
      // Gone again, or its record is not its own.
    }
  }

  /** A relay that came to us is dialled at what it signed, beside the connection that stands. */
  async #proveInbound (peer: PeerId, record: Uint8Array): Promise<void> {
    const known = this.#members.get(peer.toString())
    if (known !== undefined && monotonicNow() - known.seen < LIMITS.proofLasts) return
    const { addresses } = await openRecord(record)
    const usable = addresses.filter((address) => isUsableOutside(address, this.#options.allowPrivate === true)).slice(0, LIMITS.addresses)
    if (usable.length === 0) return
    const proof = await this.#node.libp2p.dial(usable.map((address) => address.encapsulate(`/p2p/${peer.toString()}`)), { force: true, signal: AbortSignal.timeout(DIAL) })
    await this.#note(peer, proof)
    await proof.close()
  }

  #keep (member: Member): void {
    const neighbours = [...this.#members.values()].filter(({ ip, peerId }) => ip !== undefined && ip === member.ip && peerId !== member.peerId)
    if (neighbours.length >= LIMITS.perAddress && this.#options.allowPrivate !== true) return
    this.#members.delete(member.peerId)
    this.#members.set(member.peerId, member)
    const [oldest] = this.#members.keys()
    if (oldest !== undefined && this.#members.size > LIMITS.members) this.#members.delete(oldest)
  }

  #fresh (): Member[] {
    const since = monotonicNow() - LIMITS.lasts
    for (const [peer, { seen }] of this.#members) {
      if (seen < since) this.#members.delete(peer)
    }
    return [...this.#members.values()]
  }

  /** Some of them, other ones each time: so everybody's load is spread. */
  #answer (asker: PeerId): Uint8Array {
    const others = this.#fresh().filter(({ peerId }) => peerId !== asker.toString())
    const some = others.map((member) => ({ member, order: Math.random() })).sort((a, b) => a.order - b.order).slice(0, LIMITS.perAnswer)
    return toBinary(RelayRecordsSchema, create(RelayRecordsSchema, { records: some.map(({ member }) => member.record) }))
  }
}
