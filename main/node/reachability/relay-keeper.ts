import { EventEmitter } from 'node:events'
import type { Connection, PeerId } from '@libp2p/interface'
import { CODE_P2P, multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import type { Relay } from '../../../preload/contract/index.ts'
import { monotonicNow } from '../clock.ts'
import type { CreatedNode } from '../create-node.ts'
import { PROTOCOLS } from '../protocols.ts'
import { shownDates } from '../shown-dates.ts'
import type { RelayCandidate } from '../types.ts'
import { fresh, isSame, set, turn, type Entry } from './relay-entry.ts'
import { askStanding, serveNotices } from './relay-standing.ts'
import { RESERVATIONS } from './reservation-slots.ts'
import type { Standing } from '../relay/standing.ts'
import { onWake } from '../wake.ts'
import { refusal, relayTrouble } from './words.ts'

/** Milliseconds between two looks at the relays. A reservation stood 270–680 ms after a relay's return with it (measured). */
const LOOK = 1_000
/** Milliseconds before the next try after a failure: a look, and after a minute of failures five; where we are not wanted, a minute. */
const RETRY = { soon: LOOK, later: 5_000, soonTries: 60, unwanted: 60_000 } as const
/** Milliseconds that a relay which closes is kept beside another that listens for us: pubsub needs 350 to 600 to stand there. */
const OVERLAP = 1_000
/** Milliseconds that dialling a relay may take: libp2p's own limit for an address. */
const DIAL = 6_000
/** Milliseconds after which a try that hangs no longer keeps the next relay from its turn. */
const PATIENCE = 1_000
/** How it is with a relay that told us that it closes, from when we left it until it is back. */
const CLOSED = 'It is closing down; asking again until it is back.'

/**
 * Keeps reservations on up to two of our relays. Trap: libp2p neither redials
 * a lone relay that came back nor asks a full one again; this does, once a second.
 */
export class RelayKeeper extends EventEmitter<{ 'relays:change': [readonly Relay[]], 'relay:connected': [{ readonly peerId: PeerId }] }> {
  readonly #node: CreatedNode
  readonly #entries = new Map<string, Entry>()
  readonly #dateOf = shownDates()
  #timer: NodeJS.Timeout | undefined
  #unwake: () => void = () => {}
  #told = ''

  constructor (node: CreatedNode) {
    super()
    this.#node = node
    node.slots.on('slots:change', () => { this.#look() })
    node.components.events.addEventListener('peer:identify', (event) => { this.#onIdentify(event.detail.peerId.toString(), event.detail.protocols) })
    node.components.events.addEventListener('connection:close', () => { this.#look() })
    void serveNotices(node.components.registrar, (relay, standing) => this.#onNotice(relay, standing))
  }

  start (): void {
    this.#timer = setInterval(() => { this.#look() }, LOOK)
    this.#unwake = onWake(() => { this.#hurry() })
    this.#look()
  }

  stop (): void {
    clearInterval(this.#timer)
    this.#unwake()
    this.#timer = undefined
  }

  /** The computer slept: it may be in another network, and what failed there says nothing of this one. */
  #hurry (): void {
    for (const entry of this.#entries.values()) Object.assign(entry, { failures: 0, nextTry: -Infinity })
    this.#look()
  }

  /** The relays to choose from from now on, best first; those no longer named are let go. */
  setCandidates (candidates: readonly RelayCandidate[]): void {
    const before = new Map(this.#entries)
    this.#entries.clear()
    for (const candidate of candidates) {
      const address = multiaddr(candidate.address)
      const peer = address.getComponents().findLast(({ code }) => code === CODE_P2P)?.value ?? ''
      const known = before.get(peer)
      // One whose agreement was taken back is let go like one that is named no more.
      if (candidate.approved || known?.candidate.approved !== true) {
        before.delete(peer)
      }
      const addresses = [address, ...(candidate.alternatives ?? []).map((text) => multiaddr(text))] as const
      if (known !== undefined && isSame(known.candidate, candidate)) {
        known.candidate = candidate
        this.#entries.set(peer, known)
      } else {
        this.#entries.set(peer, fresh(candidate, addresses, peer))
      }
      if (candidate.approved) {
        addresses.forEach((each) => {
          this.#node.gater.allowTarget(each)
          this.#node.outbound.steady(each)
        })
      }
    }
    this.#node.gater.setRelays(this.approved().keys())
    for (const gone of before.values()) {
      this.#node.slots.release(gone.peerId.toString())
      void this.#node.libp2p.hangUp(gone.peerId).catch(() => {})
    }
    this.#look()
  }

  /** Addresses of the relays that may be used, by peer id. */
  approved (): Map<string, Multiaddr> {
    return new Map([...this.#entries].filter(([, entry]) => entry.candidate.approved).map(([peer, entry]) => [peer, entry.addresses[0]]))
  }

  /** All relays, as shown. */
  get relays (): readonly Relay[] {
    return [...this.#entries].map(([peerId, entry]) => {
      const rtt = this.#node.components.connectionManager.getConnections(entry.peerId)[0]?.rtt
      return {
        peerId,
        address: entry.addresses[0].toString(),
        source: entry.candidate.source,
        state: entry.state,
        since: this.#dateOf(entry, entry.changedAt),
        detail: entry.detail,
        hub: entry.hub,
        ...(rtt === undefined ? {} : { rtt: Math.round(rtt) })
      }
    })
  }

  #look (): void {
    if (this.#timer === undefined) {
      return
    }
    const now = monotonicNow()
    const usable = [...this.#entries.values()].filter(({ candidate }) => candidate.approved)
    const held = usable.filter((entry) => this.#isHeld(entry, now))
    const lasting = held.filter(({ closesSince }) => closesSince === undefined)
    for (const entry of held) {
      const closing = lasting.length > 0 ? 'It is closing down; we move to another relay.' : 'It is closing down, and no other relay listens for us yet.'
      set(entry, 'reserved', entry.closesSince !== undefined ? closing : this.#listens(entry.peerId))
    }
    let open = RESERVATIONS - lasting.length - usable.filter(({ tryingSince }) => tryingSince !== undefined && now - tryingSince < PATIENCE).length
    for (const entry of usable) {
      if (held.includes(entry) || entry.tryingSince !== undefined || entry.nextTry > now) {
        continue
      }
      if (open > 0) {
        open--
        void this.#try(entry)
      } else if (entry.failures === 0 && lasting.length >= RESERVATIONS) {
        set(entry, 'ready', 'Stands by in case another fails.')
      }
    }
    this.#leaveClosing(held, lasting, now)
    this.#tell()
  }

  /** Truthful as to the way: a proxy may hear when we come and go. */
  #listens (peer: PeerId): string {
    const [connection] = this.#node.components.connectionManager.getConnections(peer)
    const proxy = connection === undefined ? undefined : this.#node.outbound.proxyOf(connection.remoteAddr)
    return proxy === undefined ? 'It listens for us.' : `It listens for us, through the proxy ${proxy}.`
  }

  #isHeld (entry: Entry, now: number): boolean {
    const has = this.#node.slots.has(entry.peerId)
    if (!has && entry.state === 'reserved') {
      const wasTold = entry.closesSince !== undefined
      set(entry, 'connecting', wasTold ? CLOSED : 'The connection was lost; trying again.')
      entry.nextTry = wasTold ? now + RETRY.soon : now
    }
    entry.leaving &&= has
    return has && !entry.leaving
  }

  /** Lets relays go that are to close, once another has listened for us for a moment. */
  #leaveClosing (held: readonly Entry[], lasting: readonly Entry[], now: number): void {
    for (const entry of held) {
      const { closesSince } = entry
      if (closesSince !== undefined && lasting.some(({ changedAt }) => now - Math.max(changedAt, closesSince) >= OVERLAP)) {
        this.#letGo(entry, CLOSED, RETRY.later)
      }
    }
  }

  #letGo (entry: Entry, detail: string, wait: number): void {
    entry.nextTry = monotonicNow() + wait
    entry.leaving = true
    set(entry, 'refused', detail)
    this.#node.slots.release(entry.peerId.toString())
    void this.#node.libp2p.hangUp(entry.peerId).catch(() => {})
  }

  /** @returns whether there is another relay to move to */
  #onNotice (peer: string, { reason }: Standing): boolean {
    const entry = this.#entries.get(peer)
    if (entry?.candidate.approved !== true || reason === undefined) {
      return false
    }
    if (reason !== 'draining') {
      this.#letGo(entry, refusal(reason, undefined), RETRY.unwanted)
      this.#tell()
      return false
    }
    entry.closesSince ??= monotonicNow()
    this.#look()
    return [...this.#entries.values()].some(({ candidate, closesSince, state }) => candidate.approved && closesSince === undefined && state !== 'down' && state !== 'refused')
  }

  async #try (entry: Entry): Promise<void> {
    entry.tryingSince = monotonicNow()
    entry.leaving = false
    let connection: Connection | undefined
    try {
      if (entry.state === 'ready') {
        set(entry, 'connecting', 'Asking for a place.')
      }
      connection = await this.#node.components.connectionManager.openConnection(entry.addresses[0], { signal: AbortSignal.timeout(DIAL) })
      await this.#node.slots.reserve(entry.peerId)
      entry.failures = 0
      entry.closesSince = undefined
      if (this.#isCurrent(entry)) {
        void this.#measure(entry.peerId)
        this.emit('relay:connected', { peerId: entry.peerId })
      }
    } catch (error) {
      entry.failures++
      if (connection === undefined) {
        turn(entry)
        entry.nextTry = monotonicNow() + (entry.failures > RETRY.soonTries ? RETRY.later : RETRY.soon)
        set(entry, 'down', entry.closesSince !== undefined ? CLOSED : relayTrouble(error))
      } else {
        await this.#refused(entry, connection, error)
      }
    } finally {
      entry.tryingSince = undefined
      this.#look()
    }
  }

  async #refused (entry: Entry, connection: Connection, error: unknown): Promise<void> {
    const reason = (await askStanding(connection))?.reason
    if (reason === 'banned' || reason === 'notAllowed') {
      this.#letGo(entry, refusal(reason, error), RETRY.unwanted)
    } else if (reason === 'draining') {
      this.#letGo(entry, CLOSED, RETRY.later)
    } else {
      entry.nextTry = monotonicNow() + RETRY.later
      set(entry, 'refused', refusal(reason, error))
    }
  }

  /** One ping now, so that a first figure stands before the connection monitor's. */
  async #measure (peerId: PeerId): Promise<void> {
    const [connection] = this.#node.components.connectionManager.getConnections(peerId)
    if (connection === undefined || connection.rtt !== undefined) {
      return
    }
    try {
      connection.rtt = await this.#node.ping(peerId)
      this.#tell()
    } catch {
      // The connection monitor will measure or end it.
    }
  }

  #isCurrent (entry: Entry): boolean {
    return this.#entries.get(entry.peerId.toString()) === entry
  }

  #onIdentify (peer: string, protocols: readonly string[]): void {
    const entry = this.#entries.get(peer)
    if (entry !== undefined) {
      entry.hub = protocols.includes(PROTOCOLS.hub.id)
      this.#tell()
    }
  }

  #tell (): void {
    const relays = this.relays
    const words = JSON.stringify(relays)
    if (words !== this.#told) {
      this.#told = words
      this.emit('relays:change', relays)
    }
  }
}
