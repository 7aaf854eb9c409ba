import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { peerIdOf, generateIdentity } from '../../main/node/identity.ts'
import { WORDS } from '../../main/node/paths/words.ts'
import { until } from './support/agent-process.ts'
import { alone, check } from './support/checked.ts'
import { ADDRESS } from './support/network.ts'
import { pair, settled } from './support/pairs.ts'
import { bringTogether, circuit, people, reserved, Scene, state, TOPIC, wrongClock, type Desktop, type RelayHandle } from './support/scene.ts'

// 'Why can't I connect?', asked behind real NATs: each fault is staged, and the check has to name it.

let scene: Scene | undefined
afterEach(async () => {
  await scene?.close()
  scene = undefined
})

describe('behind an ordinary NAT', () => {
  // One network for all of these: each changes the relays that the desktop uses.
  let shared: Scene
  let a: Desktop
  let relays: readonly RelayHandle[]
  let first: RelayHandle
  beforeAll(async () => {
    shared = new Scene()
    relays = await Promise.all([shared.relay('relay'), shared.relay('relay2')])
    a = await shared.desktop('a', 'gossipsub')
    await a.agent.call('relays', relays.map(({ address }) => address))
    first = relays[0] as RelayHandle
  })
  afterAll(async () => shared.close())

  it('finds nothing in the way behind an ordinary NAT with two relays, and says what is as it is', async () => {
    for (const relay of relays) await reserved(a, relay)
    const { of, cause } = await check(a)
    for (const id of ['listen', 'relays', 'port', 'place', 'nat', 'clock'] as const) expect(of(id), id).toMatchObject({ state: 'good' })
    expect(of('relays').evidence[0]).toMatch(/: TCP (?:under 1|\d+) ms, handshake \d+ ms\.$/u)
    expect(of('place').words).toBe('2 relays listen for you.')
    expect(of('nat').words).toMatch(/under the same address and port/u)
    // Inbound closed: that hinders, and keeps nobody from connecting.
    expect(of('address')).toMatchObject({ state: 'warn', evidence: [`This computer has the address ${ADDRESS.a}.`] })
    expect(of('dialBack')).toMatchObject({ state: 'warn', words: expect.stringMatching(/lets no connection in/u) as string })
    expect(cause).toBe('dialBack')
  })

  it('a wrong peer id in a relay’s address', async () => {
    const wrong = peerIdOf(await generateIdentity())
    await a.agent.call('relays', [first.address.replace(first.peerId, wrong)])
    const { of, cause } = await check(a)
    expect(cause).toBe('relays')
    expect(of('relays')).toMatchObject({ state: 'bad', words: 'Your relay cannot be used from here. Another peer answers at this address.', advice: expect.stringMatching(/the peer id in it is not/u) as string })
    expect(of('relays').evidence[0]).toMatch(/: TCP .*, then: Another peer answers/u)
    expect(of('port')).toMatchObject({ state: 'good' })
  })

  it('a relay that is down', async () => {
    await a.agent.call('relays', [first.address])
    await reserved(a, first)
    await first.agent.end('SIGKILL')
    await until('the loss to be noticed', 10_000, async () => (await state(a)).reachability.state !== 'relayed')
    const { of, cause } = await check(a)
    expect(cause).toBe('relays')
    expect(of('relays')).toMatchObject({ state: 'bad', words: 'Your relay cannot be used from here. Nobody answers at its address.', advice: expect.stringMatching(/no relay runs on it/u) as string })
    expect(of('port')).toMatchObject({ state: 'good' })
    expect(of('place')).toMatchObject({ state: 'bad', words: 'No relay listens for you: none could be asked.' })
    for (const id of ['nat', 'clock', 'dialBack'] as const) expect(of(id), id).toMatchObject({ state: 'unknown' })
  })
})

it('a port that is blocked on the way out, with 443 open', async () => {
  scene = new Scene({ lets: 'https' })
  const relay = await scene.relay('relay')
  const a = await alone(scene, [relay])
  const { of, cause } = await check(a)
  expect(cause).toBe('port')
  expect(of('relays')).toMatchObject({ state: 'bad', words: expect.stringMatching(/It does not answer\.$/u) as string })
  expect(of('port')).toMatchObject({ state: 'bad', words: 'This network lets connections out to port 443, that of web pages, and not to port 4001.', advice: expect.stringMatching(/a relay that listens on port 443/u) as string })
})

