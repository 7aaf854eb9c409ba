import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Crash } from '../../../preload/contract/index.ts'
import { createCrashes, imageFolder, type Crashes } from '../../../main/desktop/crashes/crashes.ts'
import { readName, reportName } from '../../../main/desktop/crashes/names.ts'

const DAY = 24 * 3_600_000
const NOON = Date.UTC(2026, 10, 22, 12)
let folder: string
let now: number
let heard: (readonly Crash[])[]

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'natter-crashes-')), 'crashes')
  now = NOON
  heard = []
})
afterEach(() => { rmSync(join(folder, '..'), { recursive: true, force: true }) })

/** The reports of one run of the app. */
const run = (): Crashes => createCrashes({ folder, footer: ['Natter 0.1.0'], onChange: (crashes) => { heard.push(crashes) }, now: () => now })

function image (name: string, at: number): string {
  const pending = join(imageFolder(folder), 'pending')
  mkdirSync(pending, { recursive: true })
  for (const end of ['dmp', 'meta']) {
    writeFileSync(join(pending, `${name}.${end}`), 'memory')
    utimesSync(join(pending, `${name}.${end}`), at / 1000, at / 1000)
  }
  return join(pending, `${name}.dmp`)
}

describe('reports of crashes', () => {
  it('are written at once, for their owner alone, and told of once', async () => {
    const first = run()
    first.report('main', ['RangeError', '  at here'])
    const [name = ''] = readdirSync(folder)
    expect(name).toBe('crash-20261122T120000000Z-main.txt')
    expect(readFileSync(join(folder, name), 'utf8')).toBe('the main process ended at 2026-11-22T12:00:00.000Z\n\nRangeError\n  at here\n\nNatter 0.1.0\n')
    if (process.platform !== 'win32') expect([statSync(folder).mode & 0o777, statSync(join(folder, name)).mode & 0o777]).toEqual([0o700, 0o600])

    const second = run()
    expect(await second.look()).toBe(1)
    expect(second.list()).toEqual([{ name, at: NOON, part: 'the main process' }])
    expect(heard).toEqual([second.list()])
    expect(await second.look()).toBe(0)
    const third = run()
    expect(await third.look()).toBe(0)
    expect(third.list()).toHaveLength(1)
  })

  it('are few and young', async () => {
    for (let n = 0; n < 30; n++) {
      now = NOON + n * 1000
      run().report('window', [])
    }
    now = NOON - 31 * DAY
    run().report('main', [])
    now = NOON + 60_000
    const crashes = run()
    expect(await crashes.look()).toBe(20)
    expect(crashes.list().at(0)?.at).toBe(NOON + 29_000)
    expect(readdirSync(folder).filter((name) => name.startsWith('crash-'))).toHaveLength(20)
    now = NOON + 31 * DAY
    await crashes.look()
    expect(crashes.list()).toEqual([])
  })

  it('of one run are ten at most', () => {
    const crashes = run()
    for (let n = 0; n < 100; n++) {
      now++
      crashes.report('graphics', [])
    }
    expect(readdirSync(folder)).toHaveLength(10)
  })

  it('are given to an image of memory that has none, and not to one that has', async () => {
    image('alone', NOON - DAY)
    image('of-the-window', NOON - 5_000)
    now = NOON - 6_000
    run().report('window', ['Reason: crashed. Code: 139.'])
    now = NOON
    const crashes = run()
    expect(await crashes.look()).toBe(2)
    expect(crashes.list().map(({ part, at }) => [part, at])).toEqual([['the window', NOON - 6_000], ['the main process', NOON - DAY]])
    expect(readFileSync(join(folder, crashes.list()[1]?.name ?? ''), 'utf8')).toContain(join('images', 'pending', 'alone.dmp'))
    expect(await crashes.look()).toBe(0)
  })

  it('keep three images, for a week', async () => {
    const paths = [1, 2, 3, 4, 5].map((hours) => image(`after-${String(hours)}`, NOON - hours * 3_600_000))
    const old = image('old', NOON - 8 * DAY)
    await run().look()
    expect([...paths, old].map((path) => existsSync(path))).toEqual([true, true, true, false, false, false])
    now = NOON + 8 * DAY
    await run().look()
    expect(readdirSync(join(imageFolder(folder), 'pending'))).toEqual([])
  })

  it('are deleted with their images when the person says so', async () => {
    image('one', NOON)
    const crashes = run()
    await crashes.look()
    await crashes.deleteAll()
    expect(crashes.list()).toEqual([])
    expect(heard.at(-1)).toEqual([])
    expect(readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map(({ name }) => name)).toEqual(['told'])
    expect(await run().look()).toBe(0)
  })

  it('that cannot be deleted stay, and keep nobody from starting', async () => {
    mkdirSync(join(folder, reportName(NOON - 40 * DAY, 'main')), { recursive: true })
    expect(await run().look()).toBe(0)
    expect(readdirSync(folder)).toHaveLength(1)
  })

  it('are looked for where there are none', async () => {
    const crashes = run()
    expect(await crashes.look()).toBe(0)
    await crashes.deleteAll()
    expect(existsSync(folder)).toBe(false)
  })
})

describe('the name of a report', () => {
  it('says when and what', () => {
    const name = reportName(NOON + 7, 'window')
    expect(readName(name)).toEqual({ name, at: NOON + 7, part: 'the window' })
  })

  it.each(['told', 'crash-20261122T120000000Z-other.txt', 'crash-20261322T120000000Z-main.txt', '../crash-20261122T120000000Z-main.txt', 'crash-20261122T120000000Z-toString.txt'])('is not %s', (name) => {
    expect(readName(name)).toBeUndefined()
  })
})
