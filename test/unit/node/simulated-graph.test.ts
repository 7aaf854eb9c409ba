import { expect, it } from 'vitest'
import { createRandom, makeGraph } from '../../../main/node/simulation/graph.ts'

it.each([[4, 2], [4, 3], [10, 4], [11, 4], [10, 5], [11, 5], [50, 8], [100, 20]])('gives each of %i nodes %i neighbours, all connected', (nodes, degree) => {
  for (let seed = 0; seed < 20; seed++) {
    const { edges } = makeGraph({ kind: 'random', nodes, degree }, createRandom(seed))
    const neighbours = Array.from({ length: nodes }, () => new Set<number>())
    for (const [a, b] of edges) {
      expect(a).not.toBe(b)
      neighbours[a]?.add(b)
      neighbours[b]?.add(a)
    }
    const isOdd = nodes % 2 === 1 && degree % 2 === 1
    expect(neighbours.filter(({ size }) => size === degree).length).toBe(isOdd ? nodes - 1 : nodes)
    expect(edges.length).toBe(Math.floor(nodes * degree / 2))
    const reached = new Set([0])
    for (const node of reached) neighbours[node]?.forEach((next) => reached.add(next))
    expect(reached.size).toBe(nodes)
  }
})

it('makes the same network of the same seed, and another of another', () => {
  const make = (seed: number): unknown => makeGraph({ kind: 'random', nodes: 20, degree: 4 }, createRandom(seed)).edges
  expect(make(1)).toEqual(make(1))
  expect(make(1)).not.toEqual(make(2))
})