it('the same with a relay on 443 beside it, which answers', async () => {
  scene = new Scene({ lets: 'https' })
  const [shut, open] = await Promise.all([scene.relay('relay'), scene.relay('relay2', [], '/tcp/443')])
  const a = await alone(scene, [shut, open])
  await reserved(a, open)
  const { of } = await check(a)
  expect(of('relays')).toMatchObject({ state: 'warn' })
  expect(of('port')).toMatchObject({ state: 'bad', evidence: expect.arrayContaining([`Port 443 of ${ADDRESS.relay2} answers.`]) as string[] })
  expect(of('place')).toMatchObject({ state: 'good' })
})

it('a network that lets nothing out is not taken for one that lets out 443', async () => {
  scene = new Scene({ lets: 'nothing' })
  const relay = await scene.relay('relay')
  const a = await alone(scene, [relay])
  const { of, cause } = await check(a)
  expect(cause).toBe('relays')
  expect(of('port')).toMatchObject({ state: 'unknown', words: expect.stringMatching(/^Nothing came back, from port 443 neither/u) as string })
})

it('a router that is open inward: nothing hinders', async () => {
  scene = new Scene()
  const relay = await scene.relay('relay')
  const a = await scene.desktop('relay2', 'gossipsub')
  await a.agent.call('relays', [relay.address])
  await reserved(a, relay)
  const { of, cause } = await check(a)
  expect(of('address')).toMatchObject({ state: 'good' })
  expect(of('dialBack')).toMatchObject({ state: 'good' })
  expect(of('nat')).toMatchObject({ state: 'good', words: expect.stringMatching(/^None: /u) as string })
  expect(cause).toBeUndefined()
})

it('a symmetric NAT', async () => {
  scene = new Scene()
  scene.network.run('natA', 'nft', 'flush', 'chain', 'ip', 'nat', 'post')
  scene.network.run('natA', 'nft', 'add', 'rule', 'ip', 'nat', 'post', 'oifname', 'wan', 'meta', 'l4proto', 'tcp', 'masquerade', 'to', ':1024-65535', 'fully-random')
  const relays = await Promise.all([scene.relay('relay'), scene.relay('relay2')])
  const a = await alone(scene, relays)
  for (const relay of relays) await reserved(a, relay)
  const { of, cause } = await check(a)
  expect(of('nat')).toMatchObject({ state: 'warn', words: expect.stringMatching(/symmetric NAT/u) as string })
  expect(cause).toBe('nat')
})

// The clock is wrong, and said to be; it keeps nobody from being reached through relays.
it.each([[1, 'ahead'], [-1, 'behind']] as const)('a clock that is off by a day (%i)', async (days, way) => {
  scene = new Scene()
  const relays = await Promise.all([scene.relay('relay'), scene.relay('relay2')])
  const a = await alone(scene, relays, wrongClock(days * 86_400_000))
  for (const relay of relays) await reserved(a, relay)
  const { of, cause } = await check(a)
  expect(cause).toBe('clock')
  expect(of('place').words).toBe('2 relays listen for you.')
  expect(of('clock')).toMatchObject({ state: 'bad', words: expect.stringMatching(new RegExp(`^The clock of this computer is 24 hours ${way}`, 'u')) as string })
})

