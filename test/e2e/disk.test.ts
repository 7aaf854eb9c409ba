import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Answer, Api, Argument, CallName, Result } from '../../preload/contract/index.ts'
import { filesBelow, findWords } from '../support/plain-words.ts'
import { PRIVATE_WORDS, OLD, writeOldProfile } from '../unit/settings/support/old-profile.ts'
import { launchApp, type LaunchedApp, type LaunchOptions } from './support/app.ts'
import { startKeyStore } from './support/key-store.ts'
import { createAuthor } from './support/profile.ts'
import { startRelay } from './support/relay.ts'

// What somebody finds who has the disk: every byte of the profile, after the app has ended.

const SOON = { timeout: 30_000, interval: 100 }
let folder: string
const ends: (() => Promise<void>)[] = []
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'natter-disk-')) })
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
  rmSync(folder, { recursive: true, force: true })
})

async function call<K extends CallName> ({ page }: LaunchedApp, name: K, argument: Argument<K>): Promise<Answer<K>> {
  const result = await page.evaluate(async ([key, value]) => (globalThis as unknown as { readonly api: Api }).api[key](value), [name, argument] as [K, never]) as Result<Answer<K>>
  if (!result.ok) throw new Error(`${name}: ${result.message}`)
  return result.value
}

const snapshot = async (app: LaunchedApp): Promise<Answer<'getSnapshot'>> => call(app, 'getSnapshot', {})
const running = async (app: LaunchedApp): Promise<void> => { await expect.poll(async () => (await snapshot(app)).phase.kind, SOON).toBe('running') }

/** The app's processes may write after it was told to end: it is over when `close` resolves. */
async function launch (options: LaunchOptions): Promise<LaunchedApp> {
  const launched = await launchApp({ env: { NATTER_ALLOW_PRIVATE: '1' }, ...options })
  ends.push(async () => launched.close().catch(() => undefined))
  return launched
}

/**
 * Uses the app as people do: says a name, is on two topics and leaves a third, posts, meets Bo through a relay, blocks
 * somebody, searches, begins a draft.
 *
 * @returns words that nobody may find
 */
async function live (ada: LaunchedApp, bosFolder: string): Promise<readonly string[]> {
  const relay = await startRelay()
  ends.push(relay.close)
  const bo = await launch({ userDataDir: bosFolder })
  await call(bo, 'chooseProtection', { kind: 'none' })
  await Promise.all([running(ada), running(bo)])
  await call(ada, 'changeSettings', { displayName: 'Ada Quince' })
  await call(bo, 'changeSettings', { displayName: 'Bo Medlar' })
  await call(ada, 'addRelay', { address: relay.address })
  for (const name of ['quince orchard', 'medlar "garden"', 'sloe hedge']) await call(ada, 'subscribeTopic', { name, plain: false })
  await call(ada, 'subscribeTopic', { name: 'plain-bullace', plain: true })
  // On one machine the relay may also reach us directly.
  await expect.poll(async () => (await snapshot(ada)).relays.map(({ state }) => state), SOON).toEqual(['reserved'])
  const { link } = await call(ada, 'createInvite', { topic: '/natter/1/quince orchard' })
  await call(bo, 'joinInvite', { link })
  await call(bo, 'postMessage', { topic: '/natter/1/quince orchard', text: 'Damsons are ripe', clientId: 'one' })
  const list = ada.page.getByRole('list', { name: 'Topics', exact: true })
  await ada.page.reload()
  // On first start the window asks for a name until the person is done.
  await ada.page.getByText('quince orchard').first().waitFor()
  await expect.poll(async () => (await call(ada, 'listPosts', { topic: '/natter/1/quince orchard', page: { kind: 'newest' }, limit: 50 })).posts.map(({ text }) => text), SOON).toContain('Damsons are ripe')
  await call(ada, 'postMessage', { topic: '/natter/1/medlar "garden"', text: 'The greengage tree too', clientId: 'two' })
  await call(ada, 'searchPosts', { query: 'greengage' })
  for (const title of ['sloe hedge', 'plain-bullace', 'quince orchard']) await list.getByText(title, { exact: true }).click()
  await ada.page.getByRole('textbox', { name: 'Post to quince orchard' }).fill('A draft about mirabelles')
  const mallory = await createAuthor('Mallory')
  await call(ada, 'blockPeer', { peerId: mallory.peerId, name: 'Mallory Sorb' })
  await list.getByText('sloe hedge', { exact: true }).click()
  await call(ada, 'leaveTopic', { topic: '/natter/1/sloe hedge', forget: true })
  await ada.page.reload()
  await list.getByText('quince orchard', { exact: true }).waitFor()
  const { self } = await snapshot(bo)
  await bo.close()
  const [, , , , port = '', , relayId = ''] = relay.address.split('/')
  return [
    'Quince', 'quince', 'medlar', 'Medlar', 'sloe hedge', 'bullace', 'Damsons', 'greengage', 'mirabelles', 'Mallory', 'Sorb', mallory.peerId, self?.peerId ?? '', relayId, `/tcp/${port}`
  ]
}

