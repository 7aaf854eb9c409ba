import { describe, expect, it } from 'vitest'
import type { ProtocolSample, SimulationResult } from '../../../preload/contract/index.ts'
import { columnsOf, figureRows, MEASURES, protocolsOf, recent, share, timeWords } from '../../../renderer/logic/protocols/figures.ts'
import { copyRows, outcomeWords, progressOf, readForm, remarkWords, requestWords, resultRows, stepWords } from '../../../renderer/logic/protocols/simulation.ts'

const NOW = 1_800_000_000_000
const sample = (minutesAgo: number, more: Partial<ProtocolSample> = {}): ProtocolSample => ({
  protocol: 'gossipsub', from: NOW - minutesAgo * 60_000, to: NOW - minutesAgo * 60_000 + 15_000, posts: 2, duplicates: 1, bytes: 900, times: [40, 60], ...more
})

describe('the last 15 minutes', () => {
  const flood = sample(4, { protocol: 'floodsub', posts: 4, duplicates: 8, bytes: 4_000, times: [30, 1_500, 20, 10] })
  const all = [sample(16), sample(5), flood, sample(2, { posts: 0, duplicates: 0, bytes: 100, times: [] })]

  it('leave out what is older', () => {
    expect(recent(all, NOW)).toEqual(all.slice(1))
  })

  it('show the protocol in use, and the other where posts came under it', () => {
    expect(protocolsOf([], 'gossipsub')).toEqual(['gossipsub'])
    expect(protocolsOf(all, 'gossipsub')).toEqual(['floodsub', 'gossipsub'])
    expect(protocolsOf([sample(1, { posts: 0 })], 'floodsub')).toEqual(['floodsub'])
  })

  it('are summed up in a table; the bytes of spans without posts count too', () => {
    expect(figureRows(recent(all, NOW), ['floodsub', 'gossipsub']).map(({ cells }) => cells)).toEqual([['4', '2'], ['2.00', '0.50'], ['1,000', '500'], ['30 ms', '60 ms'], ['1.5 s', '60 ms']])
    expect(figureRows([], ['gossipsub']).map(({ cells }) => cells)).toEqual([['0'], ['–'], ['–'], ['–'], ['–']])
  })

  it('are a line for each protocol, with gaps where no post came', () => {
    const [duplicates] = MEASURES
    if (duplicates === undefined) throw new Error('none')
    expect(columnsOf(recent(all, NOW), ['floodsub', 'gossipsub'], duplicates, NOW)).toEqual([[-4.875, -3.875, -1.875], [null, 2, null], [0.5, null, null]])
    // Our clock may be set back: nothing lies in the future.
    expect(columnsOf([sample(-3)], ['gossipsub'], duplicates, NOW)[0]).toEqual([0])
  })

  it('have times as people read them', () => {
    expect([undefined, 0, 2.44, 34.5, 1_260].map(timeWords)).toEqual(['–', '0 ms', '2.4 ms', '35 ms', '1.3 s'])
    expect([share([], 0.5), share([3], 0.9), share([4, 1, 3, 2], 0.5)]).toEqual([undefined, 3, 3])
  })
})

describe('the form', () => {
  it('asks for the diamond or a random network', () => {
    expect(readForm({ kind: 'diamond', nodes: 'x', degree: '', posts: ' 20 ' })).toEqual({ request: { graph: { kind: 'diamond' }, posts: 20 } })
    expect(readForm({ kind: 'random', nodes: '30', degree: '8', posts: '1' })).toEqual({ request: { graph: { kind: 'random', nodes: 30, degree: 8 }, posts: 1 } })
  })

  it('says what is wrong at the field', () => {
    expect(readForm({ kind: 'random', nodes: '3', degree: '21', posts: '0' })).toEqual({ faults: { nodes: 'A whole number from 4 to 100.', degree: 'A whole number from 2 to 20.', posts: 'A whole number from 1 to 200.' } })
    expect(readForm({ kind: 'random', nodes: '6', degree: '6', posts: '1.5' })).toEqual({ faults: { nodes: '', degree: 'A whole number from 2 to 5.', posts: 'A whole number from 1 to 200.' } })
  })
})

