import { afterEach, expect, it } from 'vitest'
import { TestNet } from '../net/support/test-net.ts'
import { until } from '../net/support/until.ts'
import { startWrongClockRelay } from '../net/support/wrong-clock-relay.ts'
import { launchApp, type LaunchedApp } from './support/app.ts'
import { see } from './support/reader.ts'
import { WindowUser } from './support/window-user.ts'

const HOUR = 3_600_000
/** Milliseconds that a start may take on a machine that others load. */
const WHOLE = 30_000

const net = new TestNet()
let launched: LaunchedApp | undefined
afterEach(async () => {
  await launched?.close()
  launched = undefined
  await net.stop()
})

// No test can send this computer to sleep: Electron's own event is sent, as the system would have it sent.
it('a computer that wakes asks its relay anew at once, though its clock is two hours ahead of the relay’s', async () => {
  const relay = await startWrongClockRelay(net, { kind: 'natter', ttl: 2 * HOUR, clock: -2 * HOUR })
  launched = await launchApp({ env: { NATTER_ALLOW_PRIVATE: '1' } })
  const { page, app } = launched
  const user = new WindowUser(page)
  await user.introduce({ name: 'Ada' })
  await user.start({ topic: 'music' })
  expect(await user.addRelay({ address: relay.candidate.address })).toBe('')
  await see(page.getByRole('status', { name: 'Reachability' })).toHaveText('Others can reach you', { timeout: WHOLE })
  expect(await relay.state()).toMatchObject({ given: 1, held: 1 })
  await app.evaluate(({ powerMonitor }) => { powerMonitor.emit('resume') })
  await until(async () => (await relay.state()).given === 2, 2_000, 'the relay is asked anew')
  await see(page.getByRole('status', { name: 'Reachability' })).toHaveText('Others can reach you')
})
