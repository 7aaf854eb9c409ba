import { afterEach, describe, expect, it } from 'vitest'
import type { Path } from '../../../preload/contract/index.ts'
import { CircuitRefusedError } from '../../../main/node/reachability/circuit-refused.ts'
import type { CircuitTrouble } from '../../../main/node/reachability/words.ts'
import { createRelayService } from '../../../main/node/relay/relay-service.ts'
import { candidate, path, reserved, startDesktop, startRelay as startOurRelay } from '../support/desktops.ts'
import { dialThrough, reserve, TestNet, TOPIC, type PlainRelay, type TestNode } from '../support/test-net.ts'
import { until } from '../support/until.ts'
import { startRelay } from './support.ts'

const net = new TestNet()
afterEach(async () => net.stop())

/** What a dial that is refused fails with. */
async function refusal (from: TestNode, relay: PlainRelay, to: TestNode): Promise<CircuitRefusedError> {
  const failed: unknown = await dialThrough(from, relay, to).then(() => 'a circuit', (error: unknown) => error)
  expect(failed).toBeInstanceOf(CircuitRefusedError)
  return failed as CircuitRefusedError
}

async function three (): Promise<readonly [TestNode, TestNode, TestNode]> {
  return Promise.all([net.node(), net.node(), net.node()])
}

describe('who is refused a circuit is told why', () => {
  it.each<[CircuitTrouble, Parameters<typeof startRelay>[1], string]>([
    ['circuitsPerPeer', { limits: { circuitsPerPeer: 1 } }, 'carries no more connections for one of the two ends.'],
    ['circuitsPerAddress', { limits: { circuitsPerAddress: 1 } }, 'carries no more connections for people from this address.'],
    ['dials', { limits: { dialsPerPeer: 1 } }, 'was asked for too many connections in a minute.']
  ])('where it is over a limit: %s', async (reason, limits, words) => {
    const relay = await startRelay(net, { hub: false, ...limits })
    const [a, b, c] = await three()
    await reserve(a, relay)
    await reserve(b, relay)
    await dialThrough(c, relay, a)
    const error = await refusal(c, relay, b)
    expect(error).toMatchObject({ code: 'ERR_CIRCUIT_REFUSED', reason, relay: relay.id, message: `Relay ${relay.id} ${words}` })
    expect(relay.stats.relay.refused[reason as 'dials']).toBe(1)
  })

  it('where the relay serves only people whom its owner named', async () => {
    const [friend, stranger] = await three()
    const relay = await startRelay(net, { hub: false, access: { allow: [friend.id] } })
    await reserve(friend, relay)
    expect((await refusal(stranger, relay, friend)).reason).toBe('notAllowed')
  })

  it('where one is banned', async () => {
    const [friend, enemy] = await three()
    const relay = await startRelay(net, { hub: false, access: { ban: { peers: [enemy.id], addresses: [] } } })
    await reserve(friend, relay)
    expect((await refusal(enemy, relay, friend)).reason).toBe('banned')
  })

  it('where the relay is closing down', async () => {
    const relay = await startRelay(net, { hub: false })
    const [a, b] = await three()
    await reserve(a, relay)
    const drained = relay.drain(5)
    expect((await refusal(b, relay, a)).reason).toBe('draining')
    await a.libp2p.stop()
    await drained
  })

  it('where nobody is there, and where a plain relay has no place for them', async () => {
    const [a, b] = await three()
    for (const relay of [await startRelay(net, { hub: false }), await net.plainRelay()]) {
      const error = await refusal(b, relay, a)
      expect(error).toMatchObject({ reason: 'noReservation', message: `Relay ${relay.id} does not listen for them at the moment.` })
    }
  })

  it('once each: of a circuit that nobody refused nothing is said', async () => {
    const relay = await startRelay(net, { hub: false, limits: { circuitsPerPeer: 1 } })
    const [a, b, c] = await three()
    await reserve(a, relay)
    await reserve(b, relay)
    const first = await dialThrough(c, relay, a)
    await refusal(c, relay, b)
    await first.close()
    await until(() => relay.stats.relay.circuits === 0, 2_000, 'the circuit is gone')
    await dialThrough(c, relay, b)
  })
})

it('a relay that does not say why is taken by its status', async () => {
  const [a, b, c] = await three()
  const relay: PlainRelay = { id: c.id, address: c.address, libp2p: c.libp2p as PlainRelay['libp2p'] }
  // A desktop that serves as a relay answers no such questions.
  const service = createRelayService(c.components, { limits: { dialsPerPeer: 0 } })
  await service.start()
  await reserve(a, relay)
  expect(await refusal(b, relay, a)).toMatchObject({ reason: 'denied', message: `Relay ${relay.id} carries no connections for us.` })
  await service.stop()
})

it('in the list of people it is said, and no longer once a circuit stands', async () => {
  const relay = await startOurRelay(net, { limits: { circuitsPerPeer: 0 } })
  const [a, b] = await Promise.all([startDesktop(net, { relays: [candidate(relay.address)] }), startDesktop(net, { relays: [candidate(relay.address)] })])
  await Promise.all([reserved(a, relay), reserved(b, relay)])
  const shown = (): Path | undefined => a.node.people.onTopic(TOPIC).find(({ peerId }) => peerId === b.node.peerId)?.path
  await until(() => { const now = shown(); return now?.kind === 'hub' && now.trouble !== undefined }, 8_000, 'why is shown')
  expect(shown()).toEqual({ kind: 'hub', relay: relay.id, trouble: `Relay ${relay.id} carries no more connections for one of the two ends.` })
  relay.node.setRules({})
  await until(() => path(a, b) === 'circuit', 10_000, 'a circuit')
})
