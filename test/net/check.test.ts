import { toString } from 'uint8arrays/to-string'
import { afterEach, describe, expect, it } from 'vitest'
import { reportOf } from '../../main/node/check/report.ts'
import { generateIdentity, peerIdOf } from '../../main/node/identity.ts'
import type { CheckResult } from '../../main/node/types.ts'
import type { CheckFinding, CheckStepId } from '../../preload/contract/index.ts'
import { candidate, reserved, say, startDesktop, startRelay, type Desktop } from './support/desktops.ts'
import { TestNet } from './support/test-net.ts'
import { until } from './support/until.ts'
import { silentRelay } from './relay/support.ts'

const net = new TestNet()
afterEach(async () => net.stop())

const TOPIC = '/natter/1/quince-marmalade'

async function check ({ node }: Desktop, person?: string, signal = new AbortController().signal): Promise<CheckResult & { readonly of: (id: CheckStepId) => CheckFinding | undefined }> {
  const result = await node.check({ signal, ...(person === undefined ? {} : { person }) })
  return { ...result, of: (id) => result.steps.find((step) => step.id === id)?.finding }
}

describe('a check', () => {
  it('leaves everything on the relay as it was', async () => {
    const relay = await startRelay(net)
    const a = await startDesktop(net, { relays: [relay.candidate], allowPrivate: true })
    await reserved(a, relay)
    const before = relay.node.stats
    const connections = relay.node.components.connectionManager.getConnections().map(({ id }) => id)
    const { of } = await check(a)
    expect(of('relays')).toMatchObject({ state: 'good' })
    expect(of('clock')).toMatchObject({ state: 'good' })
    expect(of('place')).toMatchObject({ state: 'good' })
    expect(of('dialBack')).toMatchObject({ state: 'good' })
    expect(relay.node.stats.relay).toMatchObject({ reservations: before.relay.reservations, refused: before.relay.refused })
    await until(() => relay.node.components.connectionManager.getConnections().length === connections.length, 5_000, 'who asked has gone')
    expect(relay.node.components.connectionManager.getConnections().map(({ id }) => id)).toEqual(connections)
  })

  it('tells each step of a connection apart, and does not count on a relay of ours', async () => {
    const plain = await net.plainRelay()
    const ours = await startRelay(net)
    const a = await startDesktop(net, { relays: [candidate(`${plain.address.toString().replace('/ip4/127.0.0.1', '/dns4/localhost')}`), ours.candidate], allowPrivate: true })
    await reserved(a, ours)
    const { of } = await check(a)
    expect(of('relays')?.evidence[0]).toMatch(/at \/dns4\/localhost\/tcp\/\d+: name .* ms, TCP .* ms, handshake .* ms\.$/u)
    // A relay of other programs tells no time.
    expect(of('clock')).toMatchObject({ state: 'good', words: expect.stringMatching(/that of a relay/u) as string })
  })

  it('names a relay that takes connections and never says a word, within its time', async () => {
    const a = await startDesktop(net, { relays: [await silentRelay(net)], allowPrivate: true })
    const start = performance.now()
    const { of, cause } = await check(a)
    expect(performance.now() - start).toBeLessThan(20_000)
    expect(cause).toBe('relays')
    expect(of('relays')).toMatchObject({ state: 'bad', evidence: [expect.stringMatching(/: TCP .* ms, then: It does not answer\.$/u) as string] })
    expect(of('port')).toMatchObject({ state: 'good' })
  })

  it('ends at once when it is stopped', async () => {
    const a = await startDesktop(net, { relays: [await silentRelay(net)], allowPrivate: true })
    const controller = new AbortController()
    const under = check(a, undefined, controller.signal)
    setTimeout(() => { controller.abort() }, 300)
    const start = performance.now()
    const { of, cause } = await under
    expect(performance.now() - start).toBeLessThan(3_000)
    expect(of('listen')).toMatchObject({ state: 'good' })
    expect([of('relays'), cause]).toEqual([undefined, undefined])
  })

  it('says that there is no relay, and what to do', async () => {
    const a = await startDesktop(net)
    const { of, cause } = await check(a)
    expect(cause).toBe('relays')
    expect(of('relays')).toMatchObject({ state: 'bad', words: expect.stringMatching(/^No relay is in use/u) as string })
  })

  it('looks at nothing where the network is off', async () => {
    const a = await startDesktop(net, { offline: 'Safe mode: no network.' })
    const { of, cause, steps } = await check(a, a.node.peerId)
    expect(cause).toBe('listen')
    expect(of('listen')).toMatchObject({ state: 'bad', words: 'Safe mode: no network.' })
    expect(steps.slice(1).map(({ finding }) => finding?.state)).toEqual(steps.slice(1).map(() => 'unknown'))
  })
})

it('a report of a conversation holds neither topic, post, name nor key', async () => {
  const relay = await startRelay(net)
  const privateKey = await generateIdentity()
  const options = { relays: [relay.candidate], topics: [TOPIC] }
  const [a, b] = await Promise.all([startDesktop(net, { ...options, privateKey }), startDesktop(net, options)])
  await Promise.all([reserved(a, relay), reserved(b, relay)])
  await until(() => a.node.people.onTopic(TOPIC).some(({ path }) => path.kind === 'circuit'), 15_000, 'the two are connected')
  await say(a, 'the pantry key is under the flowerpot', TOPIC)
  const { steps, cause, of } = await check(a, b.node.peerId)
  expect(of('talk')).toMatchObject({ state: 'good' })
  // Who called is asked by the other end, which knows no place here to meet.
  expect(of('direct')).toMatchObject({ state: expect.stringMatching(/^(?:warn|unknown)$/u) as string, words: expect.stringMatching(/No relay has told|The other end/u) as string })
  const report = reportOf({ id: 1, state: 'done', startedAt: Date.now(), took: 1_000, person: b.node.peerId, steps, ...(cause === undefined ? {} : { cause }) }, { peerId: a.node.peerId, version: '0.1.0', platform: 'linux', relays: [relay.address] })
  expect(report).toContain(b.node.peerId)
  expect(report).toContain('You share 1 topic')
  const key = [privateKey.raw, privateKey.raw.subarray(0, 32)].flatMap((bytes) => (['base16', 'base64', 'base64url', 'base58btc'] as const).map((base) => toString(bytes, base)))
  for (const secret of ['quince', 'pantry', 'flowerpot', ...key]) expect(report).not.toContain(secret)
})

it('a report knows a proxy neither by name nor by password', async () => {
  // Private places are reached past a proxy; this one leads on, and nobody answers at the proxy.
  const relay = `/ip4/44.0.0.2/tcp/4001/p2p/${peerIdOf(await generateIdentity())}`
  const authorization = `Basic ${Buffer.from('ada:hunter2').toString('base64')}`
  const a = await startDesktop(net, { relays: [candidate(relay)], allowPrivate: true, proxyFor: async () => Promise.resolve([{ host: 'localhost', port: 1, secure: false, authorization }]) })
  const { steps, cause, of } = await check(a)
  expect(cause).toBe('relays')
  expect(of('relays')?.words).toContain('localhost:1')
  const report = reportOf({ id: 1, state: 'done', startedAt: Date.now(), took: 1_000, steps, ...(cause === undefined ? {} : { cause }) }, { peerId: a.node.peerId, version: '0.1.0', platform: 'linux', relays: [relay] })
  expect(report).toMatch(/proxy/iu)
  for (const secret of ['localhost', 'hunter2', 'ada:', authorization.slice(6)]) expect(report).not.toContain(secret)
})
