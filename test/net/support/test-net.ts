import { circuitRelayServer, type CircuitRelayServerInit, type CircuitRelayService } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import type { Connection, Ed25519PrivateKey, Libp2p } from '@libp2p/interface'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { createNode, type CreatedNode, type Network } from '../../../main/node/create-node.ts'
import { generateIdentity } from '../../../main/node/identity.ts'
import { hasOutboundPubsub } from '../../../main/node/pubsub/router.ts'
import type { Doorkeeper } from '../../../main/node/pubsub/early-refusal.ts'
import type { PubsubMessage } from '../../../main/node/types.ts'
import type { SwitchingPubsub } from '../../../main/node/pubsub/switching-pubsub.ts'
import type { Protocol } from '../../../preload/contract/index.ts'
import { until } from './until.ts'

export const TOPIC = '/natter/1/test'
export const PROTOCOLS = ['gossipsub', 'floodsub'] as const satisfies readonly Protocol[]

/** A started node and what it read. */
export interface TestNode extends CreatedNode {
  readonly pubsub: SwitchingPubsub
  readonly id: string
  /** Where it listens, with its peer id. */
  readonly address: Multiaddr
  readonly inbox: PubsubMessage[]
}

/** A plain circuit relay, as libp2p has it: no hub, nothing of ours. */
export interface PlainRelay {
  readonly libp2p: Libp2p<{ relay: CircuitRelayService }>
  readonly id: string
  readonly address: Multiaddr
}

interface NodeOptions {
  readonly role?: 'desktop' | 'relay'
  readonly protocol?: Protocol
  readonly topics?: readonly string[]
  readonly accept?: (peer: string, topic: string, bytes: number) => boolean
  readonly doorkeeper?: Doorkeeper
  /** @default true: everything here is on loopback */
  readonly allowPrivate?: boolean
  readonly network?: Network
}

/** The nodes of one test; all stop at its end. */
export class TestNet {
  #ends: (() => unknown)[] = []

  atEnd (end: () => unknown): void {
    this.#ends.push(end)
  }

  async stop (): Promise<void> {
    const ends = this.#ends
    this.#ends = []
    await Promise.all(ends.reverse().map(async (end) => end()))
  }

  async node ({ role = 'desktop', protocol = 'gossipsub', topics = [TOPIC], accept, doorkeeper, allowPrivate = true, network }: NodeOptions = {}): Promise<TestNode> {
    const node = await createNode({
      role,
      privateKey: await generateIdentity(),
      listen: ['/ip4/127.0.0.1/tcp/0'],
      pubsub: { protocol, topics, ...(accept === undefined ? {} : { accept }), ...(doorkeeper === undefined ? {} : { doorkeeper }) },
      allowPrivate,
      ...(network === undefined ? {} : { network })
    })
    this.atEnd(async () => node.libp2p.stop())
    const pubsub = node.pubsub as SwitchingPubsub
    const inbox: PubsubMessage[] = []
    pubsub.on('message', (message) => { inbox.push(message) })
    await node.libp2p.start()
    return { ...node, pubsub, inbox, id: node.libp2p.peerId.toString(), address: listenAddress(node.libp2p) }
  }

  async hub (options: Omit<NodeOptions, 'role'> = {}): Promise<TestNode> {
    return this.node({ ...options, role: 'relay' })
  }

  async plainRelay (init: CircuitRelayServerInit = {}, { privateKey, port = 0, agent }: { readonly privateKey?: Ed25519PrivateKey, readonly port?: number, readonly agent?: string } = {}): Promise<PlainRelay> {
    const libp2p = await createLibp2p({
      ...(agent === undefined ? {} : { nodeInfo: { userAgent: agent } }),
      privateKey: privateKey ?? await generateIdentity(),
      addresses: { listen: [`/ip4/127.0.0.1/tcp/${port}`] },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionGater: { denyDialMultiaddr: () => false },
      connectionManager: { inboundConnectionThreshold: 1_000, maxIncomingPendingConnections: 1_000 },
      services: { identify: identify(), ping: ping(), relay: circuitRelayServer(init) }
    })
    this.atEnd(async () => libp2p.stop())
    return { libp2p, id: libp2p.peerId.toString(), address: listenAddress(libp2p) }
  }
}

function listenAddress (libp2p: Pick<Libp2p, 'getMultiaddrs'>): Multiaddr {
  const address = libp2p.getMultiaddrs().find((each) => each.toString().startsWith('/ip4/127.0.0.1/tcp/') && !each.toString().includes('p2p-circuit'))
  if (address === undefined) {
    throw new Error('the node does not listen')
  }
  return address
}

/** Takes a place on a relay, as the relay keeper does. */
export async function reserve (node: TestNode, relay: PlainRelay): Promise<Connection> {
  node.gater.setRelays([relay.id])
  const connection = await node.components.connectionManager.openConnection(relay.address)
  await node.slots.reserve(relay.libp2p.peerId)
  return connection
}

/** Opens a circuit. */
export async function dialThrough (from: TestNode, relay: PlainRelay, to: TestNode): Promise<Connection> {
  from.gater.setRelays([relay.id])
  return from.libp2p.dial(multiaddr(`${relay.address.toString()}/p2p-circuit/p2p/${to.id}`))
}

/** Waits until two neighbours see each other on a topic, and a stream stands each way. */
export async function meet (a: TestNode, b: TestNode, topic = TOPIC): Promise<void> {
  const sees = (one: TestNode, other: TestNode): boolean => one.pubsub.subscribers(topic).includes(other.id) &&
    one.libp2p.getConnections(other.libp2p.peerId).some(hasOutboundPubsub)
  await until(() => sees(a, b) && sees(b, a), 5_000, 'the two see each other on the topic')
}

export async function connect (a: TestNode, b: TestNode, topic = TOPIC): Promise<Connection> {
  const connection = await a.libp2p.dial(b.address)
  await meet(a, b, topic)
  return connection
}

export async function post (node: TestNode, text: string, topic = TOPIC): Promise<readonly string[]> {
  return (await node.pubsub.publish(topic, new TextEncoder().encode(text))).recipients
}

export function texts (node: TestNode): string[] {
  return node.inbox.map(({ data }) => new TextDecoder().decode(data))
}

/** Posts, and waits until everybody read it. */
export async function crosses (from: TestNode, to: readonly TestNode[], text: string, ms = 3_000): Promise<void> {
  await post(from, text)
  await until(() => to.every((node) => texts(node).includes(text)), ms, () => `'${text}' is read by ${to.length}; ${to.filter((node) => texts(node).includes(text)).length} did`)
}

/** Posts again and again until one is read: for states in which a single post may be lost. */
export async function crossesAtLast (from: TestNode, to: TestNode, text: string, ms: number): Promise<number> {
  let count = 0
  let next = 0
  return until(async () => {
    if (performance.now() >= next) {
      next = performance.now() + 100
      await post(from, `${text} ${count++}`)
    }
    return texts(to).some((each) => each.startsWith(`${text} `))
  }, ms, `one of '${text}' is read`)
}
