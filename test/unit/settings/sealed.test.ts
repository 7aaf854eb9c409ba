import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DEFAULT_SETTINGS } from '../../../main/settings/schema.ts'
import { openSettings, type SettingsService } from '../../../main/settings/settings.ts'
import { findWords } from '../../support/plain-words.ts'

const KEY = { raw: new Uint8Array(Buffer.alloc(64, 7)) }
const at = Date.UTC(2026, 10, 22, 10, 15)
let folder: string
let file: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'natter-sealed-'))
  file = join(folder, 'settings.json')
})
afterEach(async () => { await rm(folder, { recursive: true, force: true }) })

/** Settings with the key open. */
async function open (): Promise<SettingsService> {
  const { settings } = await openSettings(folder)
  await settings.unlock(KEY)
  return settings
}

describe('the sealed file', () => {
  const sealed = (): string => join(folder, 'settings.sealed')
  /** What Ada has; both files are there. */
  async function keepAda (): Promise<void> {
    const settings = await open()
    settings.update({ displayName: 'Ada', subscriptions: ['/natter/1/garden'], theme: 'dark' })
    await settings.flush()
  }

  it('holds all that is private, in bytes that say nothing, and hardly how much it is', async () => {
    await keepAda()
    expect(findWords(folder, ['Ada', 'garden', 'subscriptions', 'displayName'])).toEqual([])
    const { size } = await stat(sealed())
    const settings = await open()
    settings.update({ subscriptions: ['/natter/1/garden', '/natter/1/kitchen'] })
    await settings.flush()
    expect((await stat(sealed())).size).toBe(size)
  })

  it('is not written again for what is plain, nor the plain one for what is private', async () => {
    await keepAda()
    const both = async (): Promise<readonly Buffer[]> => Promise.all([readFile(file), readFile(sealed())])
    const [plain, secret] = await both()
    const settings = await open()
    settings.update({ displayName: 'Bo' })
    await settings.flush()
    expect((await both())[0]).toEqual(plain)
    expect((await both())[1]).not.toEqual(secret)
    const [, after] = await both()
    settings.update({ theme: 'light' })
    await settings.flush()
    expect((await both())[1]).toEqual(after)
  })

  it('is opened once, tells what the window shows, and keeps what was changed meanwhile', async () => {
    await keepAda()
    const { settings } = await openSettings(folder)
    const heard: unknown[] = []
    settings.on('settings:change', ({ displayName, theme }) => { heard.push([displayName, theme]) })
    expect(settings.stored()).toEqual({ ...DEFAULT_SETTINGS, theme: 'dark' })
    const opening = settings.unlock(KEY)
    settings.update({ theme: 'light' })
    await Promise.all([opening, settings.unlock(KEY)])
    expect(settings.stored()).toEqual({ ...DEFAULT_SETTINGS, theme: 'light', displayName: 'Ada', subscriptions: ['/natter/1/garden'] })
    expect(heard).toEqual([['', 'light'], ['Ada', 'light']])
  })

  it('takes in what was changed before it was open, and loses nothing of its own to that', async () => {
    await keepAda()
    const { settings } = await openSettings(folder)
    settings.update({ displayName: 'Bo', subscriptions: ['/natter/1/kitchen'], mdns: false })
    await settings.flush()
    expect(findWords(folder, ['kitchen'])).toEqual([])
    await settings.unlock(KEY)
    await settings.flush()
    expect((await open()).stored()).toEqual({ ...DEFAULT_SETTINGS, theme: 'dark', displayName: 'Bo', mdns: false, subscriptions: ['/natter/1/garden', '/natter/1/kitchen'] })
  })

  it.each([
    ['empty', () => Buffer.alloc(0), 'damaged'],
    ['cut', (all: Buffer) => all.subarray(0, -1), 'damaged'],
    ['cut to its header', (all: Buffer) => all.subarray(0, 40), 'damaged'],
    ['longer', (all: Buffer) => Buffer.concat([all, Buffer.alloc(1)]), 'damaged'],
    ['of zeros', (all: Buffer) => Buffer.alloc(all.length), 'damaged'],
    ['changed in its nonce', (all: Buffer) => flip(all, 33), 'damaged'],
    ['changed in its text', (all: Buffer) => flip(all, 500), 'damaged'],
    ['changed in its tag', (all: Buffer) => flip(all, all.length - 1), 'damaged'],
    ['changed in its key id', (all: Buffer) => flip(all, 17), 'other-key'],
    ['of a newer version', (all: Buffer) => Buffer.concat([Buffer.from('natter sealed 2\n'), all.subarray(16)]), 'newer']
  ])('that is %s is set aside, never written over, and said', async (_, harm, reason) => {
    await keepAda()
    const content = harm(await readFile(sealed()))
    await writeFile(sealed(), content)
    const { settings } = await openSettings(folder, () => at)
    const notice = await settings.unlock(KEY)
    expect(notice?.text).toMatch(new RegExp(`could not be read.*settings\\.sealed\\.${reason}-20261122T101500Z`, 'u'))
    expect(settings.stored()).toEqual({ ...DEFAULT_SETTINGS, theme: 'dark' })
    settings.update({ displayName: 'Bo' })
    await settings.tidy()
    expect(await readFile(join(folder, `settings.sealed.${reason}-20261122T101500Z`))).toEqual(content)
    expect((await open()).stored().displayName).toBe('Bo')
  })

  it('of another identity is set aside and said, and opens again with its own', async () => {
    await keepAda()
    const { settings } = await openSettings(folder, () => at)
    expect((await settings.unlock({ raw: new Uint8Array(64) }))?.text).toMatch(/another identity key.*settings\.sealed\.other-key-20261122T101500Z/u)
    expect(settings.stored().displayName).toBe('')
    await settings.tidy()
    await rename(join(folder, 'settings.sealed.other-key-20261122T101500Z'), sealed())
    expect((await open()).stored().displayName).toBe('Ada')
  })

  it('that is gone is said once', async () => {
    await keepAda()
    await rm(sealed())
    const { settings } = await openSettings(folder)
    expect((await settings.unlock(KEY))?.text).toMatch(/settings\.sealed, is gone/u)
    await settings.tidy()
    expect(await (await openSettings(folder)).settings.unlock(KEY)).toBeUndefined()
  })

  it('that cannot be read changes nothing', async () => {
    await keepAda()
    await rm(sealed())
    await mkdir(sealed())
    const { settings } = await openSettings(folder)
    await expect(settings.unlock(KEY)).rejects.toMatchObject({ code: 'ERR_DATA_DIRECTORY', message: expect.stringContaining('cannot read') as string })
    expect(settings.isOpen()).toBe(false)
    settings.update({ displayName: 'Bo' })
    await settings.flush()
    expect((await readdir(folder)).sort()).toEqual(['settings.json', 'settings.sealed'])
  })

  it('leaves a plain file that is damaged its own loss alone', async () => {
    await keepAda()
    await writeFile(file, 'x')
    const { settings, notice } = await openSettings(folder, () => at)
    expect(notice?.text).toMatch(/^Some of your settings were damaged.*appearance/u)
    await settings.unlock(KEY)
    expect(settings.stored()).toEqual({ ...DEFAULT_SETTINGS, displayName: 'Ada', subscriptions: ['/natter/1/garden'] })
  })
})

function flip (bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes)
  changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
  return changed
}
