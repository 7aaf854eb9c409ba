import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify, identifyPush, type Identify } from '@libp2p/identify'
import { FaultTolerance, type ComponentLogger, type Libp2p, type PeerId, type PrivateKey } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { ping } from '@libp2p/ping'
import { createLibp2p, type Libp2pOptions } from 'libp2p'
import type { Protocol } from '../../preload/contract/index.ts'
import { agentVersion } from './agent.ts'
import { announceByName } from './addresses/by-name.ts'
import { lookUpNames } from './addresses/dns.ts'
import { createChannels } from './channels.ts'
import type { Components } from './components.ts'
import { noteOpenings } from './connection-age.ts'
import { listInOneGo } from './connection-list.ts'
import { ConnectionMonitor } from './connection-monitor.ts'
import { numberRecords } from './discovery/record-sequence.ts'
import { Gater } from './gater.ts'
import { HeldBytes } from './guard/held-bytes.ts'
import { BoundedDatastore, forgetPeers } from './libp2p-patches/peer-memory.ts'
import { MAX_CONNECTIONS, MAX_HELD_BYTES, MAX_INBOUND_PER_SECOND, MAX_PEERS_REMEMBERED, MAX_PENDING_INBOUND } from './limits.ts'
import { explainCircuits } from './reachability/circuit-refused.ts'
import { ReservationSlots, SLOTS } from './reachability/reservation-slots.ts'
import { apartFromHubs } from './relay/community/apart.ts'
import { meteredNoise } from './metered-noise.ts'
import { steadyYamux } from './steady-muxer.ts'
import type { Mesh } from './pubsub/gossipsub-router.ts'
import { SwitchingPubsub, type SwitchingPubsubOptions } from './pubsub/switching-pubsub.ts'
import { Outbound, type OutboundWatch } from './transports/outbound.ts'
import type { ServerCertificate } from './transports/server-certificate.ts'
import { outboundTcp } from './transports/tcp.ts'
import type { ProxyFor } from './transports/types.ts'
import { outboundWebSockets } from './transports/websockets.ts'
import type { Channels } from './types.ts'

/** What a node is made from, whatever its role. */
export interface CreateNodeOptions {
  readonly role: 'desktop' | 'relay'
  readonly privateKey: PrivateKey
  /** Multiaddrs to listen on; what cannot be listened on is left out. */
  readonly listen: readonly string[]
  /** Multiaddrs to announce instead of those listened on. */
  readonly announce?: readonly string[]
  /** Shown where it listens with TLS. @default none: nobody can connect there */
  readonly certificate?: ServerCertificate
  /** Names under which `certificate` is believed, so that TLS is announced under these alone. @default none */
  readonly certificateNames?: readonly string[]
  /** The proxies that lead out of this network. @default none */
  readonly proxyFor?: ProxyFor
  /** Watches how connections that this node makes come about. @default nobody does */
  readonly watch?: OutboundWatch
  /** Left out: the node takes no part in pubsub. */
  readonly pubsub?: {
    readonly protocol: Protocol
    readonly topics: readonly string[]
    readonly accept?: NonNullable<SwitchingPubsubOptions['accept']>
    readonly doorkeeper?: NonNullable<SwitchingPubsubOptions['doorkeeper']>
    /** Whom a desktop's Gossipsub takes into its mesh. A relay's takes everybody. @default desktop */
    readonly mesh?: Mesh
    readonly numbers?: SwitchingPubsubOptions['numbers']
  }
  /** What carries connections in place of TCP and WebSockets: a network inside one process, or one that can be listened to. @default the real one */
  readonly network?: Network
  /** @default false */
  readonly allowPrivate?: boolean
  /** No transports: nothing listens, nothing is dialled; the rest works as it does alone in a network. @default false */
  readonly offline?: boolean
  /** @default libp2p's own, which is silent unless `DEBUG` asks for it */
  readonly logger?: ComponentLogger
}

/** A network to be measured. */
export interface Network {
  readonly transports?: Libp2pOptions['transports']
  readonly encryption?: Libp2pOptions['connectionEncrypters']
}

/** A libp2p node with the parts that Natter steers itself. Not started yet. */
export interface CreatedNode {
  readonly libp2p: Libp2p
  readonly components: Components
  readonly gater: Gater
  readonly pubsub?: SwitchingPubsub
  readonly channels: Channels
  /** Reservations on relays. */
  readonly slots: ReservationSlots
  /** How connections that we made go. */
  readonly outbound: Outbound
  /** Milliseconds for a ping to a connected peer and back. */
  readonly ping: (peer: PeerId) => Promise<number>
}

