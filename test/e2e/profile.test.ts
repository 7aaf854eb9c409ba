import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Answer, Api, Argument, CallName, PushBatch, Result } from '../../preload/contract/index.ts'
import { environmentFor, findElectron } from '../../resources/tools/electron.mjs'
import { root } from '../../resources/tools/paths.mjs'
import { launchApp, type LaunchedApp, type LaunchOptions } from './support/app.ts'

/** `window.api`, as these tests see it. */
interface NatterWindow { readonly api: Api, heard: PushBatch['pushes'][number][] }

let folder: string
const ends: (() => Promise<void>)[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'natter-profile-'))
  // Apps that run as an ordinary user have their data here too.
  chmodSync(folder, 0o777)
})
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
  rmSync(folder, { recursive: true, force: true })
})

async function launch (options: LaunchOptions): Promise<LaunchedApp> {
  const launched = await launchApp(options)
  ends.push(launched.close)
  return launched
}

async function call<K extends CallName> ({ page }: LaunchedApp, name: K, argument: Argument<K>): Promise<Result<Answer<K>>> {
  return page.evaluate(async ([key, value]) => {
    const { api } = globalThis as unknown as NatterWindow
    return api[key](value)
  }, [name, argument] as [K, never]) as Promise<Result<Answer<K>>>
}

async function boundsOf ({ app }: LaunchedApp): Promise<Electron.Rectangle> {
  return app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds() ?? { x: 0, y: 0, width: 0, height: 0 })
}

async function snapshot (launched: LaunchedApp): Promise<Answer<'getSnapshot'>> {
  const result = await call(launched, 'getSnapshot', {})
  if (!result.ok) throw new Error(result.message)
  return result.value
}

/** Starts another copy the way a person does, and waits for its end. */
async function startSecond (userDataDir: string, ...more: string[]): Promise<number | null> {
  const runtime = await findElectron()
  const flags = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const child = spawn(runtime.binary, [...flags, '--disable-gpu', root, `--user-data-dir=${userDataDir}`, ...more], {
    env: { ...process.env, ...environmentFor(runtime) }, stdio: 'ignore'
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
}

describe('two copies on one profile', () => {
  it('are one: the second brings the first to the front, hands its link over, and ends', async () => {
    const userDataDir = join(folder, 'data')
    const first = await launch({ userDataDir })
    await first.page.evaluate(() => {
      const page = globalThis as unknown as NatterWindow
      page.heard = []
      page.api.onPush(({ pushes }) => { page.heard.push(...pushes) })
    })
    await first.app.evaluate(({ BrowserWindow }) => { BrowserWindow.getAllWindows()[0]?.hide() })

    expect(await startSecond(userDataDir, 'natter://join#second')).toBe(0)
    await expect.poll(async () => first.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.isVisible()))).toEqual([true])
    await expect.poll(async () => first.page.evaluate(() => (globalThis as unknown as NatterWindow).heard.filter(({ event }) => event === 'errand:open')))
      .toEqual([{ event: 'errand:open', value: { id: 1, kind: 'invite', link: 'natter://join#second' } }])
  })

  it('on two profiles are two, each in sight although the display where one was is gone', async () => {
    mkdirSync(join(folder, 'one'))
    writeFileSync(join(folder, 'one', 'settings.json'), JSON.stringify({ version: 1, window: { x: 9_000, y: 40, width: 700, height: 500, maximized: false } }))
    const [one, two] = [await launch({ userDataDir: join(folder, 'one') }), await launch({ userDataDir: join(folder, 'two') })]
    expect([(await snapshot(one)).phase.kind, (await snapshot(two)).phase.kind]).toEqual(['protect', 'protect'])
    expect(await boundsOf(one)).toMatchObject({ width: 700, height: 500 })
    expect((await boundsOf(one)).x).toBeLessThan(1_280)
  })
})

