import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readCopy } from '../../../main/settings/copies.ts'
import { sealingKeyOf } from '../../../main/settings/sealed.ts'
import { DEFAULT_SETTINGS } from '../../../main/settings/schema.ts'
import { openSettings, type SettingsService } from '../../../main/settings/settings.ts'
import type { SettingsNotice } from '../../../main/settings/words.ts'
import { findWords } from '../../support/plain-words.ts'
import { OLD, PRIVATE_WORDS, writeOldProfile } from './support/old-profile.ts'

const KEY = { raw: new Uint8Array(Buffer.alloc(64, 7)) }
const folders: string[] = []
let folder: string
function makeFolder (): string {
  const made = mkdtempSync(join(tmpdir(), 'natter-migration-'))
  folders.push(made)
  return made
}
beforeEach(() => { folder = makeFolder() })
afterEach(() => { for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true }) })

interface Run { readonly settings: SettingsService, readonly notices: readonly SettingsNotice[] }

/** A start that goes all the way. */
async function start (place = folder): Promise<Run> {
  const { settings, notice } = await openSettings(place)
  const unlocked = await settings.unlock(KEY)
  await settings.flush()
  return { settings, notices: [notice, unlocked, await settings.tidy()].filter((each) => each !== undefined) }
}

/** A start in a process of its own that is killed before its n-th call that changes the disk; whether it got to its end. */
async function startKilled (at: number, place: string): Promise<boolean> {
  const here = (name: string): string => fileURLToPath(new URL(`support/${name}`, import.meta.url))
  const child = spawn(process.execPath, ['--import', new URL('support/kill-at.ts', import.meta.url).href, here('migrate.ts'), place, Buffer.from(KEY.raw).toString('hex')], { env: { ...process.env, KILL_AT: String(at) }, stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => { said += chunk.toString() })
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => { child.once('close', (...how) => { resolve(how) }) })
  expect([code, signal]).toEqual(said === 'done' ? [0, null] : [null, 'SIGKILL'])
  return said === 'done'
}

/** Tries a step after the other, some at a time, until one was beyond the last; how many there were. */
async function atEachStep (attempt: (at: number) => Promise<boolean>): Promise<number> {
  for (let at = 0; ; at += AT_ONCE) {
    const done = await Promise.all(Array.from({ length: AT_ONCE }, async (_, n) => attempt(at + n)))
    const first = done.indexOf(true)
    if (first !== -1) return at + first
  }
}
const AT_ONCE = 4

const copies = ['settings.json.damaged-20261101T101500Z', 'settings.json.newer-20261102T101500Z-2'] as const

async function expectWhole (settings: SettingsService, place = folder): Promise<void> {
  expect(settings.stored()).toEqual(OLD)
  expect(findWords(place, PRIVATE_WORDS)).toEqual([])
  expect(readdirSync(place).sort()).toEqual(['settings.json', ...copies.map((name) => `${name}.sealed`), 'settings.sealed'].sort())
  for (const name of copies) expect(Buffer.from(await settings.readCopy(name) ?? []).toString()).toContain('quince orchard')
}

describe('settings of version 0.1.0', () => {
  it('are sealed, with copies of earlier ones, and nothing is left in plain text', async () => {
    writeOldProfile(folder)
    expect(findWords(folder, PRIVATE_WORDS)).not.toEqual([])
    const { settings, notices } = await start()
    await expectWhole(settings)
    expect(notices).toEqual([{ text: expect.stringMatching(/^2 copies of earlier settings are now encrypted/) as string, copy: copies[1] }])
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o600)
    expect(JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8'))).toEqual({
      version: 2, hasPrivate: true, proxy: { kind: 'system' }, theme: 'dark', notifications: true, notificationText: true, stayReachable: true, toldOfStaying: false, checkUpdates: true, updateFeed: ''
    })

    const again = await start()
    await expectWhole(again.settings)
    expect(again.notices).toEqual([])
  })

  it('lose nothing and leave nothing, whenever the upgrade is killed', async () => {
    const steps = await atEachStep(async (at) => {
      const place = makeFolder()
      writeOldProfile(place)
      const isDone = await startKilled(at, place)
      const { settings, notices } = await start(place)
      await expectWhole(settings, place)
      // Nobody used an older version, whatever state the crash left.
      expect(notices.filter(({ text }) => text.includes('older'))).toEqual([])
      return isDone
    })
    // Two files and two copies, each opened, written, synced, renamed.
    expect(steps).toBeGreaterThan(20)
  }, 120_000)

  it('lose nothing and leave nothing when it is killed twice', async () => {
    await Promise.all(([[3, 5], [8, 2], [8, 9], [14, 4], [20, 3]] as const).map(async ([first, second]) => {
      const place = makeFolder()
      writeOldProfile(place)
      await startKilled(first, place)
      await startKilled(second, place)
      await expectWhole((await start(place)).settings, place)
    }))
  }, 60_000)

  it('stay in plain text as long as the key is not open, whatever is changed', async () => {
    writeOldProfile(folder)
    const { settings } = await openSettings(folder)
    expect(settings.stored()).toEqual({ ...DEFAULT_SETTINGS, theme: 'dark', stayReachable: true })
    settings.update({ theme: 'light' })
    await settings.flush()
    await settings.tidy()
    expect(JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8'))).toEqual({ version: 1, ...OLD, theme: 'light' })

    const later = await start()
    expect(later.settings.stored()).toEqual({ ...OLD, theme: 'light' })
    expect(findWords(folder, PRIVATE_WORDS)).toEqual([])
  })

  it('stay as they are where the sealed file cannot be written', async () => {
    writeOldProfile(folder)
    const before = readFileSync(join(folder, 'settings.json'))
    const { settings } = await openSettings(folder)
    // No file takes the place of a folder that is not empty.
    mkdirSync(join(folder, 'settings.sealed', 'in-the-way'), { recursive: true })
    await settings.unlock(KEY)
    expect(settings.stored()).toEqual(OLD)
    await expect(settings.flush()).rejects.toMatchObject({ code: 'ERR_DATA_DIRECTORY' })
    await expect(settings.tidy()).rejects.toMatchObject({ code: 'ERR_DATA_DIRECTORY' })
    expect(readFileSync(join(folder, 'settings.json'))).toEqual(before)
    rmSync(join(folder, 'settings.sealed'), { recursive: true })
    await settings.tidy()
    await expectWhole(settings)
  })
})

