import { mdns } from '@libp2p/mdns'
import type { PeerInfo, TypedEventTarget } from '@libp2p/interface'
import type { CreatedNode } from '../create-node.ts'

/** Milliseconds that dialling somebody in the local network may take. */
const DIAL = 5_000
/** Milliseconds between two queries. */
const INTERVAL = 10_000
/** Dials under way at once, and addresses of each. */
const MAX_AT_ONCE = 32
const MAX_ADDRESSES = 16

interface Service extends TypedEventTarget<{ peer: CustomEvent<PeerInfo> }> {
  start: () => void
  stop: () => Promise<void>
}

/** Finds people in the local network by mDNS, and connects to them. Can be switched on and off. */
export class LocalDiscovery {
  readonly #node: CreatedNode
  #service: Service | undefined
  #underWay = 0

  constructor (node: CreatedNode) {
    this.#node = node
  }

  async set (on: boolean): Promise<void> {
    if (on === (this.#service !== undefined)) {
      return
    }
    if (!on) {
      const service = this.#service
      this.#service = undefined
      await service?.stop()
      return
    }
    const service = mdns({ interval: INTERVAL })(this.#node.components) as unknown as Service
    service.addEventListener('peer', (event) => { void this.#dial(event.detail) })
    this.#service = service
    service.start()
  }

  async #dial ({ id, multiaddrs }: PeerInfo): Promise<void> {
    if (id.equals(this.#node.components.peerId) || this.#node.libp2p.getConnections(id).length > 0) {
      return
    }
    // Anybody in the network can name peers without end: those left out are named again.
    if (this.#underWay >= MAX_AT_ONCE) return
    this.#underWay++
    multiaddrs.slice(0, MAX_ADDRESSES).forEach((address) => { this.#node.gater.allowTarget(address) })
    try {
      await this.#node.libp2p.dial(multiaddrs.slice(0, MAX_ADDRESSES).map((address) => address.toString().includes('/p2p/') ? address : address.encapsulate(`/p2p/${id.toString()}`)), { signal: AbortSignal.timeout(DIAL) })
    } catch {
      // Gone, or in a network that we only see: the next answer to a query brings the next try.
    } finally {
      this.#underWay--
    }
  }
}
