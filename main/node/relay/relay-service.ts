import { circuitRelayServer, RELAY_V2_HOP_CODEC, RELAY_V2_STOP_CODEC, type CircuitRelayService } from '@libp2p/circuit-relay-v2'
import type { Connection, PeerId, Startable } from '@libp2p/interface'
import { isLoopback } from '@libp2p/utils'
import type { Components } from '../components.ts'
import { joinCircuits, type HopServer } from '../libp2p-patches/join-circuits.ts'
import { RELAY_LIMITS, type RelayLimits } from '../limits.ts'
import { Quota } from '../quota.ts'
import { directConnections, ipOf, isDirect } from './addresses.ts'
import { CircuitRefusals } from './circuit-refusals.ts'
import { announceSeconds } from './circuit-seconds.ts'
import { Refusals, type Refusal } from './refusals.ts'

/** The caps of a relay that can change while it runs. */
export interface RelayServiceLimits {
  /** Reservations in all. @default 1,024 */
  readonly maxReservations?: number | undefined
  /** Bytes that one circuit may carry, both ways together. @default no limit */
  readonly circuitBytes?: number | undefined
  /** Seconds that one circuit may last. @default no limit */
  readonly circuitSeconds?: number | undefined
  /** Caps a peer and an address. @default {@link RELAY_LIMITS} */
  readonly limits?: Partial<RelayLimits>
}

/** How a {@link RelayService} is set up. */
export interface RelayServiceOptions extends RelayServiceLimits {
  /** Milliseconds after which a place must be renewed. @default libp2p's 7,200,000 */
  readonly reservationTtl?: number
  /** Whom the relay serves not at all, and why. @default nobody */
  readonly judge?: (peer: PeerId) => Refusal | undefined
  /** Where refusals are counted. @default its own */
  readonly refusals?: Refusals
}

/** What a relay does at the moment, and what it did since its start. */
export interface RelayStats {
  readonly reservations: number
  readonly circuits: number
  /** Bytes that circuits carried, both ways together. */
  readonly circuitBytes: number
  readonly refused: Readonly<Record<Refusal, number>>
}

/** Circuit relay v2 for others, to be switched on and off at run time. */
export interface RelayService extends Startable {
  start: () => Promise<void>
  /** Ends all circuits, and the connections of those who held a place: else they would go on believing in it. */
  stop: () => Promise<void>
  /** From now on; places and circuits that stand keep what they were given. */
  setLimits: (limits: RelayServiceLimits) => void
  /** Why a peer gets no place at the moment; undefined: it gets one, or has it. */
  standing: (peer: PeerId) => Refusal | undefined
  /** Why a circuit that a peer asked for was refused just now; says it once. */
  circuitRefusal: (source: PeerId, destination: string) => Refusal | undefined
  readonly holders: readonly PeerId[]
  readonly stats: RelayStats
}

/** What libp2p's server keeps to itself and is steered here (circuit-relay-v2 4.2.13). */
interface CircuitServer extends CircuitRelayService, Startable, HopServer {
  maxOutboundStopStreams: number
  readonly reservationStore: {
    maxReservations: number
    applyDefaultLimit: boolean
    defaultDataLimit: bigint
    defaultDurationLimit: number
  }
}

const MINUTE = 60_000
/** Milliseconds for closing a connection in order. */
const CLOSE_WITHIN = 2_000
/** Streams of one protocol on one connection above the circuits: reservations being made, circuits being refused. */
const SPARE_STREAMS = 32
/** A limit that was left out while the other was given: 1 TiB, and as many milliseconds as a timer takes, 24 days. */
const PRACTICALLY_NONE = { bytes: 2 ** 40, milliseconds: 2 ** 31 - 1 } as const

