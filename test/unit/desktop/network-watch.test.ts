import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createNetworkWatch, type NetworkWatch } from '../../../main/desktop/network-watch.ts'
import type { Running } from '../../../main/desktop/session.ts'
import type { NetworkPeer, Push } from '../../../preload/contract/index.ts'
import { FakeNode } from '../support/fake-node.ts'

const link = { id: 'one', address: '/ip4/203.0.113.7/tcp/1', transport: 'tcp', direction: 'out', bytesIn: 1, bytesOut: 2, since: 5 } as const
const peer = (peerId: string, more: Partial<NetworkPeer> = {}): NetworkPeer => ({ peerId, role: 'person', relays: false, agent: '', topics: [], mesh: [], tallies: [], addresses: [], links: [link], ...more })

let node: FakeNode
let running: Running | undefined
let pushed: Push[]
let watch: NetworkWatch
let ending: AbortController

beforeEach(() => {
  vi.useFakeTimers()
  node = new FakeNode('12D3me')
  node.connected = [peer('a'), peer('b')]
  running = { node } as unknown as Running
  pushed = []
  ending = new AbortController()
  watch = createNetworkWatch({ session: { running: () => running, signal: ending.signal }, pushes: { push: (event, value) => { pushed.push({ event, value } as Push) } } })
})
afterEach(() => {
  watch.unwatch()
  vi.useRealTimers()
})

it('answers everybody, then pushes only what changed, four times a second', async () => {
  expect(watch.watch().map(({ peerId }) => peerId)).toEqual(['a', 'b'])
  await vi.advanceTimersByTimeAsync(1_000)
  expect(pushed).toEqual([])
  node.connected = [peer('b', { links: [{ ...link, bytesIn: 9 }] }), peer('c')]
  await vi.advanceTimersByTimeAsync(249)
  node.connected = [peer('b', { links: [{ ...link, bytesIn: 10 }] }), peer('c')]
  await vi.advanceTimersByTimeAsync(1_000)
  expect(pushed.map(({ event, value }) => [event, (value as { peerId: string }).peerId])).toEqual([['network-peer:remove', 'a'], ['network-peer:change', 'b'], ['network-peer:change', 'c']])
  expect(pushed[1]).toMatchObject({ value: { links: [{ bytesIn: 10 }] } })
})

it('counts what passes between two pushes, by peer and direction, duplicates apart', async () => {
  watch.watch()
  const pass = { peer: 'a', topic: 't', direction: 'in', duplicate: false } as const
  for (const each of [pass, pass, { ...pass, duplicate: true }, { ...pass, direction: 'out' as const }]) node.pubsub.emit('traffic', each)
  await vi.advanceTimersByTimeAsync(500)
  expect(pushed).toEqual([{ event: 'traffic:pass', value: [
    { peerId: 'a', direction: 'in', duplicate: false, posts: 2 }, { peerId: 'a', direction: 'in', duplicate: true, posts: 1 }, { peerId: 'a', direction: 'out', duplicate: false, posts: 1 }
  ] }])
})

it('costs nothing while nobody looks: it never began, was told to stop, or was not asked again for 30 s', async () => {
  expect(vi.getTimerCount()).toBe(0)
  watch.watch()
  expect(node.pubsub.listenerCount('traffic')).toBe(1)
  watch.unwatch()
  expect([vi.getTimerCount(), node.pubsub.listenerCount('traffic')]).toEqual([0, 0])
  watch.watch()
  await vi.advanceTimersByTimeAsync(29_000)
  watch.watch()
  await vi.advanceTimersByTimeAsync(29_000)
  expect(vi.getTimerCount()).toBe(1)
  await vi.advanceTimersByTimeAsync(2_000)
  expect([vi.getTimerCount(), node.pubsub.listenerCount('traffic')]).toEqual([0, 0])
  watch.watch()
  ending.abort()
  expect(vi.getTimerCount()).toBe(0)
})

it('follows the node when it is made anew, and has nobody to show between the two', async () => {
  watch.watch()
  running = undefined
  await vi.advanceTimersByTimeAsync(250)
  expect(pushed.map(({ event }) => event)).toEqual(['network-peer:remove', 'network-peer:remove'])
  expect(node.pubsub.listenerCount('traffic')).toBe(0)
  const next = new FakeNode('12D3me')
  next.connected = [peer('c')]
  running = { node: next } as unknown as Running
  await vi.advanceTimersByTimeAsync(250)
  expect(pushed.at(-1)).toMatchObject({ event: 'network-peer:change', value: { peerId: 'c' } })
  expect(next.pubsub.listenerCount('traffic')).toBe(1)
})
