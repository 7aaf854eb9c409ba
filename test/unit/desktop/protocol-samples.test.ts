import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createProtocolSamples, type ProtocolSamples } from '../../../main/desktop/protocols/samples.ts'
import type { ProtocolSample, Push } from '../../../preload/contract/index.ts'
import { FakeNode } from '../support/fake-node.ts'

let node: FakeNode
let running: FakeNode | undefined
let pushed: Push[]
let samples: ProtocolSamples
let ending: AbortController

const come = (protocol: 'gossipsub' | 'floodsub', first: number, duplicates: number, bytesIn: number): void => {
  const was = node.pubsub.came[protocol]
  node.pubsub.came[protocol] = { first: was.first + first, duplicates: was.duplicates + duplicates, bytesIn: was.bytesIn + bytesIn }
}
const shown = (all: readonly ProtocolSample[]): unknown => all.map(({ protocol, posts, duplicates, bytes, times }) => [protocol, posts, duplicates, bytes, times])

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 })
  node = new FakeNode('12D3me')
  running = node
  pushed = []
  ending = new AbortController()
  samples = createProtocolSamples({ node: () => running, signal: ending.signal, pushes: { push: (event, value) => { pushed.push({ event, value } as Push) } } })
})
afterEach(() => {
  ending.abort()
  vi.useRealTimers()
})

it('keeps what came, in spans of a quarter of a minute, each protocol for itself', async () => {
  come('gossipsub', 2, 1, 900)
  samples.heard(120)
  samples.heard(-5_000)
  await vi.advanceTimersByTimeAsync(15_000)
  node.pubsub.state = { current: 'floodsub', waiting: 0 }
  come('floodsub', 3, 4, 2_000)
  come('gossipsub', 0, 0, 50)
  samples.heard(80)
  const all = samples.watch()
  expect(shown(all)).toEqual([['gossipsub', 2, 1, 900, [120, 0]], ['floodsub', 3, 4, 2_000, [80]], ['gossipsub', 0, 0, 50, []]])
  expect(all.map(({ from, to }) => [from, to])).toEqual([[1_000_000, 1_015_000], [1_015_000, 1_015_000], [1_015_000, 1_015_000]])
})

it('leaves out spans in which nothing came, and those older than 15 minutes', async () => {
  come('gossipsub', 1, 0, 300)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(samples.watch()).toHaveLength(1)
  samples.unwatch()
  await vi.advanceTimersByTimeAsync(14 * 60_000 + 15_000)
  expect(samples.watch()).toEqual([])
})

it('pushes only while a window watches, and only what changed', async () => {
  come('gossipsub', 1, 0, 300)
  await vi.advanceTimersByTimeAsync(20_000)
  expect(pushed).toEqual([])
  samples.watch()
  await vi.advanceTimersByTimeAsync(3_000)
  expect(pushed).toEqual([])
  come('gossipsub', 1, 2, 300)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(pushed).toMatchObject([{ event: 'protocol-sample:change', value: { protocol: 'gossipsub', from: 1_015_000, posts: 1, duplicates: 2, bytes: 300 } }])
  samples.unwatch()
  come('gossipsub', 1, 2, 300)
  await vi.advanceTimersByTimeAsync(20_000)
  expect(pushed).toHaveLength(1)
})

it('stops pushing when a window has not asked again for 30 s', async () => {
  samples.watch()
  await vi.advanceTimersByTimeAsync(31_000)
  come('gossipsub', 1, 0, 300)
  await vi.advanceTimersByTimeAsync(20_000)
  expect(pushed).toEqual([])
  expect(vi.getTimerCount()).toBe(1)
})

it('counts on from nothing when the node is made anew, and keeps what was', async () => {
  come('gossipsub', 5, 5, 5_000)
  await vi.advanceTimersByTimeAsync(15_000)
  running = undefined
  samples.heard(10)
  await vi.advanceTimersByTimeAsync(15_000)
  node = new FakeNode('12D3me')
  running = node
  come('gossipsub', 1, 0, 200)
  expect(shown(samples.watch())).toEqual([['gossipsub', 5, 5, 5_000, []], ['gossipsub', 1, 0, 200, []]])
})

it('holds no more than 200 times in a span, and 60 spans, whatever comes', async () => {
  for (let span = 0; span < 100; span++) {
    come('gossipsub', 500, 0, 1)
    for (let post = 0; post < 500; post++) samples.heard(post)
    await vi.advanceTimersByTimeAsync(15_000)
  }
  const all = samples.watch()
  expect(all.length).toBeLessThanOrEqual(60)
  expect(Math.max(...all.map(({ times }) => times.length))).toBe(200)
})

it('ends with the session', () => {
  samples.watch()
  ending.abort()
  expect(vi.getTimerCount()).toBe(0)
})
