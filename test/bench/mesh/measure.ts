import { startSimulation } from '../../../main/node/simulation/start-simulation.ts'
import type { Contender, SimulationProgress, SimulationRow } from '../../../main/node/simulation/types.ts'

/** A contender's figures. */
export type MeshRow = Omit<SimulationRow, 'copies'>

/** What `npm run bench -- mesh` measures. */
export interface MeshFigures {
  /** Both protocols as Natter ships them. */
  readonly rows: readonly MeshRow[]
  /** Gossipsub with the mesh that it makes by itself, to compare with. */
  readonly defaults: readonly MeshRow[]
  readonly posts: number
  readonly bytes: number
}

const CONTENDERS = ['floodsub', 'gossipsub', 'gossipsub-stock'] as const satisfies readonly Contender[]
const DEGREE = 8
const BYTES = 200

/** What the shipped parameters are held to, at this many nodes. */
const BAR = { nodes: 50, duplicates: 2 } as const

/** Sends the same posts through networks of these sizes. Each contender gets the same network; each size a thread of its own. */
export async function measureMesh (sizes: readonly number[], posts: number, say: (line: string) => void): Promise<MeshFigures> {
  const all: MeshRow[] = []
  for (const nodes of sizes) {
    let last = ''
    const onProgress = ({ contender, stage }: SimulationProgress): void => {
      const now = `${String(nodes)} nodes, ${contender}: ${stage}…`
      if (now !== last) say(now)
      last = now
    }
    const rows = await startSimulation({ graph: { kind: 'random', nodes, degree: DEGREE }, contenders: CONTENDERS, posts, bytes: BYTES }, { onProgress })
    all.push(...rows.map(({ copies: _, ...row }) => row))
  }
  return { rows: all.filter(({ protocol }) => protocol !== 'gossipsub-stock'), defaults: all.filter(({ protocol }) => protocol === 'gossipsub-stock'), posts, bytes: BYTES }
}

/** What does not keep to the bars, in words. */
export function meshFaults ({ rows, defaults }: MeshFigures): string[] {
  const lost = rows.filter(({ delivered }) => delivered < 1).map(({ protocol, nodes, delivered }) => `${protocol} at ${String(nodes)} nodes delivered ${(delivered * 100).toFixed(2)} %, not everything`)
  const shipped = rows.find(({ protocol, nodes }) => protocol === 'gossipsub' && nodes === BAR.nodes)
  const stock = defaults.find(({ nodes }) => nodes === BAR.nodes)
  return [
    ...lost,
    ...(shipped !== undefined && shipped.duplicatesPerPost > BAR.duplicates ? [`Gossipsub makes ${shipped.duplicatesPerPost.toFixed(2)} duplicates a post and node at ${String(BAR.nodes)} nodes; at most ${String(BAR.duplicates)} are allowed`] : []),
    ...(shipped !== undefined && stock !== undefined && shipped.p99Ms > stock.p99Ms ? [`Gossipsub's p99 of ${shipped.p99Ms.toFixed(1)} ms at ${String(BAR.nodes)} nodes is worse than the ${stock.p99Ms.toFixed(1)} ms of its defaults`] : [])
  ]
}
