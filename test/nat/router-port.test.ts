import { afterEach, expect, it, vi } from 'vitest'
import { until } from './support/agent-process.ts'
import { ADDRESS } from './support/network.ts'
import { settled } from './support/pairs.ts'
import { openWindow, reachableDirectly } from './support/windows.ts'
import { bringTogether, postMany, Scene, shows, state } from './support/scene.ts'

// A router that leads a port to who asks for one, by UPnP: Debian's miniupnpd.

/** Milliseconds in which a router and a relay have answered. */
const SHOWN = { timeout: 45_000, interval: 300 }

let scene: Scene | undefined
afterEach(async () => {
  await scene?.close()
  scene = undefined
})

it('two networks that give every connection another port are passed where one router leads a port to us; switched off, it no longer does', async () => {
  scene = new Scene({ nat: { natA: 'random', natB: 'random' } })
  const current = scene
  await current.upnp('natA')
  const relay = await current.relay('relay', ['--no-hub'])
  const [a, b] = await Promise.all([current.desktop('a', 'gossipsub', { direct: true }), current.desktop('b', 'gossipsub', { direct: true })])
  await a.agent.call('relays', [relay.address])
  expect(current.portsAskedFor('natA')).toEqual([])

  await a.agent.call('routerPort', true)
  const address = `/ip4/${ADDRESS.natA}/tcp/${String(a.port)}`
  // Not the router's word counts: the relay dialled it.
  await until('the relay to reach us there', 30_000, async () => (await state(a)).reachability.state === 'direct', () => JSON.stringify(current.portsAskedFor('natA')))
  expect((await state(a)).reachability.address).toBe(address)
  expect(current.portsAskedFor('natA')).toEqual([`${String(a.port)} to ${ADDRESS.a}:${String(a.port)}`])

  await bringTogether(a, b, [relay])
  expect(await settled(a, b)).toMatchObject({ words: ['direct', 'direct'] })
  await shows(b, await postMany(a, 'from Ada', 5))

  await a.agent.call('routerPort', false)
  expect(current.portsAskedFor('natA')).toEqual([])
  await until('the relay to reach us no longer', 30_000, async () => (await state(a)).reachability.state !== 'direct')
  expect((await a.agent.call<readonly string[]>('addresses')).filter((each) => each.startsWith(`/ip4/${ADDRESS.natA}/`) && !each.includes('p2p-circuit'))).toEqual([])
})

it('where no router answers nothing is claimed, and the app stops at once', async () => {
  scene = new Scene()
  const relay = await scene.relay('relay')
  const a = await scene.desktop('a', 'gossipsub')
  await a.agent.call('relays', [relay.address])
  await a.agent.call('routerPort', true)
  await until('a place on the relay', 15_000, async () => (await state(a)).reachability.state === 'relayed')
  const start = performance.now()
  await a.agent.call('routerPort', false)
  expect(performance.now() - start).toBeLessThan(3_000)
})

it('the switch in Settings asks the router for a port, and gives it back', async () => {
  scene = new Scene()
  const current = scene
  await current.upnp('natA')
  const relay = await current.relay('relay')
  const ada = await openWindow(current, 'a')
  await ada.call('introduce', { name: 'Ada' })
  await ada.call('start', { topic: 'music' })
  expect(await ada.call('addRelay', { address: relay.address })).toBe('')
  expect(current.portsAskedFor('natA')).toEqual([])
  await ada.call('routerPort', { on: true })
  await reachableDirectly(ada, `/ip4/${ADDRESS.natA}/tcp/`)
  expect(current.portsAskedFor('natA')).toEqual([expect.stringMatching(new RegExp(`^\\d+ to ${ADDRESS.a}:\\d+$`, 'u'))])
  await ada.call('routerPort', { on: false })
  await vi.waitFor(() => { expect(current.portsAskedFor('natA')).toEqual([]) }, SHOWN)
  await ada.call('close')
})
