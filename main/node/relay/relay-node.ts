import { setTimeout as delay } from 'node:timers/promises'
import type { ComponentLogger, PrivateKey } from '@libp2p/interface'
import type { Components } from '../components.ts'
import { createNode } from '../create-node.ts'
import type { ServerCertificate } from '../transports/server-certificate.ts'
import type { Channels, Pubsub } from '../types.ts'
import { DialBack, type DialBackOptions } from './dial-back.ts'
import { Hub, type HubOptions, type HubStats } from './hub.ts'
import { createRelayService, type RelayServiceOptions, type RelayStats } from './relay-service.ts'

/** What a relay is made from. */
export interface RelayNodeOptions extends RelayServiceOptions {
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
  readonly stats: RelayNodeStats
  /**
   * @throws {ListenError} if one of the addresses cannot be listened on; nothing is left open then
   */
  start: () => Promise<void>
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
  const hub = options.hub === false ? undefined : new Hub(options.hub)
  const { libp2p, components, pubsub, channels } = await createNode({
    role: 'relay',
    privateKey: options.privateKey,
    listen: options.listen,
    ...(options.announce === undefined ? {} : { announce: options.announce }),
    ...(options.certificate === undefined ? {} : { certificate: options.certificate }),
    ...(options.certificateNames === undefined ? {} : { certificateNames: options.certificateNames }),
    ...(options.logger === undefined ? {} : { logger: options.logger }),
    // Gossipsub speaks Floodsub too, so that clients of both meet here.
    ...(hub === undefined ? {} : { pubsub: { protocol: 'gossipsub', topics: [], accept: hub.accept } })
  })
  const relay = createRelayService(components, options)
  const dialBack = new DialBack(components, options.dialBack)

  const stop = async (): Promise<void> => {
    const closed = (async () => {
      await Promise.allSettled([hub?.stop(), dialBack.stop(), relay.stop()])
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
    get stats () {
      return {
        connections: components.connectionManager.getConnections().length,
        relay: relay.stats,
        dialBack: dialBack.stats,
        hub: hub?.stats
      }
    },
    async start () {
      await relay.start()
      await dialBack.start()
      if (pubsub !== undefined) {
        await hub?.start(components, pubsub)
      }
      await libp2p.start()
      // createNode tolerates addresses that cannot be listened on, for the desktop's sake.
      const open = components.transportManager.getListeners().filter((listener) => listener.getAddrs().length > 0)
      if (open.length < options.listen.length) {
        await stop()
        throw new ListenError('Not every address to listen on could be used.')
      }
      announceListening(components)
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
