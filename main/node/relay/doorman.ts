import { RELAY_V2_HOP_CODEC } from '@libp2p/circuit-relay-v2'
import type { Connection, PeerId } from '@libp2p/interface'
import type { Components } from '../components.ts'
import type { Access, Unwelcome } from './access.ts'
import { directConnections, ipOf, isDirect } from './addresses.ts'
import { barStrangers } from './barred.ts'
import type { Refusals } from './refusals.ts'
import { tell } from './standing.ts'

/** Milliseconds that somebody unwelcome may stay, to ask why: a client asks within one round trip of its connection. */
const STAY = 3_000
/** Milliseconds for closing a connection in order. */
const CLOSE_WITHIN = 2_000

/**
 * Sees those off whom the relay does not serve, after they had time to learn
 * why. Other relays may stay without being named where it has a community, whose
 * relays find each other by these connections. That one is a relay, anybody can
 * say: {@link barStrangers} sees to it that nothing else comes of it.
 */
export class Doorman {
  readonly #components: Components
  readonly #access: Access
  readonly #refusals: Refusals
  readonly #keepsRelays: boolean
  readonly #unwelcome = new Set<string>()
  readonly #timers = new Map<string, NodeJS.Timeout>()

  /** @param keepsRelays whether other relays may stay without being named */
  constructor (components: Components, access: Access, refusals: Refusals, keepsRelays: boolean) {
    this.#components = components
    this.#access = access
    this.#refusals = refusals
    this.#keepsRelays = keepsRelays
    barStrangers(components, (connection) =>
      this.#access.judge(connection.remotePeer.toString(), isDirect(connection) ? ipOf(connection.remoteAddr) : undefined) === undefined)
  }

  start (): void {
    this.#components.events.addEventListener('connection:open', this.#onOpen)
    this.#components.events.addEventListener('peer:disconnect', this.#onDisconnect)
  }

  stop (): void {
    this.#components.events.removeEventListener('connection:open', this.#onOpen)
    this.#components.events.removeEventListener('peer:disconnect', this.#onDisconnect)
    for (const timer of this.#timers.values()) {
      clearTimeout(timer)
    }
    this.#timers.clear()
  }

  /** Why a connected peer is not served; undefined: it is. */
  judge (peer: PeerId): Unwelcome | undefined {
    const hosts = directConnections(this.#components.connectionManager.getConnections(peer)).map(({ remoteAddr }) => ipOf(remoteAddr))
    return (hosts.length === 0 ? [undefined] : hosts).map((host) => this.#access.judge(peer.toString(), host)).find((why) => why !== undefined)
  }

  /** Whether what a peer sends is passed over. */
  isUnwelcome (peer: string): boolean {
    return this.#unwelcome.has(peer)
  }

  /** Judges everybody anew: the rules have changed. */
  review (): void {
    for (const peer of new Map(this.#components.connectionManager.getConnections().map(({ remotePeer }) => [remotePeer.toString(), remotePeer])).values()) {
      const why = this.judge(peer)
      if (why === undefined) {
        this.#forgive(peer.toString())
      } else if (!this.#unwelcome.has(peer.toString())) {
        this.#unwelcome.add(peer.toString())
        // Whoever it is: what it was given ends with the connection, and a relay comes back.
        void tell(this.#components, peer, { reason: why, seconds: 0 }).then(async () => this.#close(peer))
      }
    }
  }

  readonly #onOpen = ({ detail: connection }: CustomEvent<Connection>): void => {
    const { remotePeer: peer } = connection
    const why = isDirect(connection) ? this.#access.judge(peer.toString(), ipOf(connection.remoteAddr)) : undefined
    if (why === undefined) {
      return
    }
    // Somebody who is not on the list is refused when a place or a circuit is asked for.
    if (why === 'banned') {
      this.#refusals.add(why)
    }
    this.#unwelcome.add(peer.toString())
    clearTimeout(this.#timers.get(peer.toString()))
    this.#timers.set(peer.toString(), setTimeout(() => { void this.#seeOff(peer) }, STAY).unref())
  }

  readonly #onDisconnect = ({ detail: peer }: CustomEvent<PeerId>): void => {
    this.#forgive(peer.toString())
  }

  #forgive (peer: string): void {
    this.#unwelcome.delete(peer)
    clearTimeout(this.#timers.get(peer))
    this.#timers.delete(peer)
  }

  async #seeOff (peer: PeerId): Promise<void> {
    this.#timers.delete(peer.toString())
    const why = this.judge(peer)
    if (why === undefined || (why === 'notAllowed' && this.#keepsRelays && await this.#isRelay(peer))) {
      return
    }
    await this.#close(peer)
  }

  async #close (peer: PeerId): Promise<void> {
    await this.#components.connectionManager.closeConnections(peer, { signal: AbortSignal.timeout(CLOSE_WITHIN) }).catch(() => {})
  }

  async #isRelay (peer: PeerId): Promise<boolean> {
    try {
      return (await this.#components.peerStore.get(peer)).protocols.includes(RELAY_V2_HOP_CODEC)
    } catch {
      return false
    }
  }
}
