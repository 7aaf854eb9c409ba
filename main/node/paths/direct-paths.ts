import { EventEmitter } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { Connection, PeerId, Stream } from '@libp2p/interface'
import { monotonicNow } from '../clock.ts'
import type { CreatedNode } from '../create-node.ts'
import { isCircuit } from '../addresses/kinds.ts'
import { DIRECT_LIMITS } from '../limits.ts'
import { Quota } from '../quota.ts'
import { callAt } from './calls.ts'
import { agreeToMeet, askToMeet, DCUTR } from './exchange.ts'
import type { Mappings } from './mappings.ts'
import { openAddresses, placesToDial } from './places.ts'
import type { MeetingPlace } from './punch.ts'
import { retireCircuits } from './retire-circuits.ts'
import { Tries } from './tries.ts'
import type { PathFinding, Paths, PortMapping } from './types.ts'
import { mappingWords, whyNoPlace, WORDS } from './words.ts'

/** Milliseconds between two looks for circuits that might give way. */
const LOOK = 1_000
/** Milliseconds that dialling somebody's open address may take; one that lets nobody in costs this before the ends try to meet. */
const OPEN_DIAL = 3_000
/** Milliseconds in which we learn which topics somebody is on who learned that of us. */
const KNOWN_WITHIN = 1_500
const KNOWN_LOOK = 50
/** Milliseconds that a direct connection stands before the next try need not wait. */
const LASTS = 60_000

/** What {@link DirectPaths} needs to know. */
export interface DirectPathsOptions {
  readonly mappings: Pick<Mappings, 'places' | 'mapping' | 'on'>
  /** Whether a peer shares a topic with us: nobody else is told where we are. */
  readonly isWanted: (peer: string) => boolean
  /** Tests on loopback only. */
  readonly allowPrivate: boolean
}

/** Why a try ended without a connection, in words. */
class NotMet extends Error {
  override readonly name = 'NotMet'
}

/**
 * Turns circuits into direct connections, by libp2p's protocol DCUtR: the end
 * that was dialled asks, both tell where relays see them, and both dial at the
 * same moment. The circuit stays until the direct connection carries the
 * conversation. Trap: libp2p's own service never succeeds over TCP (five causes,
 * measured); this speaks the same on the wire.
 */
export class DirectPaths extends EventEmitter<{ 'finding': [PathFinding] }> implements Paths {
  readonly #node: CreatedNode
  readonly #options: DirectPathsOptions
  readonly #tries = new Tries()
  readonly #trying = new Set<string>()
  readonly #quota = new Quota({ perWindow: DIRECT_LIMITS.perMinute, window: 60_000 })
  #answering = 0
  #isOn = false
  #timer: NodeJS.Timeout | undefined
  #ending = new AbortController()

