import type { PeerRole } from '../../../preload/contract/index.ts'
import { shortId } from '../names.ts'
import type { Seen } from './roster.ts'

/** Who a node stands for. */
export interface GraphNode {
  readonly id: string
  readonly label: string
  readonly role: PeerRole | 'self'
}

/** How two nodes hang together: a connection of ours, a circuit behind its relay, or posts that a hub passes on. */
export type EdgeKind = 'direct' | 'circuit' | 'hub'

/** A line between two nodes, from the one that is nearer to us. */
export interface GraphEdge {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly kind: EdgeKind
  /** The router keeps this peer as a neighbour on a topic at least. */
  readonly mesh: boolean
}

/** What the picture is drawn from. */
export interface Graph {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
  /** For each peer, the nodes that a post passes on its way from us, ourselves first. */
  readonly routes: ReadonlyMap<string, readonly string[]>
}

/** Nodes and lines for everybody in the view, ourselves in the middle. A relay that carries a circuit is always there, connected or not. */
export function graphOf (self: string, all: readonly Seen[]): Graph {
  const nodes = new Map<string, GraphNode>([[self, { id: self, label: 'You', role: 'self' }]])
  const edges = new Map<string, GraphEdge>()
  const routes = new Map<string, readonly string[]>()
  for (const { peerId, label, role } of all) nodes.set(peerId, { id: peerId, label, role })

  const join = (from: string, to: string, kind: EdgeKind, mesh: boolean): void => {
    const id = `${from} ${to} ${kind}`
    edges.set(id, { id, from, to, kind, mesh: mesh || edges.get(id)?.mesh === true })
  }
  const between = (id: string, role: 'relay' | 'hub'): void => {
    if (nodes.has(id)) return
    nodes.set(id, { id, label: shortId(id), role })
    join(self, id, 'direct', false)
  }

  for (const { peerId, peer, hub } of all) {
    if (hub !== undefined) {
      between(hub, 'hub')
      join(hub, peerId, 'hub', false)
      routes.set(peerId, [self, hub, peerId])
    }
    const mesh = peer !== undefined && peer.mesh.length > 0
    const isDirect = peer?.links.some(({ relay }) => relay === undefined) === true
    for (const { relay } of peer?.links ?? []) {
      if (relay === undefined) {
        join(self, peerId, 'direct', mesh)
        routes.set(peerId, [self, peerId])
      } else {
        between(relay, 'relay')
        // Posts take the direct way where there is one.
        join(relay, peerId, 'circuit', mesh && !isDirect)
        if (!isDirect) routes.set(peerId, [self, relay, peerId])
      }
    }
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()], routes }
}