/** A relay made of a node's components; it does nothing before `start()`. */
export function createRelayService (components: Components, options: RelayServiceOptions = {}): RelayService {
  const { refusals = new Refusals(), judge = () => undefined } = options
  let circuitBytes = 0
  const refusedCircuits = new CircuitRefusals()
  let caps: RelayServiceLimits = options
  let limits: RelayLimits
  let dialsPerPeer: Quota
  let dialsPerAddress: Quota
  // A stopped server cannot be started again (its abort controller stays aborted): each start makes one.
  let server: CircuitServer | undefined

  const connections = (peer?: PeerId): Connection[] => directConnections(components.connectionManager.getConnections(peer))
  const addressOf = (peer: PeerId): string | undefined => connections(peer).map(({ remoteAddr }) => ipOf(remoteAddr))[0]

  const takeLimits = (from: RelayServiceLimits): void => {
    caps = from
    limits = { ...RELAY_LIMITS, ...from.limits }
    dialsPerPeer = new Quota({ perWindow: limits.dialsPerPeer, window: MINUTE })
    dialsPerAddress = new Quota({ perWindow: limits.dialsPerAddress, window: MINUTE })
  }
  takeLimits(options)

  const standing = (peer: PeerId): Refusal | undefined => {
    const why = judge(peer)
    const reservations = server?.reservations
    if (why !== undefined || reservations === undefined || reservations.has(peer)) {
      return why
    }
    if (reservations.size >= (caps.maxReservations ?? limits.reservations)) {
      return 'reservations'
    }
    const address = addressOf(peer)
    const held = [...reservations.values()].filter(({ addr }) => ipOf(addr) === address).length
    return address !== undefined && held >= limits.reservationsPerAddress ? 'reservationsPerAddress' : undefined
  }

  const denyReservation = (peer: PeerId): boolean => {
    const why = standing(peer)
    if (why === undefined) {
      return false
    }
    refusals.add(why)
    // Where it is full, libp2p answers with a status of its own.
    return why !== 'reservations'
  }

  const whyNoCircuit = (source: PeerId, destination: PeerId): Refusal | undefined => {
    const why = judge(source)
    if (why !== undefined) {
      return why
    }
    const address = addressOf(source) ?? ''
    if (!dialsPerPeer.take(source.toString()) || !dialsPerAddress.take(address)) {
      return 'dials'
    }
    // The circuit asked for is among its source's streams already, and not yet among its destination's.
    if (count(connections(source), 'inbound') > limits.circuitsPerPeer || count(connections(destination), 'outbound') >= limits.circuitsPerPeer) {
      return 'circuitsPerPeer'
    }
    const neighbours = connections().filter(({ remoteAddr }) => ipOf(remoteAddr) === address)
    return count(neighbours, 'inbound') > limits.circuitsPerAddress ? 'circuitsPerAddress' : undefined
  }

  const denyCircuit = (source: PeerId, destination: PeerId): boolean => {
    const why = whyNoCircuit(source, destination)
    if (why === undefined) {
      return false
    }
    refusedCircuits.add(source.toString(), destination.toString(), why)
    return refusals.add(why)
  }

  /** Trap: a place is kept for 2 h after its client left (1,000 of 1,000, measured). */
  const onClose = (event: CustomEvent<Connection>): void => {
    const peer = event.detail.remotePeer
    if (!isDirect(event.detail) || connections(peer).length > 0) {
      return
    }
    refusedCircuits.forget(peer.toString())
    const reservation = server?.reservations.get(peer)
    if (reservation === undefined) {
      return
    }
    server?.reservations.delete(peer)
    // Trap: its timer would later delete the place that the peer has by then
    // taken anew, and `clear()` misses a timer that was set again. Fired, it is spent.
    reservation.signal.reset(0)
  }

  return {
    async start () {
      if (server !== undefined) {
        return
      }
      server = circuitRelayServer({
        maxInboundHopStreams: limits.circuitsPerPeer + SPARE_STREAMS,
        maxOutboundStopStreams: limits.circuitsPerPeer + SPARE_STREAMS,
        reservations: {
          ...reservationLimits(caps, limits),
          ...(options.reservationTtl === undefined ? {} : { reservationTtl: options.reservationTtl })
        }
      })({
        ...pick(components),
        connectionGater: { denyInboundRelayReservation: denyReservation, denyOutboundRelayedConnection: denyCircuit },
        // Trap: libp2p uses a destination's oldest connection, which may be dead or itself a circuit.
        connectionManager: overlay(components.connectionManager, { getConnections: (peer?: PeerId) => connections(peer) }),
        // Trap: loopback addresses are handed to clients as places to be reached at.
        addressManager: overlay(components.addressManager, { getAddresses: () => announced(components) })
      }) as unknown as CircuitServer
      announceSeconds(server)
      joinCircuits(server, (bytes) => { circuitBytes += bytes })
      components.events.addEventListener('connection:close', onClose)
      await server.start()
    },

    async stop () {
      const stopping = server
      if (stopping === undefined) {
        return
      }
      const holders = [...stopping.reservations.keys()]
      server = undefined
      components.events.removeEventListener('connection:close', onClose)
      await stopping.stop()
      await Promise.allSettled(holders.map(async (peer) => components.connectionManager.closeConnections(peer, { signal: AbortSignal.timeout(CLOSE_WITHIN) })))
    },

    setLimits (next) {
      const before = limits.circuitsPerPeer
      takeLimits(next)
      if (server === undefined) {
        return
      }
      Object.assign(server.reservationStore, reservationLimits(caps, limits))
      if (limits.circuitsPerPeer !== before) {
        server.maxOutboundStopStreams = limits.circuitsPerPeer + SPARE_STREAMS
        // The cap on streams is the handler's: it is put up again in place of itself.
        void components.registrar.handle(RELAY_V2_HOP_CODEC, server.onHop, { maxInboundStreams: limits.circuitsPerPeer + SPARE_STREAMS, runOnLimitedConnection: true, force: true })
      }
    },

    standing,
    circuitRefusal: (source, destination) => refusedCircuits.take(source.toString(), destination),

    get holders () {
      return [...server?.reservations.keys() ?? []]
    },

    get stats () {
      return {
        reservations: server?.reservations.size ?? 0,
        circuits: count(components.connectionManager.getConnections(), 'outbound'),
        circuitBytes,
        refused: refusals.counts
      }
    }
  }
}

