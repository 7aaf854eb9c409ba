import { setTimeout as delay } from 'node:timers/promises'
import type { ComponentLogger, PeerId, PrivateKey } from '@libp2p/interface'
import type { Components } from '../components.ts'
import { createNode } from '../create-node.ts'
import { MAX_CONNECTIONS, MAX_CONNECTIONS_PER_ADDRESS, RELAY_LIMITS } from '../limits.ts'
import type { ServerCertificate } from '../transports/server-certificate.ts'
import type { Channels, Pubsub } from '../types.ts'
import { Access, type AccessRules } from './access.ts'
import type { CommunityMember, CommunityOptions } from './community/community.ts'
import { Membership } from './community/membership.ts'
import { DialBack, type DialBackOptions } from './dial-back.ts'
import { Doorman } from './doorman.ts'
import { Drain } from './drain.ts'
import { Hub, type HubOptions, type HubStats } from './hub.ts'
import { Refusals, type Refusal } from './refusals.ts'
import { createRelayService, type RelayServiceLimits, type RelayServiceOptions, type RelayStats } from './relay-service.ts'
import { serveStanding } from './standing.ts'

/** What can change while a relay runs. */
export interface RelayRules extends RelayServiceLimits {
  /** Whom it serves. @default everybody */
  readonly access?: AccessRules
  /** Connections from one IP address at once. @default {@link MAX_CONNECTIONS_PER_ADDRESS} */
  readonly connectionsPerAddress?: number
}

/** What a relay is made from. */
export interface RelayNodeOptions extends Omit<RelayServiceOptions, 'judge' | 'refusals'>, RelayRules {
  readonly privateKey: PrivateKey
  /** Multiaddrs to listen on. */
  readonly listen: readonly string[]
  /** Multiaddrs to announce instead of those listened on. */
  readonly announce?: readonly string[]
  /** Shown where it listens with TLS, and the names to announce that under. @default none */
  readonly certificate?: ServerCertificate
  readonly certificateNames?: readonly string[]
  /** False: no part in pubsub; circuits and dial-backs only. @default {} */
  readonly hub?: HubOptions | false
  readonly dialBack?: DialBackOptions
  /** Left out: it looks for no other relays, and dials nobody. */
  readonly community?: CommunityOptions | undefined
  /** @default libp2p's own, which is silent unless `DEBUG` asks for it */
  readonly logger?: ComponentLogger
}

/** What a relay does at the moment. */
export interface RelayNodeStats {
  readonly connections: number
  readonly relay: RelayStats
  readonly dialBack: DialBack['stats']
  /** Undefined: it is no hub. */
  readonly hub: HubStats | undefined
}

/** A circuit relay that others may ask for dial-backs, and a hub unless told otherwise. */
export interface RelayNode {
  readonly peerId: string
  /** Under which others reach it, each with its peer id. */
  readonly multiaddrs: readonly string[]
  readonly components: Components
  /** Undefined: it is no hub. */
  readonly pubsub: Pubsub | undefined
  readonly channels: Channels
  /** Other relays that it found; empty where it looks for none. */
  readonly community: readonly CommunityMember[]
  readonly stats: RelayNodeStats
  /**
   * @throws {ListenError} if one of the addresses cannot be listened on; nothing is left open then
   */
  start: () => Promise<void>
  /** From now on; who is no longer welcome is told so and let go. */
  setRules: (rules: RelayRules) => void
  /** From now on, in a relay that was started; undefined: it looks for no others. */
  setCommunity: (community: CommunityOptions | undefined) => Promise<void>
  /** Whether it takes nobody in any more. */
  readonly isDraining: boolean
  /**
   * Takes nobody in from now on, leaves its community, tells its clients to move
   * to another relay, and waits until those who can have done so, `seconds` at
   * most. Circuits and the hub work on meanwhile.
   */
  drain: (seconds: number) => Promise<void>
  /** Closes everything; resolves within 5 s. */
  stop: () => Promise<void>
}

/** Not every address could be listened on. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
}

/** Milliseconds after which closing is left to the end of the process. */
const STOP_WITHIN = 4_000

