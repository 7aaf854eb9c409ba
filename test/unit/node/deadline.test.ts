import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { addSleep, monotonicNow } from '../../../main/node/clock.ts'
import { afterTime } from '../../../main/node/deadline.ts'
import { noteResume } from '../../../main/node/wake.ts'

const HOUR = 3_600_000

/** The computer sleeps: nothing runs, and the clock that timers go by stands still. */
async function sleep (ms: number): Promise<void> {
  addSleep(ms)
  noteResume()
  await vi.advanceTimersByTimeAsync(3_000)
}

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

describe('a task that waits for hours', () => {
  it('runs at its time, once, and keeps nothing alive', async () => {
    const task = vi.fn()
    afterTime(HOUR, task)
    await vi.advanceTimersByTimeAsync(HOUR - 1)
    expect(task).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(task).toHaveBeenCalledOnce()
    await sleep(5 * HOUR)
    expect(task).toHaveBeenCalledOnce()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('runs soon after a sleep in which its time came', async () => {
    const task = vi.fn()
    afterTime(HOUR, task)
    await vi.advanceTimersByTimeAsync(10_000)
    await sleep(8 * HOUR)
    expect(task).toHaveBeenCalledOnce()
  })

  it('waits for the rest where it did not', async () => {
    const task = vi.fn()
    afterTime(HOUR, task)
    const end = monotonicNow() + HOUR
    await sleep(HOUR / 2)
    expect(task).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(end - monotonicNow() - 1_000)
    expect(task).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1_001)
    expect(task).toHaveBeenCalledOnce()
  })

  it('is not hurried by a clock that is set, nor by wakes for nothing', async () => {
    const task = vi.fn()
    const cancel = afterTime(HOUR, task)
    vi.setSystemTime(Date.now() + 365 * 24 * HOUR)
    for (let wake = 0; wake < 100; wake++) noteResume()
    await vi.advanceTimersByTimeAsync(HOUR / 2)
    expect(task).not.toHaveBeenCalled()
    cancel()
    await sleep(8 * HOUR)
    expect(task).not.toHaveBeenCalled()
    expect(vi.getTimerCount()).toBe(0)
  })
})
