import { afterEach, expect, it } from 'vitest'
import { createNotices } from '../../../main/desktop/notices.ts'
import { createRelaySources } from '../../../main/desktop/relay-sources/relay-sources.ts'
import { generateIdentity } from '../../../main/node/identity.ts'
import { readRelayName, type RelayName } from '../../../main/node/relays/relay-name.ts'
import { resolveRelayName } from '../../../main/node/relays/resolve-relay-name.ts'
import { createSettings } from '../../../main/settings/settings.ts'
import { candidate, relayOf, reserved, startDesktop, startRelay } from '../support/desktops.ts'
import { TestNet } from '../support/test-net.ts'
import { until } from '../support/until.ts'

const net = new TestNet()
afterEach(async () => net.stop())

/** Sources over a real node, with a DNS that a test writes. */
async function named (records: () => readonly string[]) {
  const settings = createSettings()
  const desktop = await startDesktop(net)
  const pushes = { push: () => {} }
  const notices = createNotices(pushes)
  const sources = createRelaySources({
    settings, pushes, notices,
    node: () => desktop.node,
    lookUp: async (name) => resolveRelayName(name, { lookUpText: async () => records(), resolve: async () => [] })
  })
  sources.start()
  net.atEnd(sources.stop)
  await sources.addName(readRelayName('relay.example') as RelayName)
  return { desktop, notices, settings }
}

it('a relay is followed to where its name says that it is now', async () => {
  const key = await generateIdentity()
  const before = await startRelay(net, {}, key)
  let record = `dnsaddr=${before.address}`
  const { desktop, notices } = await named(() => [record])
  await reserved(desktop, before)

  await before.stop()
  const after = await startRelay(net, {}, key)
  expect(after.address).not.toBe(before.address)
  record = `dnsaddr=${after.address}`
  await until(() => relayOf(desktop, after)?.address === after.address, 25_000, 'the new address to be known')
  await reserved(desktop, after, 25_000)
  expect(relayOf(desktop, after)).toMatchObject({ source: { kind: 'name', name: 'relay.example' } })
  expect(notices.all()).toEqual([])
})

it('a name that gives another relay is not followed, and said', async () => {
  const [mine, other] = await Promise.all([startRelay(net), startRelay(net)])
  let record = `dnsaddr=${mine.address}`
  const { desktop, notices } = await named(() => [record])
  await reserved(desktop, mine)
  await mine.stop()
  record = `dnsaddr=${other.address}`
  await until(() => relayOf(desktop, other)?.state === 'asking', 20_000, 'the other relay to wait for the person')
  expect(notices.all()).toMatchObject([{ id: 'relay-name' }])
  expect(other.node.stats.connections).toBe(0)
  await mine.again()
  await reserved(desktop, mine, 20_000)
})

it('a relay is reached at the next of its addresses where the first does not answer', async () => {
  const relay = await startRelay(net)
  const dead = relay.address.replace(/tcp\/\d+/, 'tcp/1')
  const desktop = await startDesktop(net, { relays: [{ ...candidate(dead), alternatives: [relay.address] }] })
  await reserved(desktop, relay, 10_000)
  expect(relayOf(desktop, relay)?.address).toBe(relay.address)
})