/** Milliseconds between two looks at a connection; with the monitor's timeout a frozen relay is noticed within 11 s. */
const MONITOR_INTERVAL = { desktop: 5_000, relay: 10_000 } as const
/** Milliseconds for a ping that somebody waits for. */
const PING_TIMEOUT = 5_000

/** Milliseconds in which changes of our addresses and protocols are gathered before others are told; a switch of protocol waits for it. */
const PUSH_DEBOUNCE = 50

/** The only place that makes a libp2p node: transports, encryption, guards, pubsub. */
export async function createNode (options: CreateNodeOptions): Promise<CreatedNode> {
  const { role, privateKey, offline = false } = options
  numberRecords()
  const gater = new Gater({ role, allowPrivate: options.allowPrivate ?? false, offline })
  const slots = new ReservationSlots()
  const outbound = new Outbound(options.proxyFor, options.watch)
  let host: Components | undefined
  let identifier: Identify | undefined
  let pubsub: SwitchingPubsub | undefined

  const { meters } = gater
  const held = new HeldBytes(MAX_HELD_BYTES[role])
  const libp2p = await createLibp2p({
    start: false,
    datastore: new BoundedDatastore(MAX_PEERS_REMEMBERED[role]),
    privateKey,
    nodeInfo: { name: `natter-${role}`, version: '1', userAgent: agentVersion(role) },
    addresses: {
      listen: offline ? [] : [...options.listen, ...(role === 'desktop' && options.network?.transports === undefined ? Array<string>(SLOTS).fill('/p2p-circuit') : [])],
      announce: [...options.announce ?? []],
      ...announceByName(options)
    },
    transports: offline ? [] : options.network?.transports ?? [
      outboundTcp(outbound),
      outboundWebSockets(outbound, { doors: gater, ...(options.certificate === undefined ? {} : { certificate: options.certificate }) }),
      ...(role === 'desktop' ? [slots.transport(explainCircuits(circuitRelayTransport()))] : [])
    ],
    // A relay that is down, or a port that is taken, must not keep the app from starting.
    transportManager: { faultTolerance: FaultTolerance.NO_FATAL },
    connectionEncrypters: options.network?.encryption ?? [meteredNoise(meters)],
    streamMuxers: [steadyYamux({ role, meters, held })],
    dns: lookUpNames(),
    // Trap: by the wall clock. Set ahead, it would take the addresses and protocols of everybody who is connected.
    peerStore: { maxAddressAge: Infinity, maxPeerAge: Infinity },
    connectionGater: gater,
    connectionManager: {
      maxConnections: MAX_CONNECTIONS[role],
      inboundConnectionThreshold: MAX_INBOUND_PER_SECOND[role],
      maxIncomingPendingConnections: MAX_PENDING_INBOUND[role]
    },
    // Ours stands in its place.
    connectionMonitor: { enabled: false },
    ...(options.logger === undefined ? {} : { logger: options.logger }),
    services: {
      host: (components: Components) => {
        host = components
        noteOpenings(components.events)
        listInOneGo(components)
        gater.circuits.attach(components.connectionManager)
        forgetPeers(components, (peer) => gater.isOurRelay(peer))
        return {}
      },
      monitor: (components: Components) => new ConnectionMonitor(components, { interval: MONITOR_INTERVAL[role] }),
      identify: (components: Components) => {
        identifier = identify()(components)
        return identifier
      },
      identifyPush: identifyPush({ debounce: PUSH_DEBOUNCE }),
      ping: ping(),
      ...(options.pubsub === undefined
        ? {}
        : {
            pubsub: (components: Components) => {
              pubsub = new SwitchingPubsub(role === 'relay' ? apartFromHubs(components) : components, {
                ...options.pubsub as NonNullable<typeof options.pubsub>,
                mesh: role === 'relay' ? 'hub' : options.pubsub?.mesh ?? 'desktop',
                isExempt: (peer) => gater.isOurRelay(peer),
                onFlood: (peer) => {
                  if (gater.isOurRelay(peer)) return
                  gater.shutOut(peer)
                  // In good order it would be heard on until the end.
                  host?.connectionManager.getConnections(peerIdFromString(peer)).forEach((connection) => { connection.abort(new RangeError('the peer sends more than anybody needs')) })
                },
                identify: async (connection) => identifier?.identify(connection)
              })
              return pubsub
            }
          })
    }
  })
  const components = host as unknown as Components
  gater.attach(components.events)
  const pinger = async (peer: PeerId): Promise<number> => libp2p.services.ping.ping(peer, { signal: AbortSignal.timeout(PING_TIMEOUT) })
  return { libp2p, components, gater, slots, outbound, channels: createChannels(components, gater), ping: pinger, ...(pubsub === undefined ? {} : { pubsub }) }
}
