import { EventEmitter } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createNode, type CreatedNode } from './create-node.ts'
import { LocalDiscovery } from './discovery/local-discovery.ts'
import { PeopleWatch } from './discovery/people.ts'
import { choosePort } from './ports.ts'
import type { SwitchingPubsub } from './pubsub/switching-pubsub.ts'
import { CircuitRenewal } from './reachability/circuit-renewal.ts'
import { ReachabilityWatch } from './reachability/service.ts'
import { DialBack } from './relay/dial-back.ts'
import { createRelayService, type RelayService } from './relay/relay-service.ts'
import type { Channels, DesktopNodeOptions, KnownPerson, NatterNode, NodeEvents } from './types.ts'

/** Milliseconds after which stopping no longer waits for what hangs. */
const STOP_WITHIN = 4_000

/** Makes and starts a desktop's node. Relays that are down and ports that are taken do not keep it from starting. */
export async function createDesktopNode (options: DesktopNodeOptions): Promise<NatterNode> {
  const isOffline = options.offline !== undefined
  const port = isOffline ? 0 : await choosePort(options.listenPort)
  let blocked: ReadonlySet<string> = new Set(options.blocked)
  const node = await createNode({
    role: 'desktop',
    privateKey: options.privateKey,
    listen: [`/ip4/0.0.0.0/tcp/${port}`, `/ip6/::/tcp/${port}`],
    pubsub: {
      protocol: options.protocol,
      topics: options.topics,
      accept: (peer, _topic, _bytes, author) => !blocked.has(peer) && (author === undefined || !blocked.has(author))
    },
    allowPrivate: options.allowPrivate ?? false,
    ...(options.proxyFor === undefined ? {} : { proxyFor: options.proxyFor }),
    offline: isOffline
  })
  if (node.pubsub === undefined) {
    throw new TypeError('a desktop takes part in pubsub')
  }
  node.gater.setBlocked(blocked)
  const desktop = new DesktopNode(node, node.pubsub, {
    port,
    allowPrivate: options.allowPrivate ?? false,
    offline: options.offline,
    block: (peers) => { blocked = peers }
  })
  await desktop.start(options)
  return desktop
}

class DesktopNode extends EventEmitter<NodeEvents> implements NatterNode {
  readonly pubsub: SwitchingPubsub
  readonly people: PeopleWatch
  readonly reachability: ReachabilityWatch
  readonly #node: CreatedNode
  readonly #port: number
  readonly #block: (peers: ReadonlySet<string>) => void
  readonly #renewal: CircuitRenewal
  readonly #local: LocalDiscovery
  readonly #relay: RelayService
  readonly #dialBack: DialBack
  readonly #isOffline: boolean
  #isRelay = false

  constructor (node: CreatedNode, pubsub: SwitchingPubsub, { port, allowPrivate, offline, block }: { readonly port: number, readonly allowPrivate: boolean, readonly offline: string | undefined, readonly block: (peers: ReadonlySet<string>) => void }) {
    super()
    this.#block = block
    this.#node = node
    this.#port = port
    this.#isOffline = offline !== undefined
    this.pubsub = pubsub
    this.reachability = new ReachabilityWatch(node, { port: () => this.port, allowPrivate, offline })
    this.people = new PeopleWatch(node, pubsub, this.reachability.keeper, { allowPrivate })
    this.#renewal = new CircuitRenewal(node, (peer) => pubsub.sharedWith(peer).length > 0)
    this.#local = new LocalDiscovery(node)
    this.#relay = createRelayService(node.components)
    this.#dialBack = new DialBack(node.components)
    node.components.events.addEventListener('self:peer:update', () => { this.emit('self:change') })
  }

  get peerId (): string {
    return this.#node.libp2p.peerId.toString()
  }

  get addresses (): readonly string[] {
    return this.#node.libp2p.getMultiaddrs().map((address) => address.toString())
  }

  get port (): number {
    const listens = this.#node.components.transportManager.getAddrs().some((address) => address.toString().includes(`/tcp/${this.#port}`))
    return listens ? this.#port : 0
  }

  async start (options: DesktopNodeOptions): Promise<void> {
    await this.#node.libp2p.start()
    await this.people.start()
    this.reachability.setCandidates(options.relays)
    this.reachability.start()
    this.#renewal.start()
    await Promise.all([this.setMdns(options.mdns), this.setBeRelay(options.beRelay)])
    void this.#remember(options.known)
  }

  /** One record a turn of the event loop: checking 200 signatures at once would hold it for 40 ms. */
  async #remember (known: readonly KnownPerson[]): Promise<void> {
    for (const person of known) {
      await nextTurn()
      // A record that is damaged is left out: who it was is found again by other ways.
      await this.people.know(person).catch(() => undefined)
    }
  }

  get channels (): Channels {
    return this.#node.channels
  }

  setBlocked (peerIds: readonly string[]): void {
    const blocked = new Set(peerIds)
    this.#block(blocked)
    this.#node.gater.setBlocked(blocked)
    for (const connection of this.#node.libp2p.getConnections()) {
      if (blocked.has(connection.remotePeer.toString())) {
        connection.close().catch((error: unknown) => { connection.abort(error instanceof Error ? error : new Error(String(error))) })
      }
    }
  }

  async setMdns (on: boolean): Promise<void> {
    await this.#local.set(on && !this.#isOffline)
  }

  async setBeRelay (on: boolean): Promise<void> {
    if (on !== this.#isRelay && !this.#isOffline) {
      this.#isRelay = on
      // Whom we listen for wants to know whether it could listen itself.
      await Promise.all([this.#relay, this.#dialBack].map(async (service) => on ? service.start() : service.stop()))
    }
  }

  async stop (): Promise<void> {
    this.#renewal.stop()
    this.reachability.stop()
    await Promise.race([
      (async () => {
        await this.setMdns(false)
        await this.setBeRelay(false)
        await this.people.stop()
        await this.#node.libp2p.stop()
      })(),
      new Promise((resolve) => { setTimeout(resolve, STOP_WITHIN).unref() })
    ])
  }
}