describe('the way', () => {
  it('only goes forward', () => {
    const steps = (['floodsub', 'gossipsub'] as const).flatMap((protocol) => (['connecting', 'settling', 'warming', 'posting'] as const).flatMap((stage) => [{ protocol, stage, done: 0, of: 4 }, { protocol, stage, done: 4, of: 4 }]))
    const shares = [progressOf(undefined), ...steps.map(progressOf)]
    expect(shares).toEqual(shares.toSorted((a, b) => a - b))
    expect([shares[0], shares.at(-1)]).toEqual([0, 1])
  })

  it('is told in words', () => {
    expect([undefined, { protocol: 'floodsub', stage: 'connecting', done: 2, of: 4 } as const, { protocol: 'gossipsub', stage: 'posting', done: 3, of: 20 } as const].map(stepWords)).toEqual(['Making the network', 'Floodsub: connection 2 of 4', 'Gossipsub: post 3 of 20'])
    expect(requestWords({ graph: { kind: 'random', nodes: 30, degree: 8 }, posts: 1 })).toBe('30 peers with 8 neighbours each, 1 post of 200 bytes')
  })
})

describe('the outcome', () => {
  const result = (protocol: SimulationResult['protocol'], more: Partial<SimulationResult> = {}): SimulationResult => ({
    protocol, nodes: 4, degree: 2, delivered: 1, copies: [0, 1, 2, 2], duplicatesPerPost: 0.5, bytesPerPost: 412.25, p50Ms: 2.5, p99Ms: 71, ...more
  })
  const request = { graph: { kind: 'diamond' }, posts: 20 } as const
  const results = [result('floodsub'), result('gossipsub', { copies: [0, 1, 1, 1.05], delivered: 0.995 })]

  it('of the diamond says how often peer 4 gets each post', () => {
    expect(outcomeWords({ request, results })).toBe('Under Floodsub peer 4 gets 2 copies of each post, under Gossipsub 1.05.')
    expect(copyRows({ request, results }).rows).toEqual([{ title: 'Floodsub', cells: ['0 copies', '1 copy', '2 copies', '2 copies'] }, { title: 'Gossipsub', cells: ['0 copies', '1 copy', '1 copy', '1.05 copies'] }])
  })

  it('of the diamond says why both are alike, where they are', () => {
    expect(remarkWords({ request, results })).toMatch(/^With two neighbours each, Gossipsub keeps both in its mesh/u)
    expect(remarkWords({ request, results: [result('floodsub'), result('gossipsub', { duplicatesPerPost: 0.25 })] })).toBe('')
  })

  it('of a random network compares bytes and duplicates', () => {
    const graph = { kind: 'random', nodes: 30, degree: 8 } as const
    expect(outcomeWords({ request: { graph, posts: 20 }, results: [result('floodsub', { bytesPerPost: 1_000, duplicatesPerPost: 6 }), result('gossipsub', { bytesPerPost: 640, duplicatesPerPost: 1.833 })] }))
      .toBe('Gossipsub sends 36 % fewer bytes than Floodsub here: 1.83 duplicates a post and peer, where Floodsub makes 6.')
    expect(copyRows({ request: { graph, posts: 20 }, results }).rows[0]?.cells).toEqual(['0', '1.25', '2'])
    expect(outcomeWords({ request, results: [] })).toBe('')
  })

  it('is a table, a column for each protocol', () => {
    expect(resultRows(results).map(({ cells }) => cells)).toEqual([['100 %', '99.5 %'], ['0.50', '0.50'], ['412', '412'], ['2.5 ms', '2.5 ms'], ['71 ms', '71 ms']])
  })
})
