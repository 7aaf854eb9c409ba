import { NodeError } from '../errors.ts'
import type { GraphShape } from './types.ts'

/** A connection, by the numbers of its nodes from 0. */
export type Edge = readonly [number, number]

/** A network to be made. */
export interface Graph {
  readonly nodes: number
  readonly degree: number
  readonly edges: readonly Edge[]
}

const DIAMOND: Graph = { nodes: 4, degree: 2, edges: [[0, 1], [0, 2], [1, 3], [2, 3]] }

/** Rounds in which each connection is exchanged with another one; after ten nothing is left of the ring that it began as. */
const ROUNDS = 10

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
export function createRandom (seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * Makes the diamond, or a random connected graph in which all have as many neighbours.
 *
 * @throws {NodeError} `ERR_BAD_SIMULATION`
 */
export function makeGraph (shape: GraphShape, random: () => number): Graph {
  if (shape.kind === 'diamond') return DIAMOND
  const { nodes, degree } = shape
  if (!isWithin(nodes, 4, 100) || !isWithin(degree, 2, Math.min(20, nodes - 1))) {
    throw new NodeError('ERR_BAD_SIMULATION', 'A simulated network has 4 to 100 nodes, each with 2 to 20 neighbours and fewer than there are nodes.')
  }
  for (;;) {
    const edges = exchange(ring(nodes, degree), nodes, random)
    if (isConnected(edges, nodes)) return { nodes, degree, edges }
  }
}

export function isWithin (value: number, least: number, most: number): boolean {
  return Number.isSafeInteger(value) && value >= least && value <= most
}

/** Each is connected to those next to it, and where the degree is odd to the one opposite. */
function ring (nodes: number, degree: number): Edge[] {
  const near = Array.from({ length: nodes }, (_, node) => Array.from({ length: Math.floor(degree / 2) }, (__, step): Edge => [node, (node + step + 1) % nodes])).flat()
  const across = degree % 2 === 0 ? [] : Array.from({ length: Math.floor(nodes / 2) }, (_, node): Edge => [node, node + Math.floor(nodes / 2)])
  return [...new Map([...near, ...across].map((edge) => [keyOf(...edge), edge])).values()]
}

/** Exchanges ends of two connections at a time, which leaves everybody as many neighbours. */
function exchange (from: readonly Edge[], nodes: number, random: () => number): Edge[] {
  const edges = [...from]
  const keys = new Set(edges.map((edge) => keyOf(...edge)))
  const pick = (): number => Math.floor(random() * edges.length)
  for (let step = 0; step < ROUNDS * edges.length; step++) {
    const [at, other] = [pick(), pick()]
    const [[a, b], [c, d]] = [edges[at] as Edge, edges[other] as Edge]
    if (new Set([a, b, c, d]).size < 4 || keys.has(keyOf(a, d)) || keys.has(keyOf(c, b))) continue
    keys.delete(keyOf(a, b))
    keys.delete(keyOf(c, d))
    edges[at] = [a, d]
    edges[other] = [c, b]
    keys.add(keyOf(a, d))
    keys.add(keyOf(c, b))
  }
  return edges.filter(([a, b]) => a < nodes && b < nodes)
}

function keyOf (a: number, b: number): string {
  return a < b ? `${String(a)} ${String(b)}` : `${String(b)} ${String(a)}`
}

function isConnected (edges: readonly Edge[], nodes: number): boolean {
  const reached = new Set([0])
  for (let before = 0; before < reached.size;) {
    before = reached.size
    for (const [a, b] of edges) {
      if (reached.has(a) || reached.has(b)) reached.add(a).add(b)
    }
  }
  return reached.size === nodes
}
