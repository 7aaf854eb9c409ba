import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Protocol } from '../../preload/contract/index.ts'
import { bringTogether, circuit, postMany, Scene, shows, state } from './support/scene.ts'

let scene: Scene
beforeEach(() => { scene = new Scene() })
afterEach(async () => { await scene.close() })

it.each([
  ['gossipsub', 'floodsub', ['--no-hub']],
  ['floodsub', 'gossipsub', ['--no-hub']],
  ['gossipsub', 'floodsub', []]
] as const)('loses no own post when one side goes from %s to %s in mid-conversation, relay flags %j', async (from, to, flags) => {
  const relay = await scene.relay('relay', [...flags])
  const [a, b] = await Promise.all([scene.desktop('a', from), scene.desktop('b', from)])
  await bringTogether(a, b, [relay])
  await Promise.all([circuit(a, b, [relay]), circuit(b, a, [relay])])

  // Two switches, to and back, while one's own posts go on.
  const posting = postMany(a, 'while switching', 150)
  const switched = async (protocol: Protocol): Promise<number> => {
    const start = Date.now()
    await a.agent.call('switch', protocol)
    return Date.now() - start
  }
  const took = [await switched(to), await switched(from)]
  const texts = await posting
  expect(Math.max(...took)).toBeLessThan(2_000)
  await shows(b, texts, 20_000)
  expect((await state(a)).protocol).toMatchObject({ current: from, waiting: 0 })

  await a.agent.call('switch', to)
  const [fromA, fromB] = await Promise.all([postMany(a, 'after', 20), postMany(b, 'answer', 20)])
  await Promise.all([shows(b, fromA), shows(a, fromB)])
})
