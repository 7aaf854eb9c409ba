import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createPruning } from '../../../main/chat/topics/pruning.ts'
import type { Trimmed } from '../../../main/store/types.ts'

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

const nothing = async (): Promise<Trimmed> => ({ removed: [], more: false })

describe('pruning', () => {
  it('begins a minute after the start, goes on in pieces, and rests for an hour', async () => {
    const left = [3, 2, 1, 0, 0]
    const prune = vi.fn(async () => ({ posts: left.shift() ?? 0 }))
    const onPruned = vi.fn()
    const pruning = createPruning({ store: { prune, trim: nothing }, now: () => 7, onPruned, onTrimmed: () => {} })
    await vi.advanceTimersByTimeAsync(59_000)
    expect(prune).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(2_000)
    expect([prune.mock.calls.length, onPruned.mock.calls.length]).toEqual([4, 3])
    expect(prune).toHaveBeenCalledWith({ now: 7 })
    await vi.advanceTimersByTimeAsync(3_500_000)
    expect(prune).toHaveBeenCalledTimes(4)
    await vi.advanceTimersByTimeAsync(200_000)
    expect(prune).toHaveBeenCalledTimes(5)
    void pruning.soon()
    await vi.advanceTimersByTimeAsync(1)
    expect(prune).toHaveBeenCalledTimes(6)
    await pruning.close()
    await vi.advanceTimersByTimeAsync(7_200_000)
    expect(prune).toHaveBeenCalledTimes(6)
  })

  it('trims topics that take too much when nothing is too old, and tells which posts went', async () => {
    const prune = vi.fn(async () => ({ posts: 0 }))
    const left: Trimmed[] = [{ removed: [{ topic: 't', ids: ['a', 'b'] }], more: true }, { removed: [{ topic: 't', ids: ['c'] }], more: true }]
    const trim = vi.fn(async () => left.shift() ?? { removed: [], more: false })
    const onTrimmed = vi.fn()
    const pruning = createPruning({ store: { prune, trim }, now: () => 7, onPruned: () => {}, onTrimmed })
    const done = pruning.soon()
    await vi.advanceTimersByTimeAsync(200)
    await done
    expect(onTrimmed.mock.calls).toEqual([[[{ topic: 't', ids: ['a', 'b'] }]], [[{ topic: 't', ids: ['c'] }]]])
    expect(trim).toHaveBeenCalledTimes(3)
    await pruning.close()
  })

  it('outlives a store that fails, and ends in the middle of a piece', async () => {
    const { promise, resolve } = Promise.withResolvers<{ readonly posts: number }>()
    const prune = vi.fn<() => Promise<{ readonly posts: number }>>().mockRejectedValueOnce(new Error('full')).mockReturnValueOnce(promise)
    const pruning = createPruning({ store: { prune, trim: nothing }, now: () => 7, onPruned: () => {}, onTrimmed: () => {} })
    await vi.advanceTimersByTimeAsync(60_000)
    void pruning.soon()
    await vi.advanceTimersByTimeAsync(1)
    expect(prune).toHaveBeenCalledTimes(2)
    let ended = false
    const closing = pruning.close().then(() => { ended = true })
    await vi.advanceTimersByTimeAsync(100)
    expect(ended).toBe(false)
    resolve({ posts: 5 })
    await closing
    await vi.advanceTimersByTimeAsync(7_200_000)
    expect(prune).toHaveBeenCalledTimes(2)
  })

  it('says when all is deleted that was asked for, also while an earlier piece is under way', async () => {
    const first = Promise.withResolvers<{ readonly posts: number }>()
    const left = [2, 1, 0]
    const prune = vi.fn<() => Promise<{ readonly posts: number }>>(async () => ({ posts: left.shift() ?? 0 })).mockReturnValueOnce(first.promise)
    const pruning = createPruning({ store: { prune, trim: nothing }, now: () => 7, onPruned: () => {}, onTrimmed: () => {} })
    await vi.advanceTimersByTimeAsync(60_000)
    let isDone = false
    const done = pruning.soon().then(() => { isDone = true })
    first.resolve({ posts: 0 })
    await vi.advanceTimersByTimeAsync(60)
    expect([isDone, prune.mock.calls.length]).toEqual([false, 3])
    await vi.advanceTimersByTimeAsync(60)
    await done
    expect(prune).toHaveBeenCalledTimes(4)
    const ended = pruning.soon()
    await pruning.close()
    await ended
  })
})
