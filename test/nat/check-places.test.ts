import { afterEach, expect, it } from 'vitest'
import { generateIdentity, peerIdOf } from '../../main/node/identity.ts'
import { until } from './support/agent-process.ts'
import { alone, check } from './support/checked.ts'
import { reserved, Scene, state } from './support/scene.ts'

// 'Why can't I connect?' where a relay answers, and does not listen for us: it is asked why.

/** In the network of the relays; no computer has it. */
const NOBODY = '44.0.0.99'

let scene: Scene | undefined
afterEach(async () => {
  await scene?.close()
  scene = undefined
})

it('a relay that is full', async () => {
  scene = new Scene()
  const relay = await scene.relay('relay', ['--max-reservations', '1'])
  const other = await scene.desktop('relay2', 'gossipsub')
  await other.agent.call('relays', [relay.address])
  await reserved(other, relay)
  const a = await alone(scene, [relay])
  await until('the refusal', 10_000, async () => (await state(a)).relays[0]?.state === 'refused')
  const { of, cause } = await check(a)
  expect(cause).toBe('place')
  expect(of('relays')).toMatchObject({ state: 'good' })
  expect(of('place')).toMatchObject({ state: 'bad', words: 'No relay listens for you. It is full.', advice: expect.stringMatching(/max-reservations/u) as string })
})

it('a relay that lets nobody in whom its owner did not name', async () => {
  scene = new Scene()
  const relay = await scene.relay('relay', ['--allow', peerIdOf(await generateIdentity())])
  const a = await alone(scene, [relay])
  await until('the refusal', 10_000, async () => (await state(a)).relays[0]?.state === 'refused')
  const { of, cause } = await check(a)
  expect(cause).toBe('place')
  expect(of('place')).toMatchObject({ state: 'bad', words: expect.stringMatching(/people whom its owner named/u) as string })
})

it('a relay that has as many people of one address as it takes', async () => {
  scene = new Scene()
  const relay = await scene.relay('relay', ['--max-reservations-per-address', '1'])
  const first = await alone(scene, [relay])
  await reserved(first, relay)
  const second = await alone(scene, [relay])
  await until('the refusal', 10_000, async () => (await state(second)).relays[0]?.state === 'refused')
  const { of, cause } = await check(second)
  expect(cause).toBe('place')
  expect(of('relays')).toMatchObject({ state: 'good' })
  expect(of('place')).toMatchObject({ state: 'bad', words: 'No relay listens for you. It takes no more people from this address.', advice: expect.stringMatching(/^Many people behind one address/u) as string })
})

it('a relay that is about to close, for who has a place there and for who comes', async () => {
  scene = new Scene()
  const relay = await scene.relay('relay', ['--drain-seconds', '120'])
  const nowhere = { address: `/ip4/${NOBODY}/tcp/4001/p2p/${peerIdOf(await generateIdentity())}` }
  // It says that it moves, and the other relay never answers: so this one goes on waiting for it.
  const held = await alone(scene, [relay])
  await reserved(held, relay)
  await held.agent.call('relays', [relay.address, nowhere.address])
  relay.agent.signal('SIGTERM')
  await relay.agent.event('draining', 10_000)
  await until('the notice', 10_000, async () => (await state(held)).relays[0]?.detail === 'It is closing down, and no other relay listens for us yet.')
  const late = await scene.desktop('b', 'gossipsub')
  await late.agent.call('relays', [relay.address])
  await until('the refusal', 10_000, async () => (await state(late)).relays[0]?.state === 'refused')

  const [staying, refused] = await Promise.all([check(held), check(late)])
  expect(staying.of('place')).toMatchObject({ state: 'warn', words: 'The only relay that listens for you is about to close.', advice: expect.stringMatching(/^Add another relay/u) as string })
  expect(refused.cause).toBe('place')
  expect(refused.of('relays')).toMatchObject({ state: 'good' })
  expect(refused.of('place')).toMatchObject({ state: 'bad', words: expect.stringMatching(/^No relay listens for you\. It is closing down/u) as string, advice: expect.stringMatching(/^Natter takes a place again once the relay is back/u) as string })
})
