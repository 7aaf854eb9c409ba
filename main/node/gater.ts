import type { Connection, ConnectionGater, Libp2pEvents, MultiaddrConnection, PeerId, TypedEventTarget } from '@libp2p/interface'
import { isPrivate } from '@libp2p/utils'
import { CODE_P2P, CODE_P2P_CIRCUIT, type Multiaddr } from '@multiformats/multiaddr'
import { dialTarget, holdsIp4, hostOf, isCircuit, isIp, isWebSocket } from './addresses/kinds.ts'
import { boundAnswers } from './bounded-answers.ts'
import { monotonicNow } from './clock.ts'
import { FloodingAddresses } from './flooding-addresses.ts'
import { FrameMeters } from './frame-meter.ts'
import { CircuitDoors } from './guard/circuit-doors.ts'
import { COMMUNITY_LIMITS, MAX_CONNECTIONS_PER_ADDRESS, MAX_CONNECTIONS_PER_PEER, MAX_HANDSHAKES_SHARE, MAX_PENDING_PER_ADDRESS } from './limits.ts'
import { PendingConnections } from './pending-connections.ts'
import { Bucket, Quota } from './quota.ts'

/** Milliseconds that a peer which broke the rules of a protocol stays out. */
const SHUT_OUT = 60_000
const MINUTE = 60_000
/** Peer ids cost nothing: beyond this many the one shut out longest ago may come back early. */
const MAX_SHUT_OUT = 10_000

/** Addresses that may be dialled wherever they lead: relays, and what anybody in the local network says by mDNS. */
const MAX_TARGETS = 1_000

/** Whom a relay lets in, beside what holds for everybody. */
export interface InboundGuard {
  /** Connections from one IP address at once. */
  readonly connectionsPerAddress: number
  readonly denyAddress: (host: string) => boolean
  readonly denyPeer: (peer: string) => boolean
  /** Told of each connection that is refused. */
  readonly onRefused: (reason: 'connectionsPerAddress' | 'banned' | 'floods' | 'handshakes') => unknown
}

/** How a {@link Gater} judges. */
export interface GaterOptions {
  readonly role: 'desktop' | 'relay'
  /** Tests on loopback only: private addresses may be dialled like public ones. @default false */
  readonly allowPrivate?: boolean
  /** Nobody is dialled, not even a name is looked up. @default false */
  readonly offline?: boolean
}

/**
 * Decides whom we dial and who may connect. Others must not make us dial into
 * our own computer or network: loopback and private addresses, and names, are
 * dialled only where mDNS or the person gave them. Circuits are opened only
 * through relays that the person agreed to.
 */
export class Gater implements ConnectionGater {
  readonly #options: GaterOptions
  readonly #targets = new Set<string>()
  readonly #relays = new Set<string>()
  readonly #perAddress = new Map<string, number>()
  readonly #perPeer = new Map<string, number>()
  readonly #strangers = new Bucket({ perWindow: COMMUNITY_LIMITS.dialsPerMinute, window: MINUTE })
  #dialsPublic = false
  readonly #pending = new PendingConnections<MultiaddrConnection>()
  #blocked: ReadonlySet<string> = new Set()
  #guard: InboundGuard | undefined
  #handshakes: Quota
  /** Where each peer last came from, for as long as it is connected. */
  readonly #hosts = new Map<string, string>()
  readonly #flooding = new FloodingAddresses()
  /** Circuits that others open to us. */
  readonly circuits = new CircuitDoors()
  /** What peers send in small pieces. Our own relays carry what others send. */
  readonly meters: FrameMeters
  /** Peers that broke the rules, and until when they stay out. Oldest first. */
  readonly #shutOut = new Map<string, number>()

  constructor (options: GaterOptions) {
    this.#options = options
    this.#handshakes = handshakes(options.role, MAX_CONNECTIONS_PER_ADDRESS[options.role])
    this.meters = new FrameMeters({
      role: options.role,
      onFlood: (peer, host) => { this.shutOut(peer, host) },
      isExempt: (peer) => this.isOurRelay(peer)
    })
  }