describe('a profile by name', () => {
  it('is somebody else, with a folder, a lock and a window of their own', async () => {
    const userDataDir = join(folder, 'data')
    const plain = await launch({ userDataDir })
    const ada = await launch({ userDataDir, args: ['--profile=ada'] })
    const bo = await launch({ userDataDir, args: ['--profile', 'bo'] })
    for (const each of [plain, ada, bo]) await call(each, 'chooseProtection', { kind: 'none' })
    for (const each of [plain, ada, bo]) await expect.poll(async () => (await snapshot(each)).phase.kind).toBe('running')
    const seen = await Promise.all([plain, ada, bo].map(snapshot))
    expect(new Set(seen.map(({ self }) => self?.peerId)).size).toBe(3)
    expect(seen.map(({ desktop }) => desktop)).toMatchObject([
      { folders: { data: userDataDir, logs: join(userDataDir, 'logs') } },
      { profile: 'ada', folders: { data: join(userDataDir, 'profiles', 'ada'), logs: join(userDataDir, 'profiles', 'ada', 'logs') } },
      { profile: 'bo', folders: { data: join(userDataDir, 'profiles', 'bo') } }
    ])
    expect(seen[0]?.desktop.profile).toBeUndefined()
    for (const place of [userDataDir, join(userDataDir, 'profiles', 'ada'), join(userDataDir, 'profiles', 'bo')]) {
      expect(readdirSync(place)).toEqual(expect.arrayContaining(['identity.json', 'posts.db']) as unknown)
      expect(statSync(place).mode & 0o077, place).toBe(0)
    }

    // Of the same name there is one, and it hears of the second start; a start at login shows nothing.
    const isShown = async ({ app }: LaunchedApp): Promise<boolean | undefined> => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())
    for (const each of [ada, bo]) await each.app.evaluate(({ BrowserWindow }) => { BrowserWindow.getAllWindows()[0]?.hide() })
    expect(await startSecond(userDataDir, '--profile=ada', '--hidden')).toBe(0)
    expect(await startSecond(userDataDir, '--profile=bo')).toBe(0)
    await expect.poll(async () => isShown(bo)).toBe(true)
    expect(await isShown(ada)).toBe(false)
    await Promise.all([ada, bo].map(async ({ app }) => app.evaluate(({ BrowserWindow }) => { BrowserWindow.getAllWindows()[0]?.show() })))
  })
})

it('a link that the app is started with waits in the snapshot', async () => {
  const launched = await launch({ userDataDir: join(folder, 'data'), args: ['natter://join#first'] })
  expect((await snapshot(launched)).errand).toEqual({ id: 1, kind: 'invite', link: 'natter://join#first' })
})

describe('a data directory that cannot be written', () => {
  const failed = (at: string): unknown => ({ kind: 'failed', message: expect.stringContaining(`Natter cannot write to ${at}`) as unknown })

  it('leaves a window that says so, and no other directory is used in its place', async () => {
    writeFileSync(join(folder, 'file'), '')
    const userDataDir = join(folder, 'file', 'below')
    const launched = await launch({ userDataDir })
    expect((await snapshot(launched)).phase).toEqual(failed(userDataDir))
    expect(await launched.app.evaluate(({ app }) => app.getPath('userData'))).not.toMatch(/\.config/u)
  })

  it('that is there, but another person\'s, says so too', async () => {
    const userDataDir = join(folder, 'theirs')
    mkdirSync(userDataDir, { mode: 0o555 })
    // With the sandbox on, the app runs as an ordinary user, whom permissions stop.
    const launched = await launch({ userDataDir, sandbox: true })
    expect((await snapshot(launched)).phase).toEqual(failed(userDataDir))
    expect(readdirSync(userDataDir)).toEqual([])
  })
})

describe('a start', () => {
  it('keeps key, settings, topics and where the window was, and tells when its port is taken', async () => {
    const userDataDir = join(folder, 'data')
    const first = await launchApp({ userDataDir })
    await call(first, 'chooseProtection', { kind: 'passphrase', passphrase: 'correct horse' })
    await expect.poll(async () => (await snapshot(first)).phase.kind).toBe('running')
    await call(first, 'subscribeTopic', { name: 'garden', plain: false })
    const { port, peerId } = (await snapshot(first)).self ?? { port: 0, peerId: '' }
    await call(first, 'changeSettings', { displayName: 'Ada', listenPort: port })
    const bounds = { x: 120, y: 80, width: 900, height: 640 }
    await first.app.evaluate(({ BrowserWindow }, wanted) => { BrowserWindow.getAllWindows()[0]?.setBounds(wanted) }, bounds)
    await expect.poll(async () => boundsOf(first)).toEqual(bounds)
    await first.close()

    const taken = createServer().listen(port)
    ends.push(async () => new Promise((resolve) => { taken.close(() => { resolve() }) }))
    const again = await launch({ userDataDir })
    expect((await snapshot(again)).phase).toEqual({ kind: 'locked' })
    // Before anything is unlocked.
    expect(await boundsOf(again)).toEqual(bounds)
    expect(await call(again, 'unlock', { passphrase: 'wrong horse' })).toMatchObject({ ok: false, code: 'ERR_WRONG_PASSPHRASE' })
    expect(await call(again, 'unlock', { passphrase: 'correct horse' })).toMatchObject({ ok: true })
    await expect.poll(async () => (await snapshot(again)).phase.kind).toBe('running')
    const { self, settings, topics, notices } = await snapshot(again)
    expect(self).toMatchObject({ peerId, protection: 'passphrase' })
    expect(settings.displayName).toBe('Ada')
    expect(topics).toMatchObject([{ id: '/natter/1/garden', subscribed: true }])
    expect(self?.port).not.toBe(port)
    expect(notices).toMatchObject([{ id: 'port', text: `Port ${port} is taken by another program; Natter listens on ${self?.port ?? 0}.` }])
  })
})
