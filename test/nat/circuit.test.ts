import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ADDRESS } from './support/network.ts'
import { bringTogether, circuit, people, postMany, posts, reserved, Scene, shows, state, TOPIC, wrongClock } from './support/scene.ts'

// Two desktops, each behind a NAT of its own that drops every inbound
// connection. Only one of them is given the relay; the other gets an invite.

let scene: Scene
beforeEach(() => { scene = new Scene() })
afterEach(async () => { await scene.close() })

describe.each(['gossipsub', 'floodsub'] as const)('%s', (protocol) => {
  it('crosses posts both ways over a circuit, through a relay that is no hub', async () => {
    const relay = await scene.relay('relay', ['--no-hub'])
    const [a, b] = await Promise.all([scene.desktop('a', protocol), scene.desktop('b', protocol)])

    const direct = await Promise.all([
      b.agent.call('connect', { host: ADDRESS.a, port: a.port }),
      b.agent.call('connect', { host: ADDRESS.natA, port: a.port })
    ])
    expect(direct).not.toContain('connected')

    await bringTogether(a, b, [relay])
    await Promise.all([circuit(a, b, [relay]), circuit(b, a, [relay])])
    const [fromA, fromB] = await Promise.all([postMany(a, 'from Ada', 25), postMany(b, 'from Bo', 25)])
    await Promise.all([shows(b, [...fromA, ...fromB]), shows(a, [...fromA, ...fromB])])

    const own = (await posts(a)).filter((post) => post.own)
    // Where the two compared histories meanwhile, the evidence is better still.
    for (const { delivery } of own) expect(delivery).toMatchObject({ kind: expect.stringMatching(/^(?:sent|held)$/u) as string, people: 1 })
    expect((await state(a)).reachability).toMatchObject({ state: 'relayed', through: [{ relay: relay.peerId }] })
  })

  it('finds each other through a hub that both use, and never takes it for a person', async () => {
    const relay = await scene.relay('relay')
    const [a, b] = await Promise.all([scene.desktop('a', protocol), scene.desktop('b', protocol)])
    for (const { agent } of [a, b]) {
      await agent.call('relays', [relay.address])
      await agent.call('subscribe', TOPIC)
    }
    await Promise.all([circuit(a, b, [relay]), circuit(b, a, [relay])])
    const [fromA, fromB] = await Promise.all([postMany(a, 'from Ada', 25), postMany(b, 'from Bo', 25)])
    await Promise.all([shows(b, fromA), shows(a, fromB)])
    expect((await people(a)).map(({ peerId }) => peerId)).toEqual([b.peerId])
    expect((await a.agent.call<readonly { id: string, people: number }[]>('topics')).find(({ id }) => id === TOPIC)).toMatchObject({ people: 1 })
  })
})

it('lets a Gossipsub desktop and a Floodsub desktop read each other', async () => {
  const relay = await scene.relay('relay', ['--no-hub'])
  const [a, b] = await Promise.all([scene.desktop('a', 'gossipsub'), scene.desktop('b', 'floodsub')])
  await bringTogether(a, b, [relay])
  await circuit(b, a, [relay])
  const [fromA, fromB] = await Promise.all([postMany(a, 'from Ada', 25), postMany(b, 'from Bo', 25)])
  await Promise.all([shows(b, fromA), shows(a, fromB)])
})

// Whose clock is ahead got no reservation, and whoever depends on a relay was reached by nobody.
it('crosses posts both ways between two whose clocks are wrong, one by two hours and one by a year', async () => {
  const relay = await scene.relay('relay')
  const [a, b] = await Promise.all([
    scene.desktop('a', 'gossipsub', { env: wrongClock(2 * 3_600_000) }),
    scene.desktop('b', 'gossipsub', { env: wrongClock(-365 * 86_400_000) })
  ])
  await bringTogether(a, b, [relay])
  await Promise.all([circuit(a, b, [relay]), circuit(b, a, [relay]), reserved(a, relay), reserved(b, relay)])
  const [fromA, fromB] = await Promise.all([postMany(a, 'from Ada', 25), postMany(b, 'from Bo', 25)])
  await Promise.all([shows(b, [...fromA, ...fromB]), shows(a, [...fromA, ...fromB])])
})

it('keeps a post until somebody is there', async () => {
  const relay = await scene.relay('relay')
  const a = await scene.desktop('a', 'gossipsub')
  await a.agent.call('relays', [relay.address])
  await a.agent.call('subscribe', TOPIC)
  const early = await postMany(a, 'into the void', 3)
  expect((await posts(a)).map(({ delivery }) => delivery?.kind)).toEqual(['queued', 'queued', 'queued'])
  const b = await scene.desktop('b', 'gossipsub')
  await bringTogether(a, b, [relay])
  await shows(b, early)
})
