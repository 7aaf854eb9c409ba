import { EventEmitter } from 'node:events'
import type { Connection, IdentifyResult } from '@libp2p/interface'
import { getNetConfig, isNetworkAddress, isPrivate } from '@libp2p/utils'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import type { CreatedNode } from '../create-node.ts'
import { isCircuit } from '../addresses/kinds.ts'
import { choosePort } from '../ports.ts'
import { SHARES_PORTS } from '../transports/steady-ports.ts'
import type { MeetingPlace } from './punch.ts'
import type { PortMapping } from './types.ts'

/** What our relays see of us under one version of IP. */
export interface Seen {
  readonly relay: string
  readonly family: 4 | 6
  /** The port by which we dialled the relay. */
  readonly localPort: number
  /** Where the relay sees us. */
  readonly host: string
  readonly port: number
}

/** Says what relays see of us: nobody else is believed. */
export interface MappingsOptions {
  readonly isOurRelay: (peer: string) => boolean
  /** Tests on loopback only. */
  readonly allowPrivate: boolean
}

/**
 * Where we are seen from outside, as our relays tell. It stays in here: libp2p
 * is not told, as it would have everybody dial an address that lets nobody in.
 */
export class Mappings extends EventEmitter<{ 'mappings:change': [] }> {
  readonly #node: CreatedNode
  readonly #options: MappingsOptions
  readonly #seen = new Map<Connection, Seen>()
  /** What two relays showed of the network that has this address outside; by version of IP. */
  readonly #compared = new Map<4 | 6, { readonly host: string, readonly mapping: 'same' | 'changing' }>()

  constructor (node: CreatedNode, options: MappingsOptions) {
    super()
    this.#node = node
    this.#options = options
    node.components.events.addEventListener('peer:identify', (event) => { this.#onIdentify(event.detail) })
    node.components.events.addEventListener('connection:close', (event) => { this.#seen.delete(event.detail) })
  }

  get seen (): readonly Seen[] {
    return [...this.#seen.values()]
  }

  /** Undefined: no relay told anything under this version of IP. */
  mapping (family: 4 | 6): PortMapping | undefined {
    const seen = this.seen.filter((each) => each.family === family)
    const last = seen.at(-1)
    if (last === undefined) {
      return undefined
    }
    const known = this.#compared.get(family)
    const compared = known?.host === last.host ? known.mapping : undefined
    if (compared === 'changing') {
      return compared
    }
    return seen.every(({ localPort, port }) => localPort === port) ? 'kept' : compared ?? 'unknown'
  }

  /** Where we can be met, one place for each version of IP; `address` is how it is seen from outside. */
  async places (): Promise<readonly MeetingPlace[]> {
    const places: MeetingPlace[] = []
    for (const family of [4, 6] as const) {
      const seen = this.seen.findLast((each) => each.family === family)
      const mapping = this.mapping(family)
      if (seen === undefined || mapping === 'changing') {
        continue
      }
      if (SHARES_PORTS) {
        places.push({ address: addressOf(seen, seen.port), localPort: seen.localPort })
      } else if (mapping === 'kept') {
        const localPort = await choosePort(0)
        places.push({ address: addressOf(seen, localPort), localPort })
      }
    }
    return places
  }

  #onIdentify ({ peerId, connection, observedAddr }: IdentifyResult): void {
    const relay = peerId.toString()
    const localPort = this.#node.outbound.localPortOf(connection.remoteAddr)
    if (observedAddr === undefined || localPort === undefined || connection.direction !== 'outbound' || isCircuit(connection.remoteAddr) || connection.status !== 'open' || !this.#options.isOurRelay(relay)) {
      return
    }
    const seen = read(relay, observedAddr, localPort, this.#options.allowPrivate)
    if (seen === undefined) {
      return
    }
    const isKnown = this.seen.some((each) => each.relay === relay && each.host === seen.host && each.port === seen.port)
    this.#seen.set(connection, seen)
    this.#compare(seen)
    if (!isKnown) {
      this.emit('mappings:change')
    }
  }

  #compare (seen: Seen): void {
    const other = this.seen.find((each) => each.relay !== seen.relay && each.host === seen.host && each.localPort === seen.localPort)
    if (other !== undefined) {
      this.#compared.set(seen.family, { host: seen.host, mapping: other.port === seen.port ? 'same' : 'changing' })
    }
  }
}

function read (relay: string, observed: Multiaddr, localPort: number, allowPrivate: boolean): Seen | undefined {
  if (isCircuit(observed) || !isNetworkAddress(observed) || (!allowPrivate && isPrivate(observed))) {
    return undefined
  }
  const { type, host, port } = getNetConfig(observed)
  if ((type !== 'ip4' && type !== 'ip6') || port === undefined) {
    return undefined
  }
  return { relay, family: type === 'ip4' ? 4 : 6, localPort, host, port }
}

function addressOf ({ family, host }: Seen, port: number): Multiaddr {
  return multiaddr(`/ip${family}/${host}/tcp/${port}`)
}
