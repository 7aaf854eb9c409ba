import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { content, openBench, type Bench } from './bench.ts'
import { metadata, signed, STRANGER } from './feed.ts'

let bench: Bench
beforeEach(async () => { bench = await openBench() })
afterEach(async () => { await bench.close() })

describe('a newer version', () => {
  it('is downloaded, and installed when the app ends', async () => {
    bench.offer('0.2.0', content, 'releaseNotes: Better.\n')
    const updates = bench.open()
    await updates.check()
    const common = { version: '0.2.0', notes: 'Better.' }
    expect(bench.pushed).toEqual([
      { kind: 'checking' },
      { kind: 'downloading', ...common, bytes: 0, total: content.length },
      { kind: 'downloading', ...common, bytes: content.length, total: content.length },
      { kind: 'ready', ...common }
    ])
    await updates.stop()
    expect(bench.replaced).toEqual([{ path: join(bench.folder, 'natter_0.2.0_amd64.deb'), restart: false, kind: 'deb' }])
    await updates.stop()
    expect(bench.replaced).toHaveLength(1)
  })

  it('starts again where the person asked for it now', async () => {
    bench.offer('0.2.0')
    const updates = bench.open()
    await updates.install()
    expect(bench.quits()).toBe(0)
    await updates.check()
    await updates.install()
    expect(bench.quits()).toBe(1)
    await updates.stop()
    expect(bench.replaced).toMatchObject([{ restart: true }])
  })

  it('is told and not downloaded where the package cannot replace itself', async () => {
    bench.offer('0.2.0', content, 'releaseNotes: Better.\n')
    const updates = bench.open({ kind: 'manual' })
    await updates.check()
    expect(updates.state()).toEqual({ kind: 'available', version: '0.2.0', notes: 'Better.' })
    expect(bench.feed.asked).toEqual(['latest-linux.yml'])
    expect(bench.opened).toEqual([])
    await updates.stop()
    expect(bench.replaced).toEqual([])
  })

  it('is told where the release has no package of this kind', async () => {
    bench.offer('0.2.0')
    const updates = bench.open({ kind: 'rpm' })
    await updates.check()
    expect(updates.state()).toMatchObject({ kind: 'available', version: '0.2.0' })
  })

  it('waits for its turn while it is let out step by step', async () => {
    bench.offer('0.2.0', content, 'stagingPercentage: 10\n')
    const updates = bench.open({ included: false })
    await updates.check()
    expect(updates.state()).toMatchObject({ kind: 'idle', checkedAt: expect.any(Number) as number })
    expect(bench.opened).toEqual([])
  })

  it('takes the place of one that waits', async () => {
    bench.offer('0.2.0')
    const updates = bench.open()
    await updates.check()
    bench.offer('0.3.0')
    await updates.check()
    expect(updates.state()).toMatchObject({ kind: 'ready', version: '0.3.0' })
    await updates.stop()
    expect(bench.replaced).toMatchObject([{ path: join(bench.folder, 'natter_0.3.0_amd64.deb') }])
  })
})

describe('never a downgrade', () => {
  it.each(['0.1.0', '0.0.9', '0.1.0-rc.1'])('%s is nothing new to 0.1.0', async (version) => {
    bench.offer(version)
    const updates = bench.open()
    await updates.check()
    expect(updates.state()).toMatchObject({ kind: 'idle' })
    expect(bench.opened).toEqual([])
  })

  it('an older file that was signed once does not push out what is ready', async () => {
    bench.offer('0.3.0')
    const updates = bench.open()
    await updates.check()
    bench.offer('0.2.0')
    await updates.check()
    expect(updates.state()).toMatchObject({ kind: 'ready', version: '0.3.0' })
    expect(bench.downloads.urls).toHaveLength(1)
  })
})

describe('what cannot be trusted', () => {
  it.each([
    ['an unsigned feed', () => metadata('0.2.0', content), /no signature/u],
    ['a changed one', () => Buffer.from(signed(metadata('0.2.0', content)).toString().replace('0.2.0', '0.2.1')), /does not belong/u],
    ['a stranger\'s', () => signed(metadata('0.2.0', content), 'latest-linux.yml', [STRANGER.signing]), /does not know/u],
    ['another platform\'s', () => signed(metadata('0.2.0', content), 'latest.yml'), /does not belong/u],
    ['one that is too long', () => signed(metadata('0.2.0', content, `# ${'x'.repeat(70_000)}\n`)), /more than a feed has/u],
    ['one that is no YAML', () => signed(Buffer.from(': : {\n')), /no description/u]
  ])('%s fails in words, and nothing is downloaded', async (_what, make, words) => {
    bench.offer('0.2.0')
    bench.feed.files.set('latest-linux.yml', make())
    const updates = bench.open()
    await updates.check()
    expect(updates.state()).toMatchObject({ kind: 'failed', message: expect.stringMatching(words) as string, checkedAt: expect.any(Number) as number })
    expect(bench.feed.asked).toEqual(['latest-linux.yml'])
    await updates.stop()
    expect(bench.replaced).toEqual([])
  })

  it('a file that is not the signed one is not ready', async () => {
    bench.offer('0.2.0')
    bench.feed.files.set('natter_0.2.0_amd64.deb', Buffer.alloc(content.length, 'x'))
    const updates = bench.open()
    await updates.check()
    expect(updates.state()).toMatchObject({ kind: 'failed', message: expect.stringMatching(/no longer the file that was signed/u) as string })
  })

  it('a file that changed while it waited is not installed by hand, and comes again', async () => {
    bench.offer('0.2.0')
    const updates = bench.open()
    await updates.check()
    await writeFile(join(bench.folder, 'natter_0.2.0_amd64.deb'), Buffer.alloc(content.length, 'x'))
    await updates.install()
    expect(bench.quits()).toBe(0)
    expect(updates.state()).toMatchObject({ kind: 'failed', message: expect.stringMatching(/was not installed/u) as string })
    await updates.check()
    expect(updates.state()).toMatchObject({ kind: 'ready' })
  })
})

describe('trouble on the way', () => {
  it('a download that is cut fails in words, and the next check has it', async () => {
    bench.offer('0.2.0')
    bench.feed.files.set('natter_0.2.0_amd64.deb', content.subarray(0, 5))
    const updates = bench.open()
    await updates.check()
    expect(updates.state()).toMatchObject({ kind: 'failed', message: expect.stringMatching(/downloaded whole/u) as string })
    bench.offer('0.2.0')
    await updates.check()
    expect(updates.state()).toMatchObject({ kind: 'ready' })
  })

  it('what is ready stays so when the feed is away', async () => {
    bench.offer('0.2.0')
    const updates = bench.open()
    await updates.check()
    bench.feed.files.delete('latest-linux.yml')
    await updates.check()
    expect(updates.state()).toMatchObject({ kind: 'ready' })
  })

  it('two who ask at once ask once', async () => {
    bench.offer('0.2.0')
    const updates = bench.open()
    await Promise.all([updates.check(), updates.check()])
    expect(bench.feed.asked).toHaveLength(2)
  })

  it('the end of the app ends a download', async () => {
    bench.offer('0.2.0')
    bench.downloads.hold = new Promise(() => {})
    const updates = bench.open()
    const check = updates.check()
    await expect.poll(() => updates.state()).toMatchObject({ kind: 'downloading', bytes: content.length })
    await updates.stop()
    await check
    expect(bench.replaced).toEqual([])
  })
})
