import { afterEach, beforeEach, expect, it } from 'vitest'
import { until } from './support/agent-process.ts'
import { bringTogether, circuit, post, postMany, reserved, Scene, shows, state } from './support/scene.ts'

let scene: Scene
beforeEach(() => { scene = new Scene() })
afterEach(async () => { await scene.close() })

it.each([['a hub', []], ['no hub', ['--no-hub']]] as const)('crosses posts again after the relay, %s, was killed and came back', async (_, flags) => {
  const relay = await scene.relay('relay', [...flags])
  const [a, b] = await Promise.all([scene.desktop('a', 'gossipsub'), scene.desktop('b', 'floodsub')])
  await bringTogether(a, b, [relay])
  await circuit(b, a, [relay])

  await relay.agent.end('SIGKILL')
  const killed = Date.now()
  await until('the loss to be noticed', 1_000, async () => (await state(a)).reachability.state !== 'relayed')
  expect(Date.now() - killed).toBeLessThan(1_000)
  await post(a, 'while it was away')
  await until('offline to be said', 15_000, async () => (await state(a)).reachability.state === 'offline')

  const back = await scene.relay('relay', [...flags])
  expect(back.peerId).toBe(relay.peerId)
  await Promise.all([reserved(a, back, 10_000), reserved(b, back, 10_000)])
  await Promise.all([post(a, 'again from Ada'), post(b, 'again from Bo')])
  await Promise.all([shows(b, ['while it was away', 'again from Ada'], 15_000), shows(a, ['again from Bo'], 15_000)])
})

it('is taken over by a second relay', async () => {
  const [first, second] = await Promise.all([scene.relay('relay'), scene.relay('relay2')])
  const [a, b] = await Promise.all([scene.desktop('a', 'gossipsub'), scene.desktop('b', 'gossipsub')])
  await bringTogether(a, b, [first, second])
  const before = await circuit(b, a, [first, second])
  await Promise.all([first, second].flatMap((relay) => [reserved(a, relay), reserved(b, relay)]))

  const used = before.path.kind === 'circuit' && before.path.relay === first.peerId ? first : second
  const other = used === first ? second : first
  await used.agent.end('SIGKILL')
  await until('the other relay alone', 2_000, async () => {
    const { through } = (await state(a)).reachability
    return through.length === 1 && through[0]?.relay === other.peerId
  })
  await circuit(b, a, [other], 15_000)
  const [fromA, fromB] = await Promise.all([postMany(a, 'over the other', 10), postMany(b, 'answer', 10)])
  await Promise.all([shows(b, fromA), shows(a, fromB)])
})

it('notices a relay that freezes within 15 s, and goes on when it thaws', async () => {
  const relay = await scene.relay('relay')
  const [a, b] = await Promise.all([scene.desktop('a', 'gossipsub'), scene.desktop('b', 'gossipsub')])
  await bringTogether(a, b, [relay])
  await circuit(b, a, [relay])
  relay.agent.signal('SIGSTOP')
  await until('the freeze to be noticed', 15_000, async () => (await state(a)).reachability.state !== 'relayed')
  relay.agent.signal('SIGCONT')
  await Promise.all([reserved(a, relay, 15_000), reserved(b, relay, 15_000)])
  await post(a, 'thawed')
  await shows(b, ['thawed'])
})

it.each(['gossipsub', 'floodsub'] as const)('goes on over a limited relay (128 KiB, 2 min) beyond its limits, %s', async (protocol) => {
  const relay = await scene.relay('relay', ['--no-hub', '--circuit-bytes', '131072', '--circuit-seconds', '120'])
  const [a, b] = await Promise.all([scene.desktop('a', protocol), scene.desktop('b', protocol)])
  await bringTogether(a, b, [relay])
  const person = await circuit(b, a, [relay])
  expect(person.path).toMatchObject({ limited: true })
  // 4 KiB each: three times what one circuit may carry.
  const text = (name: string, i: number): string => `${name} ${String(i)} ${'x'.repeat(4_096)}`
  for (let i = 0; i < 48; i++) {
    await Promise.all([post(a, text('from Ada', i)), post(b, text('from Bo', i))])
    await new Promise((resolve) => { setTimeout(resolve, 100) })
  }
  const last = await Promise.all([post(a, 'last from Ada'), post(b, 'last from Bo')])
  await Promise.all([shows(b, [last[0].text], 20_000), shows(a, [last[1].text], 20_000)])
})
