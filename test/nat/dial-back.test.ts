import { afterEach, beforeEach, expect, it } from 'vitest'
import { until } from './support/agent-process.ts'
import { ADDRESS } from './support/network.ts'
import { reserved, Scene, state } from './support/scene.ts'

let scene: Scene
beforeEach(() => { scene = new Scene() })
afterEach(async () => { await scene.close() })

it('claims direct on a public address after the relay dialled it, and behind a NAT never', async () => {
  const relay = await scene.relay('relay')
  const [inside, outside] = await Promise.all([scene.desktop('a', 'gossipsub'), scene.desktop('relay2', 'gossipsub')])
  for (const { agent } of [inside, outside]) {
    await agent.call('relays', [relay.address])
  }
  await until('the public desktop to be direct', 10_000, async () => (await state(outside)).reachability.state === 'direct')
  expect((await state(outside)).reachability.address).toBe(`/ip4/${ADDRESS.relay2}/tcp/${String(outside.port)}`)
  // Others learn the proven address: it is in what the desktop announces.
  await until('the proven address to be announced', 5_000, async () =>
    (await outside.agent.call<readonly string[]>('addresses')).some((address) => address.startsWith(`/ip4/${ADDRESS.relay2}/tcp/${String(outside.port)}/`)))

  await reserved(inside, relay)
  const tried = `dialled /ip4/${ADDRESS.natA}/tcp/${String(inside.port)} and did not reach us`
  await until('the failed dial-back to be said', 12_000, async () => (await state(inside)).reachability.evidence.some(({ text }) => text.includes(tried)))
  expect((await state(inside)).reachability.state).toBe('relayed')
})
