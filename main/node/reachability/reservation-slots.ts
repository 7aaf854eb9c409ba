import { EventEmitter } from 'node:events'
import { KEEP_ALIVE, type Connection, type PeerId, type PeerStore, type Transport } from '@libp2p/interface'
import { CODE_P2P, multiaddr } from '@multiformats/multiaddr'
import { monotonicNow } from '../clock.ts'
import type { Components } from '../components.ts'
import { overlay } from '../pubsub/limited-components.ts'
import { directConnections } from '../relay/addresses.ts'
import { askStanding } from './relay-standing.ts'
import { ReservationRenewal, type HeldReservation } from './reservation-renewal.ts'

/** Reservations that a desktop keeps: one in use, one ready to take over at once (45 ms, measured). */
export const RESERVATIONS = 2
/** Slots for them: one more, so that another place is taken before one that is to close is given up. */
export const SLOTS = RESERVATIONS + 1

interface Reservation extends HeldReservation { readonly addrs: Uint8Array[] }

/** The mark on relays that libp2p's circuit transport makes (circuit-relay-v2 4.2.13). */
const RELAY_TAG = `${KEEP_ALIVE}-circuit-relay`

/** What libp2p's circuit transport keeps to itself and is steered here (circuit-relay-v2 4.2.13). */
interface CircuitTransport extends Transport {
  stop: () => Promise<void>
  readonly discovery: { startDiscovery: () => void }
  readonly reservationStore: {
    relayFilter: unknown
    addRelay: (peer: PeerId, type: 'discovered' | 'configured') => Promise<unknown>
    hasReservation: (peer: PeerId) => boolean
    getReservation: (peer: PeerId) => Reservation | undefined
    addEventListener: (type: 'relay:removed' | 'relay:created-reservation', listener: (event: CustomEvent<{ relay: PeerId, details: { timeout: NodeJS.Timeout, reservation: Reservation } }>) => void) => void
  }
}

/**
 * Our places on relays. libp2p's circuit transport holds them; whom to ask,
 * when to ask again and when to renew is decided here.
 */
export class ReservationSlots extends EventEmitter<{ 'slots:change': [{ readonly relay: string }] }> {
  #transport: CircuitTransport | undefined
  readonly #wanted = new Set<string>()

  /** Wraps the factory of the circuit transport. */
  transport (factory: (components: Components) => unknown): (components: Components) => Transport {
    return (components) => {
      const transport = factory(overlay(components, { peerStore: withoutTagTimes(components.peerStore) })) as CircuitTransport
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
      const renewal = new ReservationRenewal({
        relayTime: async (relay) => relayTime(components.connectionManager.getConnections(relay)),
        held: (relay) => store.getReservation(relay),
        renew: async (relay) => store.addRelay(relay, 'discovered')
      })
      store.addEventListener('relay:created-reservation', ({ detail: { relay, details } }) => {
        clearTimeout(details.timeout)
        renewal.add(relay, details.reservation)
        this.emit('slots:change', { relay: relay.toString() })
      })
      const stop = transport.stop.bind(transport)
      transport.stop = async () => {
        renewal.clear()
        await stop()
      }
      store.addEventListener('relay:removed', ({ detail: { relay } }) => {
        renewal.remove(relay)
        this.emit('slots:change', { relay: relay.toString() })
      })
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

/** The relay's clock now, as it says over one of these connections: read at some moment between question and answer. */
async function relayTime (connections: readonly Connection[]): Promise<number | undefined> {
  const [connection] = directConnections(connections)
  if (connection === undefined) return undefined
  const asked = monotonicNow()
  const time = (await askStanding(connection))?.time
  return time === undefined ? undefined : time + (monotonicNow() - asked) / 2
}

/**
 * Trap: libp2p marks the connection to a relay as one to keep until the reservation ends, by our wall clock. An end
 * that looks past is an error, which takes the reservation with it; one that the clock jumps over lets the connection
 * be closed as any other. The mark goes when the reservation does.
 */
function withoutTagTimes (peerStore: PeerStore): PeerStore {
  return overlay(peerStore, {
    merge: async (peer, data, options) => {
      const tag = data.tags instanceof Map ? undefined : data.tags?.[RELAY_TAG]
      if (tag === undefined) return peerStore.merge(peer, data, options)
      const { ttl: _, ...lasting } = tag
      return peerStore.merge(peer, { ...data, tags: { ...data.tags, [RELAY_TAG]: lasting } }, options)
    }
  })
}