/** Modes of what is ours: for its owner alone. */
function expectOwn (data: string): void {
  expect(statSync(data).mode & 0o777).toBe(0o700)
  for (const name of ['logs', 'crashes']) expect(statSync(join(data, name)).mode & 0o777, name).toBe(0o700)
  const ours = filesBelow(data).filter((path) => /^(?:identity|settings|posts)|^(?:logs|crashes)\//.test(path.slice(data.length + 1)) && !path.includes('/images/'))
  expect(ours.length).toBeGreaterThan(4)
  expect(ours.filter((path) => (statSync(path).mode & 0o077) !== 0)).toEqual([])
}

describe('after the app has ended, its folder says nothing of names, topics, people or relays', () => {
  it('under a passphrase', async () => {
    const data = join(folder, 'ada')
    const ada = await launch({ userDataDir: data })
    await call(ada, 'chooseProtection', { kind: 'passphrase', passphrase: 'correct horse' })
    const words = await live(ada, join(folder, 'bo'))
    await ada.close()
    expect(findWords(data, words)).toEqual([])
    expectOwn(data)

    // Nor does a run that nobody unlocks, nor one that somebody does.
    const again = await launch({ userDataDir: data })
    expect(await snapshot(again)).toMatchObject({ phase: { kind: 'locked' }, topics: [], blocked: [], relays: [], people: [], settings: { displayName: '' } })
    expect(await again.page.evaluate(() => document.documentElement.innerText)).not.toMatch(/quince/i)
    await call(again, 'unlock', { passphrase: 'correct horse' })
    await running(again)
    expect(await snapshot(again)).toMatchObject({ settings: { displayName: 'Ada Quince' }, blocked: [{ name: 'Mallory Sorb' }], relays: [{}] })
    expect((await snapshot(again)).topics.filter(({ subscribed }) => subscribed).map(({ title }) => title)).toEqual(['quince orchard', 'medlar "garden"', 'plain-bullace'])
    await again.close()
    expect(findWords(data, words)).toEqual([])
    // The search finds what is there.
    writeFileSync(join(data, 'found'), JSON.stringify({ topic: 'medlar "garden"' }))
    expect(findWords(data, ['medlar "garden"'])).toContainEqual({ file: 'found', words: 'medlar "garden"', as: 'json' })
  })

  it.runIf(process.platform === 'linux')('with a key that the system\'s key store keeps', async () => {
    const home = join(folder, 'home')
    mkdirSync(join(home, 'keyrings'), { recursive: true, mode: 0o700 })
    const keys = await startKeyStore(home)
    ends.push(keys.close)
    const data = join(folder, 'ada')
    const ada = await launch({ userDataDir: data, env: { ...keys.env, XDG_CURRENT_DESKTOP: 'GNOME', NATTER_ALLOW_PRIVATE: '1' }, args: keys.args })
    await running(ada)
    const words = await live(ada, join(folder, 'bo'))
    await ada.close()
    expect(findWords(data, words)).toEqual([])
    expectOwn(data)
  })
})

describe('a profile of version 0.1.0', () => {
  it('is left with nothing to read, what Chromium kept for its page included, and lost nothing', async () => {
    const data = join(folder, 'old')
    const first = await launch({ userDataDir: data })
    await call(first, 'chooseProtection', { kind: 'passphrase', passphrase: 'correct horse' })
    await running(first)
    // As that version's page did.
    await first.page.evaluate((topic) => { sessionStorage.setItem('natter.topic', topic) }, OLD.subscriptions[0] ?? '')
    await first.close()
    expect(findWords(join(data, 'Session Storage'), ['quince orchard']).map(({ as }) => as)).toContain('utf16le')
    for (const name of readdirSync(data).filter((each) => each.startsWith('settings'))) rmSync(join(data, name))
    const known = await createAuthor('Somebody')
    const blocked = await createAuthor('Mallory')
    const old = { ...OLD, listenPort: 0, relays: [], relayLists: [], relayNames: [], protocol: 'gossipsub' as const, blocked: [{ peerId: blocked.peerId, name: 'Mallory Quince', since: 1 }] }
    writeOldProfile(data, old)
    for (const name of readdirSync(data).filter((each) => each.startsWith('settings'))) expect(statSync(join(data, name)).mode & 0o077).not.toBe(0)

    const locked = await launch({ userDataDir: data })
    expect((await snapshot(locked)).phase).toEqual({ kind: 'locked' })
    expect((await snapshot(locked)).settings).toMatchObject({ theme: 'dark', stayReachable: true, displayName: '' })
    await call(locked, 'unlock', { passphrase: 'correct horse' })
    await running(locked)
    await expect.poll(async () => (await snapshot(locked)).notices.map(({ text }) => text), SOON).toContainEqual(expect.stringContaining('2 copies of earlier settings are now encrypted'))
    expect(await snapshot(locked)).toMatchObject({ settings: { displayName: OLD.displayName, theme: 'dark' }, blocked: old.blocked })
    expect((await snapshot(locked)).topics.filter(({ subscribed }) => subscribed).map(({ id }) => id)).toEqual(OLD.subscriptions)
    await locked.close()
    const words = [...PRIVATE_WORDS.filter((word) => word !== '12D3KooW' && word !== '40123'), known.peerId, blocked.peerId]
    expect(findWords(data, words)).toEqual([])
    expectOwn(data)
    expect(JSON.parse(readFileSync(join(data, 'settings.json'), 'utf8'))).toMatchObject({ version: 2, theme: 'dark' })
  })
})
