import { expect, it } from 'vitest'
import { FloodingAddresses } from '../../../main/node/flooding-addresses.ts'
import { FrameMeters, type FrameMeter } from '../../../main/node/frame-meter.ts'
import { MAX_CIRCUIT_FRAMES, MAX_FLOODS_PER_ADDRESS, MAX_SMALL_FRAMES, MAX_SMALL_FRAMES_SHARE } from '../../../main/node/limits.ts'

const HOST = '192.0.2.1'

function scene (connectionsPerAddress = 1_000): { readonly floods: string[], readonly ended: string[], readonly open: (peer: string, host?: string) => FrameMeter } {
  const floods: string[] = []
  const ended: string[] = []
  const meters = new FrameMeters({ role: 'relay', onFlood: (peer) => { floods.push(peer) } })
  meters.setConnectionsPerAddress(connectionsPerAddress)
  return { floods, ended, open: (peer, host = HOST) => meters.open({ abort: () => { ended.push(peer) } }, peer, host) }
}

/** Pieces until one is too many; no more than `most`. */
function send (meter: FrameMeter, most: number, bytes = 0): number {
  for (let count = 0; count < most; count++) {
    try {
      meter.frame()
      meter.passed(bytes)
    } catch {
      return count
    }
  }
  return most
}

it('a connection may send so many pieces at once, and whoever goes on is told of once, and cut off', async () => {
  const { open, floods, ended } = scene()
  const loud = open('loud')
  const count = send(loud, 10 * MAX_SMALL_FRAMES.atOnce)
  expect(count).toBeGreaterThanOrEqual(MAX_SMALL_FRAMES.atOnce)
  expect(count).toBeLessThan(2 * MAX_SMALL_FRAMES.atOnce)
  expect(send(loud, 10)).toBe(0)
  await Promise.resolve()
  expect([floods, ended]).toEqual([['loud'], ['loud']])
})

it('what carries data pays for itself', () => {
  const { open, floods } = scene()
  expect(send(open('busy'), 20 * MAX_SMALL_FRAMES.atOnce, 1_024)).toBe(20 * MAX_SMALL_FRAMES.atOnce)
  expect(floods).toEqual([])
})

it('many peers of one address have an allowance in common; those who keep to their share stay', () => {
  const people = 10
  const { open, floods } = scene(people)
  const meters = Array.from({ length: people }, (_, index) => open(`attacker ${index}`))
  const total = meters.reduce((sum, meter) => sum + send(meter, MAX_SMALL_FRAMES.atOnce - 1), 0)
  // Each its share, and all together as much once more.
  expect(total).toBeLessThan(3 * people * MAX_SMALL_FRAMES_SHARE.atOnce)
  expect(floods.length).toBeGreaterThanOrEqual(people - 1)
  expect(send(open('modest'), MAX_SMALL_FRAMES_SHARE.atOnce)).toBe(MAX_SMALL_FRAMES_SHARE.atOnce)
  expect(send(open('elsewhere', '192.0.2.2'), 5 * MAX_SMALL_FRAMES_SHARE.atOnce)).toBe(5 * MAX_SMALL_FRAMES_SHARE.atOnce)
})

it('an address from which one after the other floods is shut for a minute, and has some patience back by then', () => {
  const addresses = new FloodingAddresses()
  let now = 1_000_000
  for (let count = 0; count < MAX_FLOODS_PER_ADDRESS.atOnce; count++) addresses.note(HOST, now)
  expect(addresses.has(HOST, now)).toBe(false)
  addresses.note(HOST, now)
  expect([addresses.has(HOST, now), addresses.has('192.0.2.2', now), addresses.has(HOST, now + 59_000)]).toEqual([true, false, true])
  now += 60_001
  expect(addresses.has(HOST, now)).toBe(false)
  for (let count = 0; count < MAX_FLOODS_PER_ADDRESS.perMinute; count++) addresses.note(HOST, now)
  expect(addresses.has(HOST, now)).toBe(false)
  addresses.note(HOST, now)
  expect(addresses.has(HOST, now)).toBe(true)
})

it('what goes on to others has an allowance of its own, and the messages that it comes in cost nothing else', () => {
  const { open, floods } = scene()
  const carrier = open('carrier')
  for (let count = 0; count < MAX_CIRCUIT_FRAMES.atOnce; count++) {
    carrier.message()
    carrier.carried()
  }
  expect(send(carrier, MAX_SMALL_FRAMES.atOnce / 2)).toBe(MAX_SMALL_FRAMES.atOnce / 2)
  expect(floods).toEqual([])
  expect(() => { for (;;) carrier.carried() }).toThrow(RangeError)
  expect(floods).toEqual(['carrier'])
})

it('many frames in one message earn nothing', () => {
  const { open, floods } = scene()
  const meter = open('greedy')
  meter.message()
  for (let count = 0; count < 100; count++) meter.carried()
  expect(send(meter, 10 * MAX_SMALL_FRAMES.atOnce)).toBeLessThan(1.5 * MAX_SMALL_FRAMES.atOnce)
  expect(floods).toEqual(['greedy'])
})
