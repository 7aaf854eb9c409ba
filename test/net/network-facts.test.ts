import { afterEach, expect, it } from 'vitest'
import type { NetworkPeer } from '../../preload/contract/index.ts'
import type { Traffic } from '../../main/node/types.ts'
import { startDesktop, startRelay } from './support/desktops.ts'
import { TestNet, TOPIC } from './support/test-net.ts'
import { until } from './support/until.ts'

const net = new TestNet()
afterEach(async () => net.stop())

it('a relay shows as a hub, a person behind it as reached through it, with bytes, round trip and what they say of themselves', async () => {
  const relay = await startRelay(net)
  const ada = await startDesktop(net, { relays: [relay.candidate] })
  await until(() => ada.node.reachability.state.state === 'relayed', 10_000, 'Ada is reachable')
  const bo = await startDesktop(net, { relays: [relay.candidate] })
  const seen = (id: string): NetworkPeer | undefined => ada.node.network.peers().find(({ peerId }) => peerId === id)
  await until(() => seen(bo.node.peerId)?.topics.includes(TOPIC) === true && seen(bo.node.peerId)?.mesh.includes(TOPIC) === true, 15_000, 'Bo is there, and in the mesh')
  await until(() => seen(bo.node.peerId)?.links[0]?.rtt !== undefined, 10_000, 'the round trip is measured')

  expect(seen(relay.id)).toMatchObject({ role: 'hub', relays: true, links: [{ transport: 'tcp', direction: 'out' }] })
  expect(seen(relay.id)?.agent).toContain('natter-relay')
  expect(seen(bo.node.peerId)?.agent).toContain('natter-desktop')
  expect(seen(relay.id)?.links[0]).not.toHaveProperty('relay')
  expect(seen(bo.node.peerId)).toMatchObject({ role: 'person', relays: false, links: [{ relay: relay.id, transport: 'tcp' }] })
  expect(seen(bo.node.peerId)?.addresses.length).toBeGreaterThan(0)

  const traffic: Traffic[] = []
  ada.node.pubsub.on('traffic', (one) => { traffic.push(one) })
  const before = seen(bo.node.peerId)?.links[0]
  const data = new Uint8Array(50_000).fill(7)
  await ada.node.pubsub.publish(TOPIC, data)
  await until(() => bo.inbox.length === 1, 10_000, 'Bo has it')
  const after = seen(bo.node.peerId)?.links[0]
  const sent = (after?.bytesOut ?? 0) - (before?.bytesOut ?? 0)
  // By the circuit or by the hub, whichever comes first; the other may be told that it is not wanted any more.
  const byHub = (seen(relay.id)?.links[0]?.bytesOut ?? 0)
  expect(sent + byHub).toBeGreaterThan(50_000)
  expect(sent).toBeLessThan(60_000)
  expect(traffic.filter(({ direction }) => direction === 'out').map(({ peer }) => peer).sort()).toEqual([bo.node.peerId, relay.id].sort())
  await bo.node.pubsub.publish(TOPIC, new Uint8Array(10))
  // Ada's own post comes back too, from who had it by another way first: a duplicate.
  await until(() => traffic.some(({ direction, topic, duplicate }) => direction === 'in' && topic === TOPIC && !duplicate), 10_000, 'what comes is told')

  const tally = seen(bo.node.peerId)?.tallies[0]
  expect(tally).toMatchObject({ protocol: 'gossipsub', topics: [{ topic: TOPIC }] })
  expect(tally?.topics[0]).not.toHaveProperty('peer')
  const copies = (id: string): number => seen(id)?.tallies.flatMap(({ topics }) => topics).reduce((sum, { first, duplicates }) => sum + first + duplicates, 0) ?? 0
  const firsts = [bo.node.peerId, relay.id].map((id) => seen(id)?.tallies[0]?.topics[0]?.first ?? 0)
  expect(firsts.sort()).toEqual([0, 1])
  expect(copies(bo.node.peerId) + copies(relay.id)).toBeGreaterThan(0)
  expect(tally?.control.controlIn).toBeGreaterThan(0)

  // Another protocol has figures of its own, which stand first while it is in use.
  await ada.node.pubsub.switchTo('floodsub')
  await until(() => seen(bo.node.peerId)?.tallies[0]?.protocol === 'floodsub', 10_000, 'Bo is spoken to with Floodsub')
  expect(seen(bo.node.peerId)?.tallies[1]?.protocol).toBe('gossipsub')

  await bo.node.stop()
  await until(() => seen(bo.node.peerId) === undefined, 15_000, 'who left is gone')
})

it('what a relay limits shows what is left of it', async () => {
  const relay = await net.plainRelay({ reservations: { defaultDurationLimit: 60_000, defaultDataLimit: 1_000_000n } })
  const candidate = { address: relay.address.toString(), source: { kind: 'settings' }, approved: true } as const
  const ada = await startDesktop(net, { relays: [candidate] })
  await until(() => ada.node.reachability.state.state === 'relayed', 10_000, 'Ada is reachable')
  const bo = await startDesktop(net, { relays: [candidate] })
  await bo.node.people.know({ record: await ada.node.people.ownRecord(), topics: [TOPIC] })
  const link = (): NetworkPeer['links'][number] | undefined => bo.node.network.peers().find(({ peerId }) => peerId === ada.node.peerId)?.links[0]
  await until(() => link()?.limit !== undefined, 15_000, 'Bo has a circuit to Ada')
  const first = link()?.limit
  expect(first?.bytes).toBeGreaterThan(500_000)
  expect(first?.bytes).toBeLessThan(1_000_000)
  const lasts = (first?.until ?? 0) - (link()?.since ?? 0)
  expect(lasts).toBeGreaterThan(55_000)
  expect(lasts).toBeLessThan(65_000)
  await until(() => bo.node.network.peers().some(({ peerId, mesh }) => peerId === ada.node.peerId && mesh.includes(TOPIC)), 10_000, 'posts can go')
  await bo.node.pubsub.publish(TOPIC, new Uint8Array(20_000))
  await until(() => (link()?.limit?.bytes ?? Infinity) < (first?.bytes ?? 0) - 20_000, 10_000, 'less is left')
  expect(link()?.limit?.until).toBe(first?.until)
  expect(bo.node.network.peers().find(({ peerId }) => peerId === relay.id)).toMatchObject({ role: 'relay', relays: true })
})
