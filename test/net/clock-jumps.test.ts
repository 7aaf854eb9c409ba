import { afterEach, it } from 'vitest'
import { generateIdentity } from '../../main/node/identity.ts'
import { setWallClock } from '../support/wall-clock.ts'
import { met, path, relayOf, reserved, startDesktop, startRelay, talk } from './support/desktops.ts'
import { TestNet, TOPIC } from './support/test-net.ts'
import { until } from './support/until.ts'

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
