import { EventEmitter } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { peerIdFromString } from '@libp2p/peer-id'
import { monotonicNow } from './clock.ts'
import { createNode, type CreatedNode } from './create-node.ts'
import { continueNumbers } from './discovery/record-sequence.ts'
import { LocalDiscovery } from './discovery/local-discovery.ts'
import { PeopleWatch } from './discovery/people.ts'
import { keepSpareRoom } from './guard/spare-room.ts'
import { createNetworkFacts } from './network/facts.ts'
import { DirectPaths } from './paths/direct-paths.ts'
import { Mappings } from './paths/mappings.ts'
import { choosePort } from './ports.ts'
import type { SwitchingPubsub } from './pubsub/switching-pubsub.ts'
import { PostAdmission } from './quotas/post-admission.ts'
import { POST_QUOTA } from './quotas/post-quota.ts'
import { CircuitRenewal } from './reachability/circuit-renewal.ts'
import { RouterPort } from './reachability/router-port.ts'
import { ReachabilityWatch } from './reachability/service.ts'
import { DialBack } from './relay/dial-back.ts'
import { createRelayService, type RelayService } from './relay/relay-service.ts'
import type { ProxyFor } from './transports/types.ts'
import type { Admission, Channels, CheckQuestion, CheckResult, DesktopNodeOptions, KnownPerson, NatterNode, NetworkFacts, NodeEvents } from './types.ts'

/** Milliseconds after which stopping no longer waits for what hangs. */
const STOP_WITHIN = 4_000

/** Makes and starts a desktop's node. Relays that are down and ports that are taken do not keep it from starting. */
export async function createDesktopNode (options: DesktopNodeOptions): Promise<NatterNode> {
  const isOffline = options.offline !== undefined
  const port = isOffline ? 0 : await choosePort(options.listenPort)
  const { postQuota: quota = POST_QUOTA } = options
  let blocked: ReadonlySet<string> = new Set(options.blocked)
  // Where it cannot be read, the clock alone decides.
  void options.numbers?.load().then(continueNumbers, () => {})
  const isBlocked = (neighbor: string, author: string | undefined): boolean => blocked.has(neighbor) || (author !== undefined && blocked.has(author))
  const admission = new PostAdmission({ quota, onFlood: (peer) => { desktop.setAside(peer, quota.setAside) } })
  const node = await createNode({
    role: 'desktop',
    privateKey: options.privateKey,
    listen: [`/ip4/0.0.0.0/tcp/${port}`, `/ip6/::/tcp/${port}`],
    pubsub: {
      protocol: options.protocol,
      topics: options.topics,
      numbers: options.numbers,
      doorkeeper: {
        mayPass: (message) => node.pubsub?.has(message.topic) === true && !isBlocked(message.neighbor, message.author) && admission.mayPass(message),
        forged: (neighbor) => { admission.forged(neighbor) }
      },
      accept: (neighbor, topic, bytes, author) => {
        if (isBlocked(neighbor, author)) return false
        if (author !== undefined) admission.passed({ neighbor, author, topic, bytes })
        return true
      }
    },
    allowPrivate: options.allowPrivate ?? false,
    ...(options.proxyFor === undefined ? {} : { proxyFor: options.proxyFor }),
    offline: isOffline
  })
  if (node.pubsub === undefined) {
    throw new TypeError('a desktop takes part in pubsub')
  }
  node.gater.setBlocked(blocked)
  const desktop: DesktopNode = new DesktopNode(node, node.pubsub, {
    port,
    allowPrivate: options.allowPrivate ?? false,
    offline: options.offline,
    proxyFor: options.proxyFor,
    admission,
    block: (peers) => { blocked = peers }
  })
  await desktop.start(options)
  return desktop
}

/** What a {@link DesktopNode} is told, beside its parts. */
interface DesktopParts {
  readonly proxyFor: ProxyFor | undefined
  readonly port: number
  readonly allowPrivate: boolean
  readonly offline: string | undefined
  readonly admission: PostAdmission
  readonly block: (peers: ReadonlySet<string>) => void
}

class DesktopNode extends EventEmitter<NodeEvents> implements NatterNode {
  readonly pubsub: SwitchingPubsub
  readonly people: PeopleWatch
  readonly paths: DirectPaths
  readonly reachability: ReachabilityWatch
  readonly network: NetworkFacts
  readonly #node: CreatedNode
  readonly #port: number
  readonly #block: (peers: ReadonlySet<string>) => void
  readonly #renewal: CircuitRenewal
  readonly #local: LocalDiscovery
  readonly #routerPort: RouterPort
  readonly #relay: RelayService
  readonly #dialBack: DialBack
  readonly #options: DesktopParts
  readonly #isOffline: boolean
  #isRelay = false

