import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { addSleep } from '../../../../main/node/clock.ts'
import { noteResume } from '../../../../main/node/wake.ts'
import { createSchedule } from '../../../../main/desktop/updates/schedule.ts'

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

const minute = 60_000
const hour = 60 * minute

it.each([[0, 5 * minute, 6 * hour], [0.999, 7.4 * minute, 8.9 * hour]])('asks some minutes after the start, then every few hours (%j of chance)', async (chance, first, every) => {
  const task = vi.fn(async () => {})
  const schedule = createSchedule(task, { random: () => chance })
  schedule.start()
  schedule.start()
  await vi.advanceTimersByTimeAsync(first - 1)
  expect(task).toHaveBeenCalledTimes(0)
  await vi.advanceTimersByTimeAsync(minute)
  expect(task).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(every - 2 * minute)
  expect(task).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(hour)
  expect(task).toHaveBeenCalledTimes(2)
  schedule.stop()
  await vi.advanceTimersByTimeAsync(100 * hour)
  expect(task).toHaveBeenCalledTimes(2)
})

it('asks after a sleep in which its time came, and once', async () => {
  const task = vi.fn(async () => {})
  const schedule = createSchedule(task, { first: minute, every: 6 * hour, random: () => 0 })
  schedule.start()
  await vi.advanceTimersByTimeAsync(minute)
  expect(task).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(hour)
  addSleep(8 * hour)
  for (let wake = 0; wake < 3; wake++) {
    noteResume()
    await vi.advanceTimersByTimeAsync(5_000)
  }
  expect(task).toHaveBeenCalledTimes(2)
  await vi.advanceTimersByTimeAsync(5 * hour)
  expect(task).toHaveBeenCalledTimes(2)
  schedule.stop()
})

it('waits anew when a task has ended, and a stop and a start during one make no second row', async () => {
  const gate = Promise.withResolvers<undefined>()
  const task = vi.fn(async () => { await gate.promise })
  const schedule = createSchedule(task, { first: minute, every: minute, random: () => 0 })
  schedule.start()
  await vi.advanceTimersByTimeAsync(10 * minute)
  expect(task).toHaveBeenCalledTimes(1)
  schedule.stop()
  schedule.start()
  gate.resolve(undefined)
  await vi.advanceTimersByTimeAsync(10 * minute)
  expect(task).toHaveBeenCalledTimes(11)
  schedule.stop()
})
