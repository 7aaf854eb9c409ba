import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, expect, it } from 'vitest'
import { generateIdentity } from '../../main/node/identity.ts'
import { noteResume } from '../../main/node/wake.ts'
import { setWallClock } from '../support/wall-clock.ts'
import { met, path, relayOf, reserved, startDesktop, startRelay, talk } from './support/desktops.ts'
import { TestNet, TOPIC } from './support/test-net.ts'
import { pause, until } from './support/until.ts'

const HOUR = 3_600_000
const net = new TestNet()
afterEach(async () => {
  setWallClock(0)
  await net.stop()
})

// By the wall clock, a relay that was down when the clock was set back was not tried again for three hours.
it.each([-3, 3, -365 * 24, 365 * 24])('a relay that is back is used within seconds after the clock was set by %i h', async (hours) => {
  const relay = await startRelay(net)
  const desktop = await startDesktop(net, { relays: [relay.candidate] })
  await reserved(desktop, relay)
  await relay.stop()
  await until(() => relayOf(desktop, relay)?.state === 'down', 5_000, 'the relay is down')
  setWallClock(hours * HOUR)
  const back = await relay.again()
  await reserved(desktop, back, 8_000)
})

it('somebody who is back is dialled within seconds after the clock was set back by three hours', async () => {
  const privateKey = await generateIdentity()
  const bo = await startDesktop(net, { privateKey, allowPrivate: true })
  const ada = await startDesktop(net, { allowPrivate: true, known: [{ record: await bo.node.people.ownRecord(), topics: [TOPIC], peerId: bo.node.peerId }] })
  await met(ada, bo, 'direct')
  const { port } = bo.node
  setWallClock(-3 * HOUR)
  await bo.node.stop()
  await until(() => path(ada, bo) !== 'direct', 8_000, 'Bo is gone')
  // Bo knows nobody: only Ada can dial.
  const back = await startDesktop(net, { privateKey, allowPrivate: true, listenPort: port })
  await met(ada, back, 'direct', 8_000)
  await talk(ada, back, 'afterwards')
})

// Numbered by the wall clock, records are older than those from before it was set back, and nobody takes them in.
it('others learn where we are after a clock was set back by three hours', async () => {
  const [ada, bo] = [await net.node(), await net.node()]
  await ada.libp2p.dial(bo.address)
  const known = async (): ReturnType<typeof ada.components.peerStore.get> => ada.components.peerStore.get(bo.libp2p.peerId)
  await until(async () => (await known()).peerRecordEnvelope !== undefined, 5_000, 'Ada holds a record of Bo')
  setWallClock(-3 * HOUR)
  const moved = '/ip4/203.0.113.7/tcp/4001'
  bo.components.addressManager.confirmObservedAddr(multiaddr(moved), { type: 'observed' })
  await until(async () => (await known()).addresses.some((address) => address.multiaddr.toString() === moved), 5_000, 'Ada learns where Bo is now')
})

it('whom we could not reach is tried at once when the computer woke', async () => {
  const privateKey = await generateIdentity()
  const bo = await startDesktop(net, { privateKey, allowPrivate: true })
  const record = await bo.node.people.ownRecord()
  const { port } = bo.node
  await bo.node.stop()
  const ada = await startDesktop(net, { allowPrivate: true, known: [{ record, topics: [TOPIC], peerId: bo.node.peerId }] })
  // Tries after 0, 1, 3, 7 and 15 s and a little: the next one would be due in more than ten seconds.
  await pause(19_000)
  const back = await startDesktop(net, { privateKey, allowPrivate: true, listenPort: port })
  noteResume()
  await met(ada, back, 'direct', 4_000)
})

// By the wall clock, a circuit of 6 s was not renewed in time after that was set back.
it('a conversation goes on over circuits that end, and over a switch of protocol, while the clock is set', async () => {
  const relay = await startRelay(net, { hub: false, circuitSeconds: 6 })
  const relays = [relay.candidate]
  const [ada, bo] = await Promise.all([startDesktop(net, { relays, directConnections: false }), startDesktop(net, { relays, directConnections: false })])
  await Promise.all([reserved(ada, relay), reserved(bo, relay)])
  await bo.node.people.know({ record: await ada.node.people.ownRecord(), topics: [TOPIC] })
  await met(ada, bo, 'circuit')
  const seen = new Set<string | undefined>()
  ada.node.people.on('people:change', () => { seen.add(path(ada, bo)) })
  for (const [round, hours] of [-3, 3, -365 * 24, 0].entries()) {
    setWallClock(hours * HOUR)
    await pause(4_000)
    await talk(ada, bo, `round ${String(round)}`)
  }
  expect([...seen]).toEqual(['circuit'])
  setWallClock(-3 * HOUR)
  await Promise.all([ada, bo].map(async ({ node }) => node.pubsub.switchTo('floodsub')))
  await met(ada, bo, 'circuit')
  await talk(ada, bo, 'after the switch')
})
