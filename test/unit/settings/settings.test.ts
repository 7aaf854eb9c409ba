import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DEFAULT_SETTINGS } from '../../../main/settings/schema.ts'
import { MAX_KNOWN_PEOPLE, MAX_RELAYS } from '../../../main/settings/limits.ts'
import { createSettings, openSettings, type SettingsService } from '../../../main/settings/settings.ts'

let folder: string
let file: string
const at = Date.UTC(2026, 10, 22, 10, 15)

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'natter-settings-'))
  file = join(folder, 'settings.json')
})
afterEach(async () => { await rm(folder, { recursive: true, force: true }) })

const KEY = { raw: new Uint8Array(Buffer.alloc(64, 7)) }
/** Settings with the key open. */
async function open (place = folder): Promise<SettingsService> {
  const { settings } = await openSettings(place)
  await settings.unlock(KEY)
  return settings
}

const whole = {
  ...DEFAULT_SETTINGS,
  displayName: 'Ada',
  relays: [{ address: '/ip4/203.0.113.7/tcp/4001/p2p/12D3', source: { kind: 'invite', topic: 't' }, approved: true }] as const,
  subscriptions: ['/natter/1/a', 'universal-connectivity'],
  known: [{ peerId: '12D3', record: 'AQID', topics: ['/natter/1/a'] }]
}

describe('settings', () => {
  it('are the defaults at first, and say nothing about it', async () => {
    const { settings, notice } = await openSettings(folder)
    expect(notice).toBeUndefined()
    expect(settings.visible()).toEqual({
      displayName: '', protocol: 'gossipsub', listenPort: 0, mdns: true, seenNearby: true, directConnections: true, routerPort: false, beRelay: false, proxy: { kind: 'system' }, theme: 'system',
      relaysByName: true, relaysFromLists: true, relaysThroughRelays: 'ask', relaysFromPeers: true,
      notifications: true, notificationText: true, stayReachable: false, checkUpdates: true, updateFeed: ''
    })
    expect(await readdir(folder)).toEqual([])
  })

  it('come back as they were, for their owner only', async () => {
    const settings = await open(join(folder, 'new', 'folder'))
    settings.update({ displayName: 'Ada', subscriptions: whole.subscriptions })
    settings.remember({ peerId: '12D3', record: new Uint8Array([1, 2, 3]), topics: ['/natter/1/a'] })
    await settings.flush()
    const again = await open(join(folder, 'new', 'folder'))
    expect(again.stored()).toEqual(settings.stored())
    expect(again.known()).toEqual([{ peerId: '12D3', record: new Uint8Array([1, 2, 3]), topics: ['/natter/1/a'] }])
    for (const name of ['settings.json', 'settings.sealed']) expect((await stat(join(folder, 'new', 'folder', name))).mode & 0o777).toBe(0o600)
    for (const name of ['new', 'new/folder']) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o700)
  })

  it('reach the disk by themselves, and in the order in which they were made', async () => {
    const settings = await open()
    for (let index = 0; index <= 50; index++) {
      settings.update({ displayName: `name ${index}` })
      if (index % 10 === 0) void settings.flush()
    }
    await expect.poll(async () => (await open()).stored().displayName, { timeout: 5_000 }).toBe('name 50')
    await settings.flush()
  })

  it('announce what the person set, and nothing else', async () => {
    const settings = createSettings()
    const heard: unknown[] = []
    settings.on('settings:change', (value) => { heard.push(value) })
    settings.update({ subscriptions: ['a'] })
    settings.update({ theme: 'dark' })
    settings.update({ theme: 'dark' })
    expect(heard).toEqual([{ ...settings.visible(), theme: 'dark' }])
  })

  it('keep 200 people, the ones heard of last, and every subscription', async () => {
    const settings = createSettings()
    settings.update({ subscriptions: Array.from({ length: 500 }, (_, index) => `t${index}`) })
    for (let index = 0; index < MAX_KNOWN_PEOPLE + 5; index++) settings.remember({ peerId: `p${index}`, record: new Uint8Array([1]), topics: [] })
    settings.remember({ peerId: 'p7', record: new Uint8Array([2]), topics: [] })
    expect(settings.known()).toHaveLength(MAX_KNOWN_PEOPLE)
    expect(settings.known().map(({ peerId }) => peerId)).not.toContain('p4')
    expect(settings.known().filter(({ peerId }) => peerId === 'p7')).toEqual([{ peerId: 'p7', record: new Uint8Array([2]), topics: [] }])
    expect(settings.stored().subscriptions).toHaveLength(500)
  })

  it('refuse more relays than anybody uses', () => {
    const relays = Array.from({ length: MAX_RELAYS + 1 }, () => ({ address: '/a', source: { kind: 'settings' } as const, approved: true }))
    expect(() => { createSettings().update({ relays }) }).toThrow(/64 relays/u)
  })
})