describe('a person', () => {
  // Two who met through one relay that is no hub: nobody else tells them where the other is.
  let shared: Scene
  let relay: RelayHandle
  let a: Desktop
  let b: Desktop
  beforeAll(async () => {
    shared = new Scene()
    relay = await shared.relay('relay', ['--no-hub'])
    ;[a, b] = await Promise.all([shared.desktop('a', 'gossipsub'), shared.desktop('b', 'gossipsub')])
    await bringTogether(a, b, [relay])
    await Promise.all([circuit(a, b, [relay]), reserved(b, relay)])
  })
  afterAll(async () => shared.close())
  const alive = async (): Promise<boolean> => (await people(a)).some(({ peerId, path }) => peerId === b.peerId && path.kind === 'circuit')

  it('of whom nothing is known', async () => {
    const { of, cause } = await check(a, peerIdOf(await generateIdentity()))
    expect(cause).toBe('person')
    expect(of('person')).toMatchObject({ state: 'bad', words: 'Natter knows no address of this person.' })
    expect(of('direct')).toMatchObject({ state: 'unknown', words: 'This shows once you are connected to them.' })
  })

  it('who is there, and shares a topic', async () => {
    const { of } = await check(a, b.peerId)
    expect(of('person')).toMatchObject({ state: 'good', words: `You are connected, through relay ${relay.peerId}.` })
    expect(of('talk')).toMatchObject({ state: 'good', words: 'You share 1 topic, and a protocol that works over this path.' })
    expect(of('direct')).toMatchObject({ state: 'warn', words: 'A relay stands between you two: direct connections are switched off in Settings.' })
  })

  it('who is there, and left the topic', async () => {
    await b.agent.call('leave', TOPIC)
    await until('the topic to be left', 5_000, async () => !await alive())
    const { of, cause } = await check(a, b.peerId)
    expect(cause).toBe('talk')
    expect(of('talk')).toMatchObject({ state: 'bad', words: 'You are connected, and on no topic together.' })
    await b.agent.call('subscribe', TOPIC)
    await circuit(a, b, [relay])
  })

  it('whose address is stale: they moved to another relay', async () => {
    const elsewhere = await shared.relay('relay2', ['--no-hub'])
    await b.agent.call('relays', [elsewhere.address])
    await reserved(b, elsewhere)
    await until('the circuit to end', 15_000, async () => !await alive())
    const { of, cause } = await check(a, b.peerId)
    expect(cause).toBe('person')
    expect(of('person')).toMatchObject({ state: 'bad', words: expect.stringMatching(/their address is stale/u) as string, evidence: expect.arrayContaining([`Through relay ${relay.peerId}: the relay answers, and holds no place for them.`]) as string[] })
    expect(of('talk')).toMatchObject({ state: 'unknown' })
    expect(of('relays')).toMatchObject({ state: 'good' })
  })
})

describe('direct connections', () => {
  it('a hole punch that works, told by both ends', async () => {
    scene = new Scene()
    const [a, b] = await pair(scene, {})
    expect(await settled(a, b)).toMatchObject({ outcome: 'direct' })
    for (const [from, to] of [[a, b], [b, a]] as const) {
      const { of } = await check(from, to.peerId)
      expect(of('person')).toMatchObject({ state: 'good', words: 'You are connected, directly.' })
      expect(of('direct')).toMatchObject({ state: 'good', words: expect.stringMatching(/^A direct connection took the place of the relay, \d+ ms after/u) as string, evidence: expect.arrayContaining([expect.stringMatching(/^Call \d of \d, both ends at the same moment, to [\d.]+:\d+: connected, after/u)]) as string[] })
    }
    expect((await check(a)).of('direct')).toMatchObject({ state: 'good', words: 'With 1 person a direct connection took the place of the relay.' })
  })

  it('one that does not, waited for: which call failed, and how', async () => {
    scene = new Scene({ nat: { natB: 'random' } })
    const [a, b] = await pair(scene, { nat: { natB: 'random' } })
    await until('a circuit', 15_000, async () => (await people(a)).some(({ peerId, path }) => peerId === b.peerId && path.kind === 'circuit'))
    const { of, cause } = await check(a, b.peerId)
    expect(cause).toBe('direct')
    expect(of('direct')).toMatchObject({ state: 'warn', words: expect.stringContaining(WORDS.failed) as string, advice: expect.stringMatching(/forwarded to either computer/u) as string })
    expect(of('direct').evidence).toEqual([1, 2, 3].map((round) => expect.stringMatching(new RegExp(`^Call ${String(round)} of 3, both ends at the same moment, to .*: (?:nothing came back|refused)`, 'u')) as string))
  })
})