  constructor (node: CreatedNode, options: DirectPathsOptions) {
    super()
    this.#node = node
    this.#options = options
    const { events } = node.components
    events.addEventListener('connection:open', (event) => { void this.#onOpen(event.detail) })
    events.addEventListener('peer:identify', (event) => { void this.#forgiveNews(event.detail.peerId).then(() => { this.look() }) })
    events.addEventListener('peer:disconnect', (event) => { this.#tries.renew(event.detail.toString()) })
    options.mappings.on('mappings:change', () => { this.#tries.renewAll() })
  }

  get isOn (): boolean {
    return this.#isOn
  }

  /** How it stands with those with whom a direct connection was tried. */
  get findings (): readonly PathFinding[] {
    return this.#tries.findings
  }

  /** Why somebody is reached through a relay, in a sentence. */
  why (peerId: string): string {
    const finding = this.#tries.get(peerId)
    return !this.#isOn ? WORDS.off : finding !== undefined && finding.state !== 'direct' ? finding.words : WORDS.waiting
  }

  mapping (family: 4 | 6): PortMapping | undefined {
    return this.#options.mappings.mapping(family)
  }

  /** Turns circuits into direct connections from now on, or no longer; those that stand stay. */
  async set (on: boolean): Promise<void> {
    if (on === this.#isOn) {
      return
    }
    this.#isOn = on
    const { registrar } = this.#node.components
    if (!on) {
      clearInterval(this.#timer)
      this.#ending.abort()
      await registrar.unhandle(DCUTR)
      return
    }
    this.#ending = new AbortController()
    await registrar.handle(DCUTR, async (stream, connection) => this.#answer(stream, connection), { maxInboundStreams: 2, runOnLimitedConnection: true })
    this.#timer = setInterval(() => { this.look() }, LOOK)
    this.look()
  }

  /** Looks for circuits that might give way, and begins to try where it is due. */
  look (): void {
    if (!this.#isOn) {
      return
    }
    const now = monotonicNow()
    for (const connection of this.#node.libp2p.getConnections()) {
      const peer = connection.remotePeer.toString()
      const isOurTurn = connection.direction === 'inbound' && connection.status === 'open' && isCircuit(connection.remoteAddr)
      if (isOurTurn && this.#trying.size < DIRECT_LIMITS.atOnce && !this.#trying.has(peer) && this.#tries.isDue(peer, now) && this.#options.isWanted(peer) && !this.#isDirect(connection.remotePeer)) {
        void this.#try(connection, peer)
      }
    }
  }

  /** Who did not speak the protocol may have switched it on meanwhile. */
  async #forgiveNews (peer: PeerId): Promise<void> {
    const isTold = this.#tries.get(peer.toString())?.words === WORDS.unsupported
    const known = isTold ? await this.#node.components.peerStore.get(peer).catch(() => undefined) : undefined
    if (known?.protocols.includes(DCUTR) === true) {
      this.#tries.forgive(peer.toString())
    }
  }

  async #try (circuit: Connection, peer: string): Promise<void> {
    this.#trying.add(peer)
    try {
      const { protocols, addresses } = await this.#node.components.peerStore.get(circuit.remotePeer)
      if (protocols.length === 0) {
        // Identify has not told yet; the next look finds what it said.
        return
      }
      this.#tell(this.#tries.begin(peer, WORDS.trying, monotonicNow()))
      const open = await this.#reachOpen(circuit.remotePeer, addresses.map(({ multiaddr }) => multiaddr))
      if (open === undefined) {
        await this.#meet(circuit, protocols.includes(DCUTR))
      }
    } catch (error) {
      if (!this.#isDirect(circuit.remotePeer)) {
        this.#tell(this.#tries.fail(peer, error instanceof NotMet ? error.message : WORDS.quiet, monotonicNow()))
        await this.#forgiveNews(circuit.remotePeer)
      }
    } finally {
      this.#trying.delete(peer)
    }
  }

  /** Who has an address that lets everybody in is simply dialled. */
  async #reachOpen (peer: PeerId, named: readonly Parameters<typeof openAddresses>[0][number][]): Promise<Connection | undefined> {
    const places = await placesToDial(this.#node, openAddresses(named, this.#options.allowPrivate), [])
    if (places.length === 0) {
      return undefined
    }
    try {
      return await callAt(this.#tries, 'open', this.#node.components, peer, places, 'client', this.#within(OPEN_DIAL))
    } catch {
      // A firewall stands before it: there is the other way.
      return undefined
    }
  }

  async #meet (circuit: Connection, isSpoken: boolean): Promise<Connection> {
    if (!isSpoken) {
      throw new NotMet(WORDS.unsupported)
    }
    const own = await this.#options.mappings.places()
    const offer = this.#offer(own)
    if (offer.length === 0) {
      throw new NotMet(whyNoPlace(this))
    }
    for (let round = 1; ; round++) {
      const { addresses, rtt } = await this.#ask(circuit, offer)
      if (addresses.length === 0) {
        throw new NotMet(WORDS.nowhere)
      }
      const places = await placesToDial(this.#node, addresses, own)
      await delay(rtt / 2)
      try {
        return await this.#dial(circuit.remotePeer, places, 'server')
      } catch (error) {
        if (round === DIRECT_LIMITS.rounds || this.#ending.signal.aborted || this.#isDirect(circuit.remotePeer)) {
          throw error
        }
      }
    }
  }

  async #ask (circuit: Connection, offer: Parameters<typeof askToMeet>[1]): ReturnType<typeof askToMeet> {
    const signal = this.#within(DIRECT_LIMITS.exchange)
    const stream = await circuit.newStream(DCUTR, { signal, runOnLimitedConnection: true })
    try {
      const exchanged = await askToMeet(stream, offer, signal)
      // Trap: waiting for the other end to close would let the moment pass.
      void stream.close({ signal }).catch(() => { stream.abort(new Error('not closed')) })
      return exchanged
    } catch (error) {
      stream.abort(error instanceof Error ? error : new Error(String(error)))
      throw error
    }
  }

  async #answer (stream: Stream, circuit: Connection): Promise<void> {
    const peer = circuit.remotePeer.toString()
    let isServed = false
    try {
      // Who was dialled begins; both sides beginning would make two servers.
      if (circuit.direction !== 'outbound' || !isCircuit(circuit.remoteAddr) || !this.#quota.take(peer) || this.#answering >= DIRECT_LIMITS.answersAtOnce || !await this.#knows(peer)) {
        throw new Error('not now')
      }
      isServed = true
      this.#answering++
      this.#tell(this.#tries.begin(peer, WORDS.trying, monotonicNow()))
      const signal = this.#within(DIRECT_LIMITS.exchange)
      const own = await this.#options.mappings.places()
      const { addresses } = await agreeToMeet(stream, async () => Promise.resolve(this.#offer(own)), signal)
      void stream.close({ signal }).catch(() => { stream.abort(new Error('not closed')) })
      if (this.#offer(own).length === 0) {
        throw new NotMet(whyNoPlace(this))
      }
      await this.#dial(circuit.remotePeer, await placesToDial(this.#node, addresses, own), 'client')
    } catch (error) {
      if (stream.status === 'open') {
        stream.abort(error instanceof Error ? error : new Error(String(error)))
      }
      if (isServed && !this.#isDirect(circuit.remotePeer)) {
        this.#tell(this.#tries.fail(peer, error instanceof NotMet ? error.message : WORDS.quiet, monotonicNow()))
      }
    } finally {
      this.#answering -= isServed ? 1 : 0
    }
  }

  /** The other end may hear of our topics a moment before we hear of its own. */
  async #knows (peer: string): Promise<boolean> {
    for (const end = monotonicNow() + KNOWN_WITHIN; !this.#options.isWanted(peer) && monotonicNow() < end;) {
      await delay(KNOWN_LOOK)
    }
    return this.#isOn && this.#options.isWanted(peer)
  }

  async #dial (peer: PeerId, places: readonly MeetingPlace[], part: 'client' | 'server'): Promise<Connection> {
    if (places.length === 0) {
      throw new NotMet(WORDS.proxy)
    }
    try {
      return await callAt(this.#tries, 'both', this.#node.components, peer, places, part, this.#within(DIRECT_LIMITS.meet))
    } catch (cause) {
      const mapping = this.mapping(4) ?? this.mapping(6)
      throw new NotMet(mapping === undefined ? WORDS.failed : `${WORDS.failed} ${mappingWords(mapping)}`, { cause })
    }
  }

  #offer (own: readonly MeetingPlace[]): Parameters<typeof askToMeet>[1] {
    const open = openAddresses(this.#node.components.addressManager.getAddresses(), this.#options.allowPrivate)
    return [...new Map([...own.map(({ address }) => address), ...open].map((address) => [address.toString(), address])).values()]
  }

  async #onOpen (connection: Connection): Promise<void> {
    const peer = connection.remotePeer.toString()
    const hasCircuit = this.#node.libp2p.getConnections(connection.remotePeer).some(({ remoteAddr }) => isCircuit(remoteAddr))
    if (isCircuit(connection.remoteAddr) || !hasCircuit) {
      return
    }
    this.#tell(this.#tries.succeed(peer, WORDS.direct, monotonicNow()))
    const stood = await retireCircuits(this.#node, connection)
    if (!stood) {
      this.#tell(this.#tries.fail(peer, WORDS.short, monotonicNow()))
      return
    }
    setTimeout(() => {
      if (connection.status === 'open') {
        this.#tries.forgive(peer)
      }
    }, LASTS).unref()
  }

  #isDirect (peer: PeerId): boolean {
    return this.#node.libp2p.getConnections(peer).some(({ status, remoteAddr }) => status === 'open' && !isCircuit(remoteAddr))
  }

  #within (milliseconds: number): AbortSignal {
    return AbortSignal.any([this.#ending.signal, AbortSignal.timeout(milliseconds)])
  }

  #tell (finding: PathFinding): void {
    this.emit('finding', finding)
  }
}