function reservationLimits ({ maxReservations, circuitBytes, circuitSeconds }: RelayServiceLimits, limits: RelayLimits): CircuitServer['reservationStore'] {
  return {
    maxReservations: maxReservations ?? limits.reservations,
    applyDefaultLimit: circuitBytes !== undefined || circuitSeconds !== undefined,
    defaultDataLimit: BigInt(circuitBytes ?? PRACTICALLY_NONE.bytes),
    // Milliseconds; announced in seconds, see announceSeconds.
    defaultDurationLimit: circuitSeconds === undefined ? PRACTICALLY_NONE.milliseconds : circuitSeconds * 1_000
  }
}

/** Circuits as their streams show them: hop comes in from who dialled, stop goes out to who is dialled. */
function count (connections: readonly Connection[], direction: 'inbound' | 'outbound'): number {
  const protocol = direction === 'inbound' ? RELAY_V2_HOP_CODEC : RELAY_V2_STOP_CODEC
  return connections.reduce((sum, { streams }) =>
    sum + streams.filter((stream) => stream.protocol === protocol && stream.direction === direction).length, 0)
}

function announced (components: Components): ReturnType<Components['addressManager']['getAddresses']> {
  const all = components.addressManager.getAddresses()
  const others = all.filter((address) => !isLoopback(address))
  return others.length > 0 ? others : all
}

function pick ({ registrar, peerStore, peerId, privateKey, logger }: Components): Pick<Components, 'registrar' | 'peerStore' | 'peerId' | 'privateKey' | 'logger'> {
  return { registrar, peerStore, peerId, privateKey, logger }
}

function overlay<T extends object> (base: T, over: Partial<T>): T {
  return Object.assign(Object.create(base) as T, over)
}