  constructor (node: CreatedNode, pubsub: SwitchingPubsub, options: DesktopParts) {
    super()
    const { port, allowPrivate, offline, block } = options
    this.#options = options
    this.#block = block
    this.#node = node
    this.#port = port
    this.#isOffline = offline !== undefined
    this.pubsub = pubsub
    this.#routerPort = new RouterPort(node.components)
    this.reachability = new ReachabilityWatch(node, { port: () => this.#routerPort.port ?? this.port, allowPrivate, offline })
    this.#routerPort.on('change', () => { this.reachability.dialBackAgain() })
    this.paths = this.#watchPaths(allowPrivate)
    this.people = new PeopleWatch(node, pubsub, this.reachability.keeper, { allowPrivate, why: (peer) => this.paths.why(peer) })
    this.paths.on('finding', ({ peerId }) => { this.people.refresh(peerId) })
    this.network = createNetworkFacts(node, pubsub)
    this.#renewal = new CircuitRenewal(node, (peer) => pubsub.sharedWith(peer).length > 0)
    this.#local = new LocalDiscovery(node)
    this.#relay = createRelayService(node.components)
    this.#dialBack = new DialBack(node.components)
    keepSpareRoom(node.components, (peer) => node.gater.isOurRelay(peer) || pubsub.sharedWith(peer).length > 0 || this.#relay.holders.some((holder) => holder.toString() === peer))
    node.components.events.addEventListener('self:peer:update', () => { this.emit('self:change') })
  }

  #watchPaths (allowPrivate: boolean): DirectPaths {
    const mappings = new Mappings(this.#node, { isOurRelay: (peer) => this.reachability.keeper.approved().has(peer), allowPrivate })
    const paths = new DirectPaths(this.#node, { mappings, isWanted: (peer) => this.pubsub.sharedWith(peer).length > 0, allowPrivate })
    // Whom we share a topic with is known a moment after the circuit stands.
    this.pubsub.on('subscribers:change', () => { paths.look() })
    return paths
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
    await Promise.all([this.setMdns(options.mdns), this.setDirectConnections(options.directConnections ?? true), this.setBeRelay(options.beRelay)])
    // Routers take seconds to answer: nobody waits for them.
    void this.setRouterPort(options.routerPort ?? false).catch(() => undefined)
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

  get admission (): Admission {
    return this.#options.admission
  }

  /** @param time milliseconds */
  setAside (peerId: string, time: number): void {
    this.#node.gater.shutOut(peerId, undefined, monotonicNow(), time)
    for (const connection of this.#node.libp2p.getConnections(peerIdFromString(peerId))) {
      // Closed in good order, it would be heard until the end.
      connection.abort(new RangeError('the peer sends far too much'))
    }
    this.emit('peer:set-aside', { peerId, time })
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

  async setDirectConnections (on: boolean): Promise<void> {
    await this.paths.set(on && !this.#isOffline)
  }

  async setRouterPort (on: boolean): Promise<void> {
    await this.#routerPort.set(on && !this.#isOffline)
  }

  async setBeRelay (on: boolean): Promise<void> {
    if (on !== this.#isRelay && !this.#isOffline) {
      this.#isRelay = on
      // Whom we listen for wants to know whether it could listen itself.
      await Promise.all([this.#relay, this.#dialBack].map(async (service) => on ? service.start() : service.stop()))
    }
  }

  async check (question: CheckQuestion): Promise<CheckResult> {
    // Loaded only here: most people never need it.
    const { runCheck } = await import('./check/run-check.ts')
    const { allowPrivate, offline, proxyFor } = this.#options
    return runCheck({
      node: this.#node,
      port: () => this.port,
      allowPrivate,
      proxyFor,
      offline,
      relays: () => this.reachability.relays,
      approved: () => this.reachability.keeper.approved(),
      dialBack: async (relay) => this.reachability.dialBack(relay),
      recordOf: (peer) => this.people.recordOf(peer),
      sharedWith: (peer) => this.pubsub.sharedWith(peer),
      protocol: () => this.pubsub.state,
      paths: this.paths
    }, question)
  }

  async stop (): Promise<void> {
    this.#renewal.stop()
    this.reachability.stop()
    await Promise.race([
      (async () => {
        await Promise.all([this.setMdns(false), this.setRouterPort(false)])
        await this.setDirectConnections(false)
        await this.setBeRelay(false)
        await this.people.stop()
        await this.#node.libp2p.stop()
      })(),
      new Promise((resolve) => { setTimeout(resolve, STOP_WITHIN).unref() })
    ])
  }
}