/** A relay, not started yet. */
export async function createRelayNode (options: RelayNodeOptions): Promise<RelayNode> {
  const refusals = new Refusals()
  const access = new Access(options.access)
  const hub = options.hub === false ? undefined : new Hub(options.hub)
  const created = await createNode({
    role: 'relay',
    privateKey: options.privateKey,
    listen: options.listen,
    ...(options.announce === undefined ? {} : { announce: options.announce }),
    ...(options.certificate === undefined ? {} : { certificate: options.certificate }),
    ...(options.certificateNames === undefined ? {} : { certificateNames: options.certificateNames }),
    ...(options.logger === undefined ? {} : { logger: options.logger }),
    // Gossipsub speaks Floodsub too, so that clients of both meet here.
    ...(hub === undefined
      ? {}
      : { pubsub: { protocol: 'gossipsub', topics: [], accept: (client: string, topic: string, bytes: number) => !doors.isUnwelcome(client) && hub.accept(client, topic, bytes) } }),
    allowPrivate: options.community?.allowPrivate ?? false
  })
  const { libp2p, components, pubsub, channels, gater } = created
  const doors = new Doorman(components, access, refusals, options.community !== undefined)
  const judge = (peer: PeerId): Refusal | undefined => doors.judge(peer) ?? (drain.isUnderWay ? 'draining' : undefined)
  const relay = createRelayService(components, { ...options, judge, refusals })
  const drain = new Drain(components, relay)
  const dialBack = new DialBack(components, options.dialBack)
  let unserve: (() => Promise<void>) | undefined
  const membership = new Membership(created)

  const guard = ({ connectionsPerAddress = MAX_CONNECTIONS_PER_ADDRESS.relay, maxReservations = RELAY_LIMITS.reservations }: RelayRules): void => {
    components.connectionManager.setMaxConnections(MAX_CONNECTIONS.relay + Math.max(0, maxReservations - RELAY_LIMITS.reservations))
    gater.setGuard({ connectionsPerAddress, denyAddress: (host) => access.denyAddress(host), denyPeer: (peer) => access.denyPeer(peer), onRefused: refusals.add })
  }
  guard(options)

  const stop = async (): Promise<void> => {
    const closed = (async () => {
      doors.stop()
      await Promise.allSettled([membership.stop(), hub?.stop(), dialBack.stop(), relay.stop(), unserve?.()])
      await libp2p.stop()
    })()
    await Promise.race([closed, delay(STOP_WITHIN, undefined, { ref: false })])
  }

  return {
    components,
    pubsub,
    channels,
    peerId: components.peerId.toString(),
    get multiaddrs () {
      return libp2p.getMultiaddrs().map(String)
    },
    get community () {
      return membership.members
    },
    get stats () {
      return {
        connections: components.connectionManager.getConnections().length,
        relay: relay.stats,
        dialBack: dialBack.stats,
        hub: hub?.stats
      }
    },
    get isDraining () {
      return drain.isUnderWay
    },
    async start () {
      doors.start()
      await relay.start()
      await dialBack.start()
      unserve = await serveStanding(components, (peer, circuitTo) => ({
        reason: relay.standing(peer),
        seconds: drain.secondsLeft,
        circuit: circuitTo === undefined ? undefined : relay.circuitRefusal(peer, circuitTo)
      }))
      if (pubsub !== undefined) {
        await hub?.start(components, pubsub, (client) => { gater.shutOut(client) })
      }
      await libp2p.start()
      // createNode tolerates addresses that cannot be listened on, for the desktop's sake.
      const open = components.transportManager.getListeners().filter((listener) => listener.getAddrs().length > 0)
      if (open.length < options.listen.length) {
        await stop()
        throw new ListenError('Not every address to listen on could be used.')
      }
      announceListening(components)
      await membership.set(options.community)
    },
    setRules (rules) {
      access.set(rules.access ?? {})
      guard(rules)
      relay.setLimits(rules)
      doors.review()
    },
    setCommunity: async (community) => membership.set(community),
    drain: async (seconds) => {
      // What others are told of it is no reason to wait longer.
      membership.withdraw().catch(() => {})
      await drain.run(seconds)
    },
    stop
  }
}

/**
 * Trap: public addresses that nobody has verified are not announced, and a
 * relay on a public address would then name none at all. Whoever runs a relay
 * vouches for what it listens on.
 */
function announceListening ({ addressManager, transportManager }: Components): void {
  for (const address of transportManager.getAddrs()) {
    addressManager.confirmObservedAddr(address, { type: 'transport' })
  }
}
