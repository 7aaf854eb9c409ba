import { SIMULATED_DEGREE, SIMULATED_NODES, SIMULATED_POSTS, type Simulation, type SimulationRequest, type SimulationResult, type SimulationStep } from '../../../preload/contract/index.ts'
import { grouped } from '../bytes.ts'
import { protocolName } from '../words.ts'
import { timeWords, type FigureRow } from './figures.ts'

/** What the form holds, as it was typed. */
export interface SimulationForm {
  readonly kind: SimulationRequest['graph']['kind']
  readonly nodes: string
  readonly degree: string
  readonly posts: string
}

/** What is wrong with each field, as a sentence; '' where nothing is. */
export interface FormFaults { readonly nodes: string, readonly degree: string, readonly posts: string }

/** Reads the form: what to ask for, or what is wrong. */
export function readForm ({ kind, nodes, degree, posts }: SimulationForm): { readonly request: SimulationRequest } | { readonly faults: FormFaults } {
  const [n, d, p] = [whole(nodes), whole(degree), whole(posts)]
  const most = Math.min(SIMULATED_DEGREE.most, (isWithin(n, SIMULATED_NODES) ? n : SIMULATED_NODES.most) - 1)
  const faults = {
    nodes: kind === 'diamond' || isWithin(n, SIMULATED_NODES) ? '' : boundsWords(SIMULATED_NODES),
    degree: kind === 'diamond' || isWithin(d, { ...SIMULATED_DEGREE, most }) ? '' : boundsWords({ ...SIMULATED_DEGREE, most }),
    posts: isWithin(p, SIMULATED_POSTS) ? '' : boundsWords(SIMULATED_POSTS)
  }
  if (Object.values(faults).some((fault) => fault !== '')) return { faults }
  return { request: { graph: kind === 'diamond' ? { kind } : { kind, nodes: n, degree: d }, posts: p } }
}

/** What it does at this moment: 'Floodsub: post 3 of 20'. */
export function stepWords (step: SimulationStep | undefined): string {
  if (step === undefined) return 'Making the network'
  const name = protocolName(step.protocol)
  switch (step.stage) {
    case 'connecting': return `${name}: connection ${String(step.done)} of ${String(step.of)}`
    case 'settling': return `${name}: the peers get to know each other`
    case 'warming': return `${name}: warming up`
    case 'posting': return `${name}: post ${String(step.done)} of ${String(step.of)}`
  }
}

/** Where each stage begins and ends within one protocol's half, as shares of it; the times of a small network (measured). */
const STAGES: Readonly<Record<SimulationStep['stage'], readonly [number, number]>> = { connecting: [0, 0.1], settling: [0.1, 0.4], warming: [0.4, 0.65], posting: [0.65, 1] }

/** How much is done, 0 to 1; Floodsub is the first half. */
export function progressOf (step: SimulationStep | undefined): number {
  if (step === undefined) return 0
  const [from, to] = STAGES[step.stage]
  const within = from + (to - from) * step.done / Math.max(1, step.of)
  return (step.protocol === 'floodsub' ? 0 : 0.5) + within / 2
}

/** What was compared, in a line. */
export function requestWords ({ graph, posts }: SimulationRequest): string {
  const many = posts === 1 ? '1 post' : `${String(posts)} posts`
  return graph.kind === 'diamond'
    ? `Four peers in a diamond, ${many} of 200 bytes by peer 1`
    : `${String(graph.nodes)} peers with ${String(graph.degree)} neighbours each, ${many} of 200 bytes`
}

/** What came out, in a sentence. */
export function outcomeWords ({ request, results }: Pick<Simulation, 'request' | 'results'>): string {
  const [flood, gossip] = results
  if (flood === undefined || gossip === undefined) return ''
  if (request.graph.kind === 'diamond') {
    return `Under Floodsub peer 4 gets ${copyWords(flood.copies[3] ?? 0)} of each post, under Gossipsub ${short(gossip.copies[3] ?? 0)}.`
  }
  const less = Math.round(100 * (1 - gossip.bytesPerPost / flood.bytesPerPost))
  return `Gossipsub sends ${less >= 0 ? `${String(less)} % fewer` : `${String(-less)} % more`} bytes than Floodsub here: ${short(gossip.duplicatesPerPost)} duplicates a post and peer, where Floodsub makes ${short(flood.duplicatesPerPost)}.`
}

/** Why the diamond looks alike under both, where it does; '' else. */
export function remarkWords ({ request, results }: Pick<Simulation, 'request' | 'results'>): string {
  const [flood, gossip] = results
  if (request.graph.kind !== 'diamond' || flood === undefined || gossip === undefined || gossip.duplicatesPerPost < flood.duplicatesPerPost) return ''
  return 'With two neighbours each, Gossipsub keeps both in its mesh and sends to both, as Floodsub does. It spares copies where peers have more neighbours: try a random network.'
}

/** The table: a column for each protocol. */
export function resultRows (results: readonly SimulationResult[]): readonly FigureRow[] {
  const row = (title: string, cell: (result: SimulationResult) => string): FigureRow => ({ title, cells: results.map(cell) })
  return [
    row('Delivered', ({ delivered }) => `${(100 * delivered).toFixed(delivered === 1 ? 0 : 1)} %`),
    row('Duplicates a post and peer', ({ duplicatesPerPost }) => duplicatesPerPost.toFixed(2)),
    row('Bytes a post and peer', ({ bytesPerPost }) => grouped(Math.round(bytesPerPost))),
    row('From author to reader, half within', ({ p50Ms }) => timeWords(p50Ms)),
    row('From author to reader, 99 of 100 within', ({ p99Ms }) => timeWords(p99Ms))
  ]
}

/** Copies of each post at every peer, a line for each protocol; of many peers the least and the most. */
export function copyRows ({ request, results }: Pick<Simulation, 'request' | 'results'>): { readonly heads: readonly string[], readonly rows: readonly FigureRow[] } {
  const isDiamond = request.graph.kind === 'diamond'
  const rows = results.map(({ protocol, copies }) => ({
    title: protocolName(protocol),
    cells: isDiamond ? copies.map((copy) => copyWords(copy)) : [Math.min(...copies), copies.reduce((sum, copy) => sum + copy, 0) / Math.max(1, copies.length), Math.max(...copies)].map(short)
  }))
  return { heads: isDiamond ? ['Peer 1, the author', 'Peer 2', 'Peer 3', 'Peer 4'] : ['At the peer with the fewest', 'On average', 'At the peer with the most'], rows }
}

/** '2 copies', '1 copy', '1.25 copies'. */
export function copyWords (copies: number): string {
  return copies === 1 ? '1 copy' : `${short(copies)} copies`
}

/** At most two decimals, and none that say nothing. */
export function short (value: number): string {
  return String(Math.round(value * 100) / 100)
}

function whole (text: string): number {
  return /^\d{1,4}$/u.test(text.trim()) ? Number(text.trim()) : NaN
}

function isWithin (value: number, { least, most }: { readonly least: number, readonly most: number }): boolean {
  return value >= least && value <= most
}

function boundsWords ({ least, most }: { readonly least: number, readonly most: number }): string {
  return `A whole number from ${String(least)} to ${String(most)}.`
}
