import { setTimeout as delay } from 'node:timers/promises'
import { memory } from '@libp2p/memory'
import { multiaddr } from '@multiformats/multiaddr'
import { monotonicNow } from '../clock.ts'
import { createNode, type CreatedNode } from '../create-node.ts'
import { generateIdentity } from '../identity.ts'
import { hasOutboundPubsub } from '../pubsub/router.ts'
import type { SwitchingPubsub } from '../pubsub/switching-pubsub.ts'
import type { Edge, Graph } from './graph.ts'
import type { Contender } from './types.ts'

/** The topic of all simulated posts. */
export const TOPIC = '/natter/1/simulation'

/** A node of the simulated network. */
export interface SimulatedNode {
  readonly node: CreatedNode
  readonly pubsub: SwitchingPubsub
}

/** Milliseconds between two looks, and that everything may take to be seen; a hundred nodes need about 10 s (measured). */
const LOOK = 50
const MEET_WITHIN = 60_000
/** Milliseconds in which a mesh that stays as it is counts as settled (two of Gossipsub's heartbeats), and after which it is taken as it is: a small one may change for ever. */
const STILL = 2_000
const SETTLE_WITHIN = 5_000

let networks = 0

/** Starts the nodes: the ones that the app runs, over connections inside this thread. */
export async function startNodes (count: number, contender: Contender): Promise<SimulatedNode[]> {
  const network = networks++
  return Promise.all(Array.from({ length: count }, async (_, number) => {
    const node = await createNode({
      role: 'desktop',
      privateKey: await generateIdentity(),
      listen: [`/memory/natter-${String(network)}-${String(number)}`],
      network: { transports: [memory()] },
      pubsub: {
        protocol: contender === 'floodsub' ? 'floodsub' : 'gossipsub',
        topics: [TOPIC],
        mesh: contender === 'gossipsub-stock' ? 'stock' : 'desktop'
      }
    })
    await node.libp2p.start()
    return { node, pubsub: node.pubsub as SwitchingPubsub }
  }))
}

/** Connects the nodes and waits until neighbours see each other on the topic. */
export async function connectNodes (nodes: readonly SimulatedNode[], { edges }: Graph, onConnected: (done: number) => void): Promise<void> {
  let done = 0
  for (const [a, b] of edges) {
    const [{ node: from }, { node: to }] = [nodes[a] as SimulatedNode, nodes[b] as SimulatedNode]
    const address = multiaddr(to.libp2p.getMultiaddrs().map(String).find((each) => each.startsWith('/memory/')))
    from.gater.allowTarget(address)
    await from.libp2p.dial(address)
    onConnected(++done)
  }
  const end = monotonicNow() + MEET_WITHIN
  while (!edges.every((edge) => haveMet(nodes, edge))) {
    if (monotonicNow() > end) throw new Error('the nodes do not see each other')
    await delay(LOOK)
  }
}

function haveMet (nodes: readonly SimulatedNode[], [a, b]: Edge): boolean {
  const sees = (one: SimulatedNode, other: SimulatedNode): boolean => {
    const peer = other.node.libp2p.peerId
    return one.pubsub.subscribers(TOPIC).includes(peer.toString()) && one.node.libp2p.getConnections(peer).some(hasOutboundPubsub)
  }
  const [one, other] = [nodes[a] as SimulatedNode, nodes[b] as SimulatedNode]
  return sees(one, other) && sees(other, one)
}

/** Waits until nobody takes anybody into the mesh, or out of it, any more. */
export async function settleMesh (nodes: readonly SimulatedNode[]): Promise<void> {
  const look = (): string => nodes.map(({ pubsub }) => (pubsub.counts().mesh[TOPIC] ?? []).join()).join(' ')
  const end = monotonicNow() + SETTLE_WITHIN
  let last = look()
  let since = monotonicNow()
  while (monotonicNow() < Math.min(end, since + STILL)) {
    await delay(LOOK)
    const now = look()
    if (now !== last) {
      last = now
      since = monotonicNow()
    }
  }
}

export async function stopNodes (nodes: readonly SimulatedNode[]): Promise<void> {
  await Promise.all(nodes.map(async ({ node }) => node.libp2p.stop()))
}
