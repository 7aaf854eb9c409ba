import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createFirstLook } from '../../../main/desktop/first-look.ts'

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

async function passed (wait: Promise<void>, ms: number): Promise<boolean> {
  let done = false
  void wait.then(() => { done = true })
  await vi.advanceTimersByTimeAsync(ms)
  return done
}

it('the network waits until the window had time to draw its first posts', async () => {
  const look = createFirstLook()
  const wait = look.wait()
  expect(await passed(wait, 300)).toBe(false)
  look.taken()
  look.taken()
  expect(await passed(wait, 140)).toBe(false)
  expect(await passed(wait, 20)).toBe(true)
})

it('and no more than a second for a window that asks for none', async () => {
  const wait = createFirstLook().wait()
  expect(await passed(wait, 990)).toBe(false)
  expect(await passed(wait, 20)).toBe(true)
})

it('a look that was taken before is a look', async () => {
  const look = createFirstLook()
  look.taken()
  expect(await passed(look.wait(), 160)).toBe(true)
})