describe('an older version that is used once more', () => {
  /** What 0.1.0 does with our plain file: it sets it aside, begins from its defaults, and writes its own. */
  function useOlder (stored: object, place = folder): void {
    const file = join(place, 'settings.json')
    writeFileSync(`${file}.newer-20261201T080000Z`, readFileSync(file))
    writeFileSync(file, JSON.stringify({ version: 1, ...stored }))
  }

  it('finds a file that it knows to be newer than itself', async () => {
    writeOldProfile(folder)
    await start()
    expect((JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8')) as { readonly version: number }).version).toBeGreaterThan(1)
  })

  it('loses nothing, and what it saved is added, sealed and said', async () => {
    writeOldProfile(folder)
    await start()
    useOlder({
      displayName: 'Zoë elsewhere', subscriptions: ['/natter/1/quince orchard', '/natter/1/new quince'], blocked: [{ peerId: '12D3KooWSecondQuince', name: 'Eve Quince', since: 2 }],
      relays: [{ address: '/dns4/relay.quince.example/tcp/4001/p2p/12D3KooWRelayQuince', source: { kind: 'settings' }, approved: true }], notifications: false
    })
    const { settings, notices } = await start()
    expect(settings.stored()).toEqual({
      ...OLD,
      displayName: 'Zoë elsewhere',
      subscriptions: [...OLD.subscriptions, '/natter/1/new quince'],
      blocked: [...OLD.blocked, { peerId: '12D3KooWSecondQuince', name: 'Eve Quince', since: 2 }],
      relays: [{ address: '/dns4/relay.quince.example/tcp/4001/p2p/12D3KooWRelayQuince', source: { kind: 'settings' }, approved: true }],
      notifications: false
    })
    expect(notices[0]?.text).toMatch(/^An older version of Natter was used with this profile/)
    expect(findWords(folder, PRIVATE_WORDS)).toEqual([])
    expect((await start()).notices).toEqual([])
  })

  it('loses nothing where the next upgrade is killed', async () => {
    await atEachStep(async (at) => {
      const place = makeFolder()
      writeOldProfile(place)
      await start(place)
      useOlder({ subscriptions: ['/natter/1/new quince'] }, place)
      const isDone = await startKilled(at, place)
      const { settings } = await start(place)
      expect(settings.stored()).toEqual({ ...OLD, subscriptions: [...OLD.subscriptions, '/natter/1/new quince'] })
      expect(findWords(place, PRIVATE_WORDS)).toEqual([])
      return isDone
    })
  }, 60_000)

  it('brings its proxy with its own password alone', async () => {
    const proxy = { kind: 'this', host: 'proxy.example', port: 3128, secure: false, user: 'zoë', hasPassword: true } as const
    writeOldProfile(folder, { ...OLD, proxy, proxyPassword: 'b3Vycw==' })
    await start()
    useOlder({ subscriptions: [] })
    expect((await start()).settings.stored()).toMatchObject({ proxy, proxyPassword: 'b3Vycw==' })
    const other = { ...proxy, host: 'other.example', hasPassword: false } as const
    useOlder({ proxy: other })
    expect((await start()).settings.stored()).toMatchObject({ proxy: other, proxyPassword: '' })
  })
})

it('copies are read with the key that sealed them alone', async () => {
  writeOldProfile(folder)
  await start()
  expect(await readCopy(folder, copies[0], sealingKeyOf({ raw: new Uint8Array(64) }))).toBeUndefined()
  for (const name of ['settings.json', '../settings.json.damaged-1', 'identity.json', '']) expect(await readCopy(folder, name, sealingKeyOf(KEY))).toBeUndefined()
})