describe('a settings file', () => {
  it('of this version or the one before is read; what it leaves out has its default', async () => {
    await writeFile(file, JSON.stringify({ version: 1, ...whole }))
    expect((await open()).stored()).toEqual(whole)
    await writeFile(file, '{"version":1,"displayName":"Ada"}')
    expect((await open()).stored()).toEqual({ ...DEFAULT_SETTINGS, displayName: 'Ada' })
    await writeFile(file, '{"version":2,"theme":"dark"}')
    expect((await open()).stored()).toEqual({ ...DEFAULT_SETTINGS, theme: 'dark' })
  })

  const text = JSON.stringify({ version: 1, ...whole }, null, 2)
  it.each([
    ['cut in half', text.slice(0, text.length / 2)],
    ['empty', ''],
    ['of zeros', '\0'.repeat(100)],
    ['no object', '[1]'],
    ['without a version', '{"displayName":"Ada"}'],
    ['of a wrong shape', JSON.stringify({ version: 1, ...whole, listenPort: 'x' })],
    ['with a wrong relay', JSON.stringify({ version: 1, ...whole, relays: [{ address: 5 }] })],
    ['with a wrong topic', JSON.stringify({ version: 1, ...whole, subscriptions: [{}] })],
    ['of a wrong theme', '{"version":2,"theme":7}']
  ])('that is damaged (%s) is kept aside, defaults are used, and the person is told', async (_name, content) => {
    await writeFile(file, content)
    const { settings, notice } = await openSettings(folder, () => at)
    expect(settings.stored()).toEqual(DEFAULT_SETTINGS)
    expect(notice).toEqual({ text: expect.stringMatching(/were damaged.*kept as settings\.json\.damaged-20261122T101500Z.*topics have to be joined again/u) as string, copy: 'settings.json.damaged-20261122T101500Z' })
    settings.update({ theme: 'dark' })
    await settings.flush()
    expect(await readFile(join(folder, 'settings.json.damaged-20261122T101500Z'), 'utf8')).toBe(content)
    // Once the key is open the copy is sealed too, of which the person need not hear again.
    await settings.unlock(KEY)
    expect(await settings.tidy()).toBeUndefined()
    expect((await readdir(folder)).sort()).toEqual(['settings.json', 'settings.json.damaged-20261122T101500Z.sealed'])
    expect(Buffer.from(await settings.readCopy('settings.json.damaged-20261122T101500Z') ?? []).toString()).toBe(content)
  })

  it('from a newer version is kept aside, and the person is told', async () => {
    const content = JSON.stringify({ version: 3, displayName: 'Ada', more: true })
    await writeFile(file, content)
    const { settings, notice } = await openSettings(folder, () => at)
    expect(settings.stored()).toEqual(DEFAULT_SETTINGS)
    expect(notice?.text).toMatch(/newer Natter.*settings\.json\.newer-20261122T101500Z/u)
    expect(await readFile(`${file}.newer-20261122T101500Z`, 'utf8')).toBe(content)
  })

  it('set aside twice in a second does not overwrite the first', async () => {
    for (const content of ['first', 'second']) {
      await writeFile(file, content)
      await openSettings(folder, () => at)
    }
    expect((await readdir(folder)).sort()).toEqual(['settings.json.damaged-20261122T101500Z', 'settings.json.damaged-20261122T101500Z-2'])
  })
})

describe('a data directory that cannot be written', () => {
  const failure = { name: 'SettingsError', code: 'ERR_DATA_DIRECTORY' }

  it('is said so in one sentence', async () => {
    // A file where the folder should be stops root as well.
    await writeFile(join(folder, 'in-the-way'), '')
    await expect(openSettings(join(folder, 'in-the-way'))).rejects.toMatchObject({ ...failure, message: expect.stringMatching(/cannot write to .*in-the-way: a file is in the way/u) as string })
    await expect(openSettings(join(folder, 'in-the-way', 'below'))).rejects.toMatchObject(failure)
  })

  it('is told when it shows only later, and nothing is lost meanwhile', async () => {
    const settings = await open()
    const failures: unknown[] = []
    settings.on('save:fail', (error) => { failures.push(error) })
    await rm(folder, { recursive: true })
    settings.update({ displayName: 'Ada' })
    await expect(settings.flush()).rejects.toMatchObject(failure)
    settings.update({ subscriptions: ['a'] })
    await expect.poll(() => failures, { timeout: 5_000 }).toMatchObject([failure])
    expect(settings.stored()).toMatchObject({ displayName: 'Ada', subscriptions: ['a'] })
  })
})
