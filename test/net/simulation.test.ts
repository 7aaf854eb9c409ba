import { expect, it } from 'vitest'
import { startSimulation } from '../../main/node/simulation/start-simulation.ts'
import type { SimulationProgress } from '../../main/node/simulation/types.ts'

const POSTS = 10
/** Milliseconds: about 20 s where nothing else runs, of which most are waits for the mesh and for gossip. */
const WITHIN = 180_000

it('shows in the diamond that Floodsub brings the far peer each post twice', async () => {
  const progress: SimulationProgress[] = []
  const rows = await startSimulation({ graph: { kind: 'diamond' }, contenders: ['floodsub', 'gossipsub'], posts: POSTS }, { onProgress: (each) => { progress.push(each) } })
  expect(rows.map(({ protocol, nodes, delivered }) => ({ protocol, nodes, delivered }))).toEqual([
    { protocol: 'floodsub', nodes: 4, delivered: 1 },
    { protocol: 'gossipsub', nodes: 4, delivered: 1 }
  ])
  const [flood] = rows
  expect(flood?.copies[0]).toBe(0)
  expect(flood?.copies[3]).toBe(2)
  // 4 sends what came from one neighbour on to the other.
  expect((flood?.copies[1] ?? 0) + (flood?.copies[2] ?? 0)).toBe(3)
  expect(flood?.duplicatesPerPost).toBe(0.5)
  for (const { bytesPerPost, p50Ms, p99Ms, cpuMsPer1000 } of rows) {
    // Three or so copies of more than 200 bytes, for four nodes.
    expect(bytesPerPost).toBeGreaterThan(150)
    expect(p50Ms).toBeGreaterThan(0)
    expect(p99Ms).toBeGreaterThanOrEqual(p50Ms)
    expect(cpuMsPer1000).toBeGreaterThan(0)
  }
  expect(progress.at(-1)).toEqual({ contender: 'gossipsub', stage: 'posting', done: POSTS, of: POSTS })
}, WITHIN)

it('shows that Gossipsub as shipped needs fewer copies and bytes than Floodsub', async () => {
  const [flood, gossip] = await startSimulation({ graph: { kind: 'random', nodes: 8, degree: 7 }, contenders: ['floodsub', 'gossipsub'], posts: POSTS })
  expect(flood?.delivered).toBe(1)
  expect(gossip?.delivered).toBe(1)
  // Everybody sends to all neighbours but the one it came from: 8 × 7 − 7 copies, of which 7 are needed.
  expect(flood?.duplicatesPerPost).toBeCloseTo((8 * 7 - 7 - 7) / 8, 5)
  expect(gossip?.duplicatesPerPost).toBeLessThan(flood?.duplicatesPerPost ?? 0)
  expect(gossip?.bytesPerPost).toBeLessThan(flood?.bytesPerPost ?? 0)
}, WITHIN)

it('stops when it is told to', async () => {
  const stop = new AbortController()
  const run = startSimulation({ graph: { kind: 'random', nodes: 30, degree: 4 }, contenders: ['floodsub'], posts: 1_000 }, {
    signal: stop.signal,
    onProgress: () => { stop.abort(new Error('enough')) }
  })
  await expect(run).rejects.toThrow('enough')
})

it.each([
  { graph: { kind: 'random', nodes: 101, degree: 4 }, posts: 10 },
  { graph: { kind: 'random', nodes: 10, degree: 10 }, posts: 10 },
  { graph: { kind: 'diamond' }, posts: 0 }
] as const)('refuses what is out of bounds: %j', async (options) => {
  await expect(startSimulation({ contenders: ['floodsub'], ...options })).rejects.toMatchObject({ name: 'NodeError', code: 'ERR_BAD_SIMULATION' })
})