  /** Counts connections from now on. */
  attach (events: TypedEventTarget<Libp2pEvents>): void {
    events.addEventListener('connection:open', (event) => { this.#count(event.detail, 1) })
    events.addEventListener('connection:close', (event) => { this.#count(event.detail, -1) })
  }

  /** mDNS or the person gave this address: it may be dialled, wherever it leads. Of too many those given longest ago are forgotten. */
  allowTarget (address: Multiaddr): void {
    const target = dialTarget(address)
    this.#targets.delete(target)
    this.#targets.add(target)
    const [longest] = this.#targets
    if (longest !== undefined && this.#targets.size > MAX_TARGETS) this.#targets.delete(longest)
  }

  /** Whether a relay dials at all: the targets it was given, and public addresses, so many a minute. Desktops always do. */
  setDialsPublic (on: boolean): void {
    this.#dialsPublic = on
  }

  /** The relays through which circuits may be opened, by peer id. */
  setRelays (peers: Iterable<string>): void {
    this.#relays.clear()
    for (const peer of peers) {
      this.#relays.add(peer)
    }
  }

  isOurRelay (peer: string): boolean {
    return this.#relays.has(peer)
  }

  /** The peers that are refused until further notice. */
  setBlocked (peers: Iterable<string>): void {
    this.#blocked = new Set(peers)
  }

  /** From the next connection on. */
  setGuard (guard: InboundGuard): void {
    if (guard.connectionsPerAddress !== this.#guard?.connectionsPerAddress) {
      this.#handshakes = handshakes(this.#options.role, guard.connectionsPerAddress)
      this.meters.setConnectionsPerAddress(guard.connectionsPerAddress)
    }
    this.#guard = guard
  }

  /** Whether nobody new is let in from an IP address for now: too many peers there sent too much. */
  isFlooding (host: string): boolean {
    return this.#flooding.has(host)
  }

  /** A bare connection to the WebSocket listener, before TLS and HTTP; `waiting` others of its address are as far. */
  denySocket (host: string, waiting: number): boolean {
    const why = waiting >= MAX_PENDING_PER_ADDRESS[this.#options.role] ? 'handshakes' : this.#whyNoHandshake(host)
    if (why !== undefined) {
      this.#guard?.onRefused(why)
    }
    return why !== undefined
  }

  /** Somebody at an IP address sent far too much before it said who it is. */
  noteFlood (host: string | undefined): void {
    this.#guard?.onRefused('floods')
    if (host !== undefined) this.#flooding.note(host)
  }

  /**
   * Refuses a peer for a while, and counts that for the IP address that it comes from.
   *
   * @param host that address, where the connection does not stand yet
   * @param time milliseconds; a longer time that was named before stays
   */
  shutOut (peer: string, host = this.#hosts.get(peer), now = monotonicNow(), time = SHUT_OUT): void {
    // Told again and again while the connection ends, it is one flood.
    const before = this.#shutOut.get(peer) ?? 0
    if (before <= now) {
      this.noteFlood(host)
    }
    this.#shutOut.delete(peer)
    this.#shutOut.set(peer, Math.max(now + time, before))
    for (const [key, until] of this.#shutOut) {
      if (until > now && this.#shutOut.size <= MAX_SHUT_OUT) {
        break
      }
      this.#shutOut.delete(key)
    }
  }

  isRefused (peer: string, now = monotonicNow()): boolean {
    return this.#blocked.has(peer) || (this.#shutOut.get(peer) ?? 0) > now
  }

  /** Asked before libp2p resolves names. */
  readonly denyDialPeer = (peer: PeerId): boolean => this.#options.offline === true || this.isRefused(peer.toString())

  readonly denyDialMultiaddr = (address: Multiaddr): boolean => {
    const isRelay = this.#options.role === 'relay'
    if ((isRelay && !this.#dialsPublic) || this.#options.offline === true) {
      return true
    }
    const components = address.getComponents()
    const circuit = components.findIndex(({ code }) => code === CODE_P2P_CIRCUIT)
    if (circuit >= 0) {
      const relay = components.slice(0, circuit).findLast(({ code }) => code === CODE_P2P)?.value
      return relay === undefined || !this.#relays.has(relay)
    }
    if (this.#targets.has(dialTarget(address))) {
      return false
    }
    if (!isIp(address)) {
      return true
    }
    if (this.#options.allowPrivate !== true && (isPrivate(address) || holdsIp4(address))) {
      return true
    }
    return isRelay && !this.#strangers.take()
  }

  /** Replaces libp2p's threshold on inbound connections and IP colocation scoring. */
  readonly denyInboundConnection = (connection: MultiaddrConnection): boolean => {
    const host = hostOf(connection.remoteAddr)
    if (host === undefined) {
      return false
    }
    if (this.#guard?.denyAddress(host) === true) {
      this.#guard.onRefused('banned')
      return true
    }
    // What comes through a relay is nothing that its address does; see CircuitDoors.
    const isPlain = !isCircuit(connection.remoteAddr)
    const why = !isPlain ? undefined : this.#isCrowded(host) ? 'connectionsPerAddress' : this.#whyNoHandshake(host, isWebSocket(connection.remoteAddr))
    if (why !== undefined) {
      this.#guard?.onRefused(why)
    } else if (isPlain) {
      this.#pending.add(host, connection)
      // One whose handshake fails is closed.
      connection.addEventListener('close', () => { this.#pending.remove(connection) }, { once: true })
      boundAnswers(connection, () => this.#pending.has(connection), () => {
        this.#pending.remove(connection)
        this.noteFlood(host)
        throw new RangeError('the peer asks for more protocols than there are')
      })
    }
    return why !== undefined
  }

  #isCrowded (host: string): boolean {
    return (this.#perAddress.get(host) ?? 0) >= (this.#guard?.connectionsPerAddress ?? MAX_CONNECTIONS_PER_ADDRESS[this.#options.role])
  }

  /** @param isCounted it was counted when its bare connection came */
  #whyNoHandshake (host: string, isCounted = false): 'floods' | 'handshakes' | undefined {
    if (this.isFlooding(host)) {
      return 'floods'
    }
    const isFull = this.#pending.countOf(host) >= MAX_PENDING_PER_ADDRESS[this.#options.role] || (!isCounted && !this.#handshakes.take(host))
    return isFull ? 'handshakes' : undefined
  }

  readonly denyInboundUpgradedConnection = (_: PeerId, connection: MultiaddrConnection): boolean => {
    this.#pending.remove(connection)
    this.circuits.passed(connection)
    return false
  }

  readonly denyOutboundEncryptedConnection = (peer: PeerId): boolean => this.isRefused(peer.toString())

  readonly denyInboundEncryptedConnection = (peer: PeerId): boolean => {
    const name = peer.toString()
    if (this.#guard?.denyPeer(name) === true) {
      this.#guard.onRefused('banned')
      return true
    }
    if (this.isRefused(name)) {
      this.#guard?.onRefused('floods')
      return true
    }
    return (this.#perPeer.get(name) ?? 0) >= MAX_CONNECTIONS_PER_PEER
  }

  #count (connection: Connection, by: 1 | -1): void {
    add(this.#perPeer, connection.remotePeer.toString(), by)
    const host = hostOf(connection.remoteAddr)
    // A circuit comes from its relay's address; the relay bounds how many it opens.
    if (host !== undefined && !isCircuit(connection.remoteAddr)) {
      add(this.#perAddress, host, by)
      if (by === 1) this.#hosts.set(connection.remotePeer.toString(), host)
    }
    if (!this.#perPeer.has(connection.remotePeer.toString())) {
      this.#hosts.delete(connection.remotePeer.toString())
    }
  }
}

/** How often an IP address may begin to shake hands. */
function handshakes (role: GaterOptions['role'], connectionsPerAddress: number): Quota {
  return new Quota({ perWindow: connectionsPerAddress * MAX_HANDSHAKES_SHARE[role], window: MINUTE })
}

function add (counts: Map<string, number>, key: string, by: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + by
  if (count > 0) {
    counts.set(key, count)
  } else {
    counts.delete(key)
  }
}
