import { fromBinary } from '@bufbuild/protobuf'
import type { Connection } from '@libp2p/interface'
import { monotonicNow } from '../clock.ts'
import type { CreatedNode } from '../create-node.ts'
import { openRecord } from '../discovery/records.ts'
import { FOUND_RELAY_LIMITS as LIMITS } from '../limits.ts'
import { RelayRecordsSchema } from '../node_pb.ts'
import { PROTOCOLS } from '../protocols.ts'
import { ask } from '../streams.ts'
import type { FoundRelay } from '../types.ts'
import { isUsableOutside } from './usable-address.ts'

/** How {@link FoundRelays} works. */
export interface FoundRelaysOptions {
  readonly allowPrivate: boolean
  readonly onFound: (from: string, relays: readonly FoundRelay[]) => void
  /** Milliseconds; see {@link LIMITS}. */
  readonly first?: number
}

/** Milliseconds between two looks at whom to ask. */
const LOOK = 1_000

/**
 * Asks the relays that listen for us which others they know. What they answer
 * is theirs to choose: it is bounded, each record is checked to be signed by
 * the relay it speaks of, and nobody is dialled for it.
 */
export class FoundRelays {
  readonly #node: CreatedNode
  readonly #options: FoundRelaysOptions
  /** When each relay is asked next, by `monotonicNow`. */
  readonly #due = new Map<string, number>()
  #timer: NodeJS.Timeout | undefined

  constructor (node: CreatedNode, options: FoundRelaysOptions) {
    this.#node = node
    this.#options = options
  }

  set (on: boolean): void {
    if (on === (this.#timer !== undefined)) return
    clearInterval(this.#timer)
    this.#timer = on ? setInterval(() => { this.#look(monotonicNow()) }, LOOK) : undefined
    this.#timer?.unref()
  }

  #look (now: number): void {
    const holders = this.#node.libp2p.getConnections().filter(({ status, limits, remotePeer }) => status === 'open' && limits === undefined && this.#node.slots.has(remotePeer))
    const connections = new Map(holders.map((connection) => [connection.remotePeer.toString(), connection]))
    for (const peer of this.#due.keys()) {
      if (!connections.has(peer)) this.#due.delete(peer)
    }
    for (const [peer, connection] of connections) {
      const due = this.#due.get(peer) ?? now + (this.#options.first ?? LIMITS.first)
      this.#due.set(peer, due <= now ? now + LIMITS.interval : due)
      if (due <= now) void this.#ask(peer, connection)
    }
  }

  async #ask (from: string, connection: Connection): Promise<void> {
    try {
      const { protocols } = await this.#node.components.peerStore.get(connection.remotePeer)
      if (!protocols.includes(PROTOCOLS.relays.id)) return
      const { records } = fromBinary(RelayRecordsSchema, await ask(connection, PROTOCOLS.relays, new Uint8Array(0)))
      const found = new Map<string, FoundRelay>()
      // A relay that fills its answer with rubbish wastes its own room.
      for (const bytes of records.slice(0, 2 * LIMITS.perRelay)) {
        const relay = await this.#read(bytes)
        if (relay !== undefined && relay.peerId !== from && found.size < LIMITS.perRelay) found.set(relay.peerId, relay)
      }
      if (found.size > 0) this.#options.onFound(from, [...found.values()])
    } catch {
      // It does not answer now: it is asked again at its time.
    }
  }

  async #read (bytes: Uint8Array): Promise<FoundRelay | undefined> {
    const record = await openRecord(bytes).catch(() => undefined)
    if (record === undefined || record.peerId.equals(this.#node.components.peerId)) return undefined
    const peerId = record.peerId.toString()
    const usable = record.addresses.filter((address) => isUsableOutside(address, this.#options.allowPrivate, true))
    const addresses = usable.map((address) => `${address.toString()}/p2p/${peerId}`).sort((a, b) => rank(a) - rank(b)).slice(0, LIMITS.addresses)
    return addresses.length === 0 ? undefined : { peerId, addresses }
  }
}

/** IPv4, then IPv6, then names. */
function rank (address: string): number {
  return address.startsWith('/ip4/') ? 0 : address.startsWith('/ip6/') ? 1 : 2
}
