import { afterEach, describe, expect, it } from 'vitest'
import { noteResume } from '../../main/node/wake.ts'
import { setWallClock } from '../support/wall-clock.ts'
import { relayOf, reserved, startDesktop, type Desktop } from './support/desktops.ts'
import { TestNet } from './support/test-net.ts'
import { pause, until } from './support/until.ts'
import { startWrongClockRelay, type WrongClockRelay } from './support/wrong-clock-relay.ts'

const SECOND = 1_000
const HOUR = 3_600 * SECOND
const YEAR = 365 * 24 * HOUR

const net = new TestNet()
afterEach(async () => {
  setWallClock(0)
  await net.stop()
})

/** Watches that a desktop's reservation never goes while so much time passes. */
async function keeps (desktop: Desktop, relay: WrongClockRelay, ms: number): Promise<void> {
  const seen = new Set<string | undefined>()
  const watch = (): void => { seen.add(relayOf(desktop, relay)?.state) }
  desktop.node.reachability.on('relays:change', watch)
  for (let passed = 0; passed < ms; passed += 500) {
    await pause(500)
    expect((await relay.state()).held, `after ${String(passed)} ms`).toBe(1)
  }
  watch()
  expect([...seen]).toEqual(['reserved'])
}

// With libp2p's own renewal a desktop whose clock is two hours ahead gets no reservation: its end looks past.
describe.each([
  ['natter', 2 * HOUR], ['natter', -3 * HOUR], ['natter', YEAR], ['natter', -YEAR],
  ['plain', 2 * HOUR], ['plain', -3 * HOUR], ['plain', YEAR], ['plain', -YEAR]
] as const)('on a %s relay, with a clock that is %i ms off from the relay’s', (kind, off) => {
  it('a desktop gets a reservation, and asks for it once', async () => {
    // Seen from the relay; the rest of this process keeps its time.
    const relay = await startWrongClockRelay(net, { kind, ttl: HOUR, clock: -off })
    const desktop = await startDesktop(net, { relays: [relay.candidate] })
    await reserved(desktop, relay)
    await keeps(desktop, relay, 1_000)
    expect(await relay.state()).toMatchObject({ given: 1, held: 1 })
  })
})

it('a relay that tells its time is asked again before a reservation of 24 s ends, whatever happens to its clock meanwhile', async () => {
  await Promise.all([-2 * HOUR, 3 * HOUR, 0].map(async (clock) => {
    const relay = await startWrongClockRelay(net, { kind: 'natter', ttl: 24 * SECOND, clock })
    const desktop = await startDesktop(net, { relays: [relay.candidate] })
    await reserved(desktop, relay)
    await keeps(desktop, relay, 6_000)
    await relay.setClock(clock + 3 * HOUR)
    await keeps(desktop, relay, 9_000)
    await relay.setClock(clock - YEAR)
    await keeps(desktop, relay, 13_000)
    // At the start, after 12 and after 24 s.
    expect(await relay.state()).toMatchObject({ given: 3, held: 1 })
  }))
})

it.each(['plain', 'natter'] as const)('a %s relay is asked at once when our own clock jumped, or the computer woke, and not without end', async (kind) => {
  const relay = await startWrongClockRelay(net, { kind, ttl: 2 * HOUR, clock: 0 })
  const desktop = await startDesktop(net, { relays: [relay.candidate] })
  await reserved(desktop, relay)
  // Not the same jump twice: two that undo each other within two seconds are none.
  setWallClock((kind === 'plain' ? -3 : 5) * HOUR)
  await until(async () => (await relay.state()).given === 2, 5_000, 'the relay is asked again after a jump')
  await pause(3_000)
  for (let time = 0; time < 100; time++) noteResume()
  await until(async () => (await relay.state()).given >= 3, 2_000, 'the relay is asked again after a wake')
  await keeps(desktop, relay, 5_000)
  expect((await relay.state()).given).toBeLessThanOrEqual(4)
})
