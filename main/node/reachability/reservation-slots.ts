import { EventEmitter } from 'node:events'
import type { PeerId, Transport } from '@libp2p/interface'
import { CODE_P2P, multiaddr } from '@multiformats/multiaddr'
import type { Components } from '../components.ts'

/** Reservations that a desktop keeps: one in use, one ready to take over at once (45 ms, measured). */
export const RESERVATIONS = 2
/** Slots for them: one more, so that another place is taken before one that is to close is given up. */
export const SLOTS = RESERVATIONS + 1

/** What libp2p's circuit transport keeps to itself and is steered here (circuit-relay-v2 4.2.13). */
interface CircuitTransport extends Transport {
  readonly discovery: { startDiscovery: () => void }
  readonly reservationStore: {
    relayFilter: unknown
    addRelay: (peer: PeerId, type: 'discovered' | 'configured') => Promise<unknown>
    hasReservation: (peer: PeerId) => boolean
    getReservation: (peer: PeerId) => { readonly addrs: Uint8Array[], readonly expire: bigint } | undefined
    addEventListener: (type: 'relay:removed' | 'relay:created-reservation', listener: (event: CustomEvent<{ relay: PeerId }>) => void) => void
  }
}

/**
 * Our places on relays. libp2p's circuit transport holds and refreshes them;
 * whom to ask, and when to ask again, is decided here.
 */
export class ReservationSlots extends EventEmitter<{ 'slots:change': [{ readonly relay: string }] }> {
  #transport: CircuitTransport | undefined
  readonly #wanted = new Set<string>()

  /** Wraps the factory of the circuit transport. */
  transport (factory: (components: Components) => unknown): (components: Components) => Transport {
    return (components) => {
      const transport = factory(components) as CircuitTransport
      this.#transport = transport
      const { reservationStore: store, discovery } = transport
      // Trap: it takes any connected peer that offers it as a relay, and dials
      // every peer it hears of to find one. A relay is used only where the person agreed.
      discovery.startDiscovery = () => {}
      const add = store.addRelay.bind(store)
      store.addRelay = async (peer, type) => {
        if (!this.#wanted.has(peer.toString())) {
          throw new Error('not one of our relays')
        }
        return add(peer, type)
      }
      // Trap: a relay that failed one dial is never asked again.
      Object.defineProperty(store, 'relayFilter', { get: () => ({ has: () => false, add: () => {} }), set: () => {} })
      for (const type of ['relay:removed', 'relay:created-reservation'] as const) {
        store.addEventListener(type, (event) => { this.emit('slots:change', { relay: event.detail.relay.toString() }) })
      }
      return transport
    }
  }

  /** Asks a connected relay for a place. Rejects with what the relay or the network answered. */
  async reserve (relay: PeerId): Promise<void> {
    this.#wanted.add(relay.toString())
    await this.#transport?.reservationStore.addRelay(relay, 'discovered')
  }

  /** Asks this relay no more. Its place ends with its connection. */
  release (relay: string): void {
    this.#wanted.delete(relay)
  }

  has (relay: PeerId): boolean {
    return this.#transport?.reservationStore.hasReservation(relay) === true
  }

  /** The addresses under which a relay says it can be reached, without its peer id. */
  addressesOf (relay: PeerId): string[] {
    return this.#transport?.reservationStore.getReservation(relay)?.addrs
      .map((bytes) => multiaddr(bytes).decapsulateCode(CODE_P2P).toString()) ?? []
  }
}
