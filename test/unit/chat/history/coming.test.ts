import { expect, it, vi } from 'vitest'
import { Coming } from '../../../../main/chat/history/coming.ts'

it('a post comes from the one who offered it first', () => {
  const coming = new Coming()
  expect([coming.claim('post', 'a'), coming.claim('post', 'b'), coming.claim('other', 'b')]).toEqual([true, false, true])
  coming.release('post', 'a')
  expect(coming.claim('post', 'b')).toBe(true)
})

it('who does not send what it offered no longer keeps it from coming from others', () => {
  const coming = new Coming()
  coming.claim('post', 'liar')
  coming.abandon(['post'], 'liar')
  expect(coming.size).toBe(0)
  expect([coming.claim('post', 'liar'), coming.claim('post', 'b')]).toEqual([true, true])
})

it('who is too slow about it neither', () => {
  vi.useFakeTimers()
  try {
    const coming = new Coming()
    coming.claim('post', 'slow')
    vi.advanceTimersByTime(4_000)
    expect(coming.claim('post', 'b')).toBe(false)
    vi.advanceTimersByTime(2_000)
    expect(coming.claim('post', 'b')).toBe(true)
    coming.release('post', 'b')
    expect([coming.claim('post', 'slow'), coming.claim('post', 'c')]).toEqual([true, true])
  } finally {
    vi.useRealTimers()
  }
})
