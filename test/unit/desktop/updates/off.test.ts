import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openBench, type Bench, type BenchOptions } from './bench.ts'

let bench: Bench
beforeEach(async () => { bench = await openBench() })
afterEach(async () => { await bench.close() })

describe('off', () => {
  it.each([
    [{ config: 'unreadable' }, /cannot be read/u],
    [{ config: { updates: false } }, /distribution/u],
    [{ config: { updateKeys: [] } }, /no key/u],
    [{ config: { updateFeed: '' } }, /no place to ask/u],
    [{ whoUpdates: 'Flatpak updates Natter.' }, /Flatpak/u]
  ] satisfies readonly [BenchOptions, RegExp][])('%j', async (options, words) => {
    bench.offer('0.2.0')
    const updates = bench.open(options)
    updates.start()
    await expect.poll(() => updates.state()).toMatchObject({ kind: 'off', why: expect.stringMatching(words) as string })
    await updates.check()
    expect(bench.feed.asked).toEqual([])
    await updates.stop()
  })

  it('by the person, at once: what waits is not installed, and comes back with the setting', async () => {
    bench.offer('0.2.0')
    const updates = bench.open()
    await updates.check()
    bench.settings.update({ checkUpdates: false })
    await expect.poll(() => updates.state()).toMatchObject({ kind: 'off', why: expect.stringMatching(/settings/u) as string })
    await updates.check()
    await updates.install()
    expect(bench.quits()).toBe(0)
    bench.settings.update({ checkUpdates: true })
    await expect.poll(() => updates.state()).toEqual({ kind: 'idle' })
    await updates.check()
    expect(updates.state()).toMatchObject({ kind: 'ready' })
  })

  it('and on by a feed of the person\'s own, where the package names none', async () => {
    bench.offer('0.2.0')
    const updates = bench.open({ config: { updateFeed: '' } })
    updates.start()
    await expect.poll(() => updates.state().kind).toBe('off')
    bench.settings.update({ updateFeed: bench.feed.url })
    await expect.poll(() => updates.state().kind).toBe('idle')
    await updates.check()
    expect(updates.state()).toMatchObject({ kind: 'ready' })
    await updates.stop()
  })

  it('a feed that Natter does not ask is a failure in words', async () => {
    bench.settings.update({ updateFeed: 'http://example.org/' })
    const updates = bench.open()
    await updates.check()
    expect(updates.state()).toMatchObject({ kind: 'failed', message: expect.stringMatching(/https:/u) as string })
  })
})
