import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { isPng } from '../../../main/desktop/files/png.ts'
import { writeCsv } from '../../../main/desktop/files/simulation-csv.ts'
import { writeBytesWhole } from '../../../main/desktop/files/write-file.ts'
import { createSimulations } from '../../../main/desktop/protocols/simulations.ts'
import type { SimulationRun } from '../../../main/node/simulation/start-simulation.ts'
import type { SimulationOptions, SimulationRow } from '../../../main/node/simulation/types.ts'
import { NodeError } from '../../../main/node/errors.ts'
import type { Simulation, SimulationRequest } from '../../../preload/contract/index.ts'

const DIAMOND: SimulationRequest = { graph: { kind: 'diamond' }, posts: 20 }
const row = (protocol: SimulationRow['protocol'], copies: readonly number[]): SimulationRow => ({
  protocol, nodes: 4, degree: 2, delivered: 1, copies, duplicatesPerPost: 0.5, bytesPerPost: 412.25, p50Ms: 2.5, p99Ms: 7, cpuMsPer1000: 1
})

interface Started { readonly options: SimulationOptions, readonly run: SimulationRun, readonly finish: (rows: readonly SimulationRow[]) => void, readonly fail: (error: unknown) => void }

function bench (): { readonly simulations: ReturnType<typeof createSimulations>, readonly heard: Simulation[], readonly started: Started[] } {
  const heard: Simulation[] = []
  const started: Started[] = []
  let time = 0
  const simulations = createSimulations({
    pushes: { push: (_event, value) => { heard.push(value as Simulation) } },
    workerPath: '/worker.cjs',
    elapsed: () => time += 100,
    run: async (options, run) => {
      const { promise, resolve, reject } = Promise.withResolvers<readonly SimulationRow[]>()
      started.push({ options, run, finish: resolve, fail: reject })
      run.signal?.addEventListener('abort', () => { reject(run.signal?.reason as Error) })
      return promise
    }
  })
  return { simulations, heard, started }
}

describe('a simulation', () => {
  it('runs both protocols in the worker, Floodsub first, and is pushed as it begins, on its way and at its end', async () => {
    const { simulations, heard, started } = bench()
    expect(simulations.start(DIAMOND)).toMatchObject({ id: 1, state: 'running', request: DIAMOND, results: [] })
    expect(started[0]).toMatchObject({ options: { graph: { kind: 'diamond' }, posts: 20, contenders: ['floodsub', 'gossipsub'] }, run: { workerPath: '/worker.cjs' } })
    started[0]?.run.onProgress?.({ contender: 'gossipsub', stage: 'posting', done: 3, of: 20 })
    started[0]?.finish([row('floodsub', [0, 1, 2, 2]), row('gossipsub', [0, 1, 1, 1])])
    await expect.poll(() => simulations.last()?.state).toBe('done')
    expect(heard.map(({ state, step }) => [state, step?.done])).toEqual([['running', undefined], ['running', 3], ['done', undefined]])
    expect(heard.at(-1)?.results.map(({ protocol, copies }) => [protocol, copies[3]])).toEqual([['floodsub', 2], ['gossipsub', 1]])
    expect(heard.at(-1)?.took).toBeGreaterThan(0)
    expect(structuredClone(heard.at(-1))).toEqual(heard.at(-1))
  })

  it('is ended by a stop, and by the next one', async () => {
    const { simulations, heard, started } = bench()
    simulations.start(DIAMOND)
    simulations.stop()
    expect([started[0]?.run.signal?.aborted, heard.at(-1)?.state]).toEqual([true, 'stopped'])
    simulations.stop()
    expect(heard).toHaveLength(2)
    simulations.start(DIAMOND)
    simulations.start({ graph: { kind: 'random', nodes: 8, degree: 3 }, posts: 1 })
    expect(started.map(({ run }) => run.signal?.aborted)).toEqual([true, true, false])
    started[1]?.run.onProgress?.({ contender: 'floodsub', stage: 'posting', done: 1, of: 20 })
    await new Promise((resolve) => { setImmediate(resolve) })
    expect(simulations.last()).toMatchObject({ id: 3, state: 'running' })
    expect(simulations.last()?.step).toBeUndefined()
  })

  it('says in words why it failed', async () => {
    const { simulations, started } = bench()
    simulations.start(DIAMOND)
    started[0]?.fail(new NodeError('ERR_BAD_SIMULATION', 'A simulated network has 4 to 100 nodes.'))
    await expect.poll(() => simulations.last()?.state).toBe('failed')
    expect(simulations.last()?.trouble).toBe('A simulated network has 4 to 100 nodes.')
  })
})

it('a CSV holds every figure as it is', () => {
  expect(writeCsv({ request: DIAMOND, results: [row('floodsub', [0, 1, 2, 2]), row('gossipsub', [0, 1, 1, 1.05])].flatMap(({ cpuMsPer1000: _, ...rest }) => rest.protocol === 'gossipsub-stock' ? [] : [{ ...rest, protocol: rest.protocol }]) })).toBe(
    'network,nodes,neighbours,posts,protocol,delivered,duplicates_per_post_and_node,bytes_per_post_and_node,p50_ms,p99_ms,copies_per_post_at_node_1,copies_per_post_at_node_2,copies_per_post_at_node_3,copies_per_post_at_node_4\r\n' +
    'diamond,4,2,20,floodsub,1,0.5,412.25,2.5,7,0,1,2,2\r\n' +
    'diamond,4,2,20,gossipsub,1,0.5,412.25,2.5,7,0,1,1,1.05\r\n')
})

describe('a picture', () => {
  const chunk = (type: string, data: Uint8Array): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.byteLength)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, sum])
  }
  const head = (width: number, height: number): Buffer => {
    const data = Buffer.alloc(13)
    data.writeUInt32BE(width, 0)
    data.writeUInt32BE(height, 4)
    data.set([8, 0], 8)
    return chunk('IHDR', data)
  }
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const data = chunk('IDAT', deflateSync(Buffer.from([0, 0])))
  const end = chunk('IEND', new Uint8Array())
  const whole = Buffer.concat([signature, head(1, 1), data, end])

  it('is a whole PNG and nothing else', () => {
    expect(isPng(whole)).toBe(true)
    expect(isPng(new Uint8Array(Buffer.concat([Buffer.from('xx'), whole])).subarray(2))).toBe(true)
    const flipped = Buffer.from(whole)
    flipped[20] = 9
    const wrong: readonly Uint8Array[] = [
      new Uint8Array(), signature, Buffer.from('#!/bin/sh\n'), whole.subarray(0, -1), Buffer.concat([whole, Buffer.from('PK')]), flipped,
      Buffer.concat([signature, head(1, 1), end]), Buffer.concat([signature, data, end]), Buffer.concat([signature, head(8_193, 1), data, end]), Buffer.concat([signature, head(0, 1), data, end])
    ]
    expect(wrong.map(isPng)).toEqual(wrong.map(() => false))
  })

  it('is written whole, or a sentence says why not', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'natter-picture-'))
    try {
      await writeBytesWhole(join(folder, 'a.png'), whole)
      expect(new Uint8Array(await readFile(join(folder, 'a.png')))).toEqual(new Uint8Array(whole))
      await expect(writeBytesWhole(join(folder, 'none', 'a.png'), whole)).rejects.toMatchObject({ code: 'ERR_FILE' })
      expect(await readdir(folder)).toEqual(['a.png'])
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
