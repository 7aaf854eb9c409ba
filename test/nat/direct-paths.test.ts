import { afterEach, describe, expect, it } from 'vitest'
import { WORDS } from '../../main/node/paths/words.ts'
import { until } from './support/agent-process.ts'
import { pair, pathsOf, settled, type PairOptions } from './support/pairs.ts'
import { people, postMany, Scene, shows, type Desktop } from './support/scene.ts'

// Two desktops behind firewalls meet through a relay, and then directly where their networks let them.

let scene: Scene | undefined
afterEach(async () => {
  await scene?.close()
  scene = undefined
})

async function meeting (options: PairOptions): Promise<readonly [Desktop, Desktop]> {
  scene = new Scene(options)
  return pair(scene, options)
}

describe.each(['gossipsub', 'floodsub'] as const)('%s', (protocol) => {
  it('a circuit gives way to a direct connection through two networks that keep ports, and pubsub loses and doubles nothing', async () => {
    const [a, b] = await meeting({ protocol, direct: false })
    await Promise.all([postMany(a, 'Ada is here', 1), postMany(b, 'Bo is here', 1)])
    await Promise.all([shows(b, ['Ada is here 0']), shows(a, ['Bo is here 0'])])
    // In the middle of the conversation both switch it on.
    const posting = Promise.all([postMany(a, 'from Ada', 100, 50), postMany(b, 'from Bo', 100, 50)])
    await shows(b, ['from Ada 10'])
    await Promise.all([a, b].map(async ({ agent }) => agent.call('direct', true)))
    const [fromA, fromB] = await posting
    expect(await settled(a, b)).toEqual({ outcome: 'direct', took: expect.any(Number) as number, words: ['direct', 'direct'] })
    await Promise.all([shows(b, [...fromA, ...fromB]), shows(a, [...fromA, ...fromB])])
    const [heardByA, heardByB] = await Promise.all([a, b].map(async ({ agent }) => agent.call<string[]>('heard')))
    expect({ a: fromB.filter((text) => heardByA?.includes(text) !== true), b: fromA.filter((text) => heardByB?.includes(text) !== true) }).toEqual({ a: [], b: [] })
    const again = (heard: readonly string[] = []): string[] => heard.filter((text, at) => text !== '' && heard.indexOf(text) !== at)
    expect([again(heardByA), again(heardByB)]).toEqual([[], []])
  })
})

it('behind a network that gives every connection another port the circuit stays, and both say why', async () => {
  const [a, b] = await meeting({ nat: { natA: 'random' }, relays: 2 })
  const { outcome, words } = await settled(a, b)
  expect([outcome, words[0], (await pathsOf(a)).mapping, (await pathsOf(b)).mapping]).toEqual(['relayed', WORDS.changing, 'changing', 'kept'])
  expect(words[1]).toBe(WORDS.waiting)
})

it('where one relay alone shows that ports change, it is tried, and said', async () => {
  const [a, b] = await meeting({ nat: { natB: 'random' } })
  const { outcome, words } = await settled(a, b)
  expect([outcome, (await pathsOf(b)).mapping]).toEqual(['relayed', 'unknown'])
  expect(words[0]).toContain(WORDS.failed)
  expect(words[1]).toContain('changes ports')
})

it('through firewalls of IPv6, which translate nothing and let nobody in, it becomes direct', async () => {
  const [a, b] = await meeting({ ip: 6 })
  expect(await settled(a, b)).toMatchObject({ outcome: 'direct' })
})

it('switched off, the circuit stays', async () => {
  const [a] = await meeting({ direct: false })
  await until('them to see each other', 15_000, async () => (await people(a)).length > 0)
  expect((await people(a))[0]?.path).toMatchObject({ kind: 'circuit', why: WORDS.off })
})
