import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Connection, Libp2pEvents, TypedEventTarget } from '@libp2p/interface'
import { ConnectionMonitor } from '../../../main/node/connection-monitor.ts'
import { noteResume } from '../../../main/node/wake.ts'

const INTERVAL = 10_000

/** A connection whose other side answers pings while it is told to. Real ones cannot be made to stand still with the clock. */
class Watched {
  answers = true
  pings = 0
  rtt: number | undefined
  status = 'open'
  readonly abort = vi.fn(() => { this.status = 'aborted' })
  readonly muxer = {
    ping: async (): Promise<number> => {
      this.pings++
      return this.answers ? 1 : new Promise<never>(() => {})
    }
  }
}

const events = new EventTarget() as unknown as TypedEventTarget<Libp2pEvents>
let monitor: ConnectionMonitor

function open (): Watched {
  const watched = new Watched()
  events.dispatchEvent(new CustomEvent('connection:open', { detail: watched as unknown as Connection }))
  return watched
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  monitor = new ConnectionMonitor({ events }, { interval: INTERVAL })
  monitor.start()
})
afterEach(() => {
  monitor.stop()
  vi.useRealTimers()
})

it('measures at once, and goes on', async () => {
  const watched = open()
  await vi.advanceTimersByTimeAsync(1)
  expect(watched.pings).toBe(1)
  expect(watched.rtt).toBeDefined()
  await vi.advanceTimersByTimeAsync(10 * INTERVAL * 1.1)
  expect(watched.pings).toBeGreaterThan(9)
  expect(watched.abort).not.toHaveBeenCalled()
})

it('ends a connection whose other side does not answer for five seconds', async () => {
  const watched = open()
  await vi.advanceTimersByTimeAsync(1)
  watched.answers = false
  await vi.advanceTimersByTimeAsync(1.1 * INTERVAL + 4_000)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(watched.abort).toHaveBeenCalledOnce()
})

it('blames nobody for the time in which it stood still itself', async () => {
  const watched = open()
  await vi.advanceTimersByTimeAsync(1)
  watched.answers = false
  await vi.advanceTimersToNextTimerAsync()
  expect(watched.pings).toBe(2)
  // The process was stopped, or the computer slept: the clock went on and no timer ran.
  const now = performance.now()
  const clock = vi.spyOn(performance, 'now')
  clock.mockImplementation(() => now + 3_600_000)
  await vi.advanceTimersToNextTimerAsync()
  expect(watched.abort).not.toHaveBeenCalled()
  clock.mockImplementation(() => now + 3_605_000)
  await vi.advanceTimersToNextTimerAsync()
  expect(watched.abort).toHaveBeenCalledOnce()
  clock.mockRestore()
})

it('asks everybody at once after a sleep, so that who is gone shows within five seconds', async () => {
  const [alive, gone] = [open(), open()]
  await vi.advanceTimersByTimeAsync(1)
  gone.answers = false
  noteResume()
  // As long as it may take where a wake was told just before.
  await vi.advanceTimersByTimeAsync(3_010)
  expect([alive.pings, gone.pings]).toEqual([2, 2])
  await vi.advanceTimersByTimeAsync(5_000)
  expect(gone.abort).toHaveBeenCalledOnce()
  expect(alive.abort).not.toHaveBeenCalled()
})

it('gives nobody more time to answer because wakes come again and again', async () => {
  const watched = open()
  await vi.advanceTimersByTimeAsync(1)
  watched.answers = false
  for (let wake = 0; wake < 12; wake++) {
    noteResume()
    await vi.advanceTimersByTimeAsync(1_000)
  }
  expect(watched.pings).toBe(2)
  expect(watched.abort).toHaveBeenCalledOnce()
})

it('asks a thousand after a sleep within a second, and not all in one turn', async () => {
  const crowd = Array.from({ length: 1_000 }, open)
  await vi.advanceTimersByTimeAsync(1)
  noteResume()
  // As above, and one second for a thousand.
  await vi.advanceTimersByTimeAsync(4_010)
  const asked = (): number => crowd.filter(({ pings }) => pings > 1).length
  expect(asked()).toBe(1_000)
})

it('does not look after those who came together in one moment', async () => {
  const crowd = Array.from({ length: 100 }, open)
  await vi.advanceTimersByTimeAsync(1)
  await vi.advanceTimersByTimeAsync(INTERVAL - 1)
  const asked = crowd.filter(({ pings }) => pings > 1).length
  expect(asked).toBeGreaterThan(20)
  expect(asked).toBeLessThan(80)
})

it('forgets a connection that ends, and does nothing after its own end', async () => {
  const [ended, left] = [open(), open()]
  await vi.advanceTimersByTimeAsync(1)
  events.dispatchEvent(new CustomEvent('connection:close', { detail: ended as unknown as Connection }))
  monitor.stop()
  await vi.advanceTimersByTimeAsync(5 * INTERVAL)
  expect([ended.pings, left.pings]).toEqual([1, 1])
  expect(vi.getTimerCount()).toBe(0)
})
