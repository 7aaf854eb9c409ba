import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { Page } from '@playwright/test'
import type { Api, Post, Snapshot } from '../../preload/contract/index.ts'
import { launchApp, type LaunchedApp } from './support/app.ts'
import { WindowUser } from './support/window-user.ts'

// A desktop that posts is killed at random moments; what it had acknowledged is there when it starts again.

declare const window: { api: Api, acknowledged: string[] }

const KILLS = 50
const TOPIC = '/natter/1/crash'
const userDataDir = mkdtempSync(join(tmpdir(), 'natter-crash-'))
afterAll(() => { rmSync(userDataDir, { recursive: true, force: true }) })

/** Posts as fast as answers come, until the process is gone; what was acknowledged is reported as it comes. */
async function postWithoutEnd (page: Page, round: number, heard: (text: string) => void): Promise<void> {
  await page.exposeFunction('acknowledge', heard)
  await page.evaluate(({ topic, prefix }) => {
    const { api, acknowledge } = window as unknown as { api: Api, acknowledge: (text: string) => Promise<void> }
    void (async () => {
      for (let n = 0; ; n++) {
        const text = `${prefix} ${String(n)}`
        const result = await api.postMessage({ topic, text, clientId: text })
        if (result.ok) await acknowledge(text)
      }
    })()
  }, { topic: TOPIC, prefix: `round ${String(round)}, post` })
}

/** All posts of the topic, read through the app's own pages. */
async function readAll (page: Page): Promise<string[]> {
  return page.evaluate(async (topic) => {
    const { api } = window
    const texts: string[] = []
    let before: number | undefined
    for (;;) {
      const result = await api.listPosts({ topic, page: before === undefined ? { kind: 'newest' } : { kind: 'before', order: before }, limit: 200 })
      if (!result.ok) throw new Error(result.message)
      texts.unshift(...result.value.posts.map((post: Post) => post.text))
      before = result.value.posts[0]?.order
      if (!result.value.older || before === undefined) return texts
    }
  }, TOPIC)
}

it(`${String(KILLS)} kills lose no post that was acknowledged`, { timeout: 600_000 }, async () => {
  const acknowledged: string[] = []
  for (let round = 0; round <= KILLS; round++) {
    const { app, page, output, close } = await launchApp({ userDataDir })
    if (round === 0) {
      const user = new WindowUser(page)
      await user.introduce({ name: 'Ada' })
      await user.start({ topic: 'crash' })
    } else {
      await page.getByRole('list', { name: 'Posts', exact: true }).waitFor()
      const there = await readAll(page)
      const counts = new Map<string, number>()
      for (const text of there) counts.set(text, (counts.get(text) ?? 0) + 1)
      expect(acknowledged.filter((text) => counts.get(text) !== 1), `lost or doubled after kill ${String(round)}; the app wrote:\n${output()}`).toEqual([])
    }
    expect(readdirSync(userDataDir).filter((name) => name.startsWith('posts-')), 'no database was set aside').toEqual([])
    if (round === KILLS) {
      await close()
      break
    }
    const before = acknowledged.length
    await postWithoutEnd(page, round, (text) => { acknowledged.push(text) })
    // Posting is under way; then a moment that nobody chose.
    while (acknowledged.length === before) await sleep(5)
    await sleep(Math.random() * 150)
    const gone = new Promise((resolve) => { app.process().once('exit', resolve) })
    app.process().kill('SIGKILL')
    await gone
    await close().catch(() => undefined)
  }
  expect(acknowledged.length).toBeGreaterThan(KILLS)
})

describe.runIf(process.platform !== 'win32')('a part that ends by itself', () => {
  const SECRET = 'nobody else reads this'
  const folders: string[] = []
  const ends: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const end of ends.splice(0)) await end().catch(() => undefined)
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
  })

  async function start (userDataDir: string): Promise<LaunchedApp> {
    const launched = await launchApp({ userDataDir })
    ends.push(launched.close)
    return launched
  }

  async function startWithPost (): Promise<LaunchedApp> {
    const folder = mkdtempSync(join(tmpdir(), 'natter-crash-'))
    folders.push(folder)
    const launched = await start(folder)
    const user = new WindowUser(launched.page)
    await user.introduce({ name: 'Ada' })
    await user.start({ topic: 'crash' })
    await user.post({ topic: 'crash', text: SECRET })
    return launched
  }

  /** Through the main process: Playwright's page does not come back from a crash. */
  async function look ({ app }: LaunchedApp): Promise<Snapshot> {
    const result = await app.evaluate(async ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript('window.api.getSnapshot({})') as Promise<unknown>) as { readonly value: Snapshot }
    return result.value
  }

  async function endOf ({ app }: LaunchedApp, how: () => unknown): Promise<unknown> {
    const gone = new Promise((resolve) => { app.process().once('exit', (code, signal) => { resolve(signal ?? code) }) })
    await how()
    return gone
  }

  const reports = (folder: string): string[] => readdirSync(join(folder, 'crashes')).filter((name) => name.endsWith('.txt')).map((name) => readFileSync(join(folder, 'crashes', name), 'utf8'))

  it('outside of JavaScript is told of at the next start, and what is kept of it can be deleted', async () => {
    const first = await startWithPost()
    expect(await endOf(first, () => first.app.process().kill('SIGSEGV'))).toBe('SIGSEGV')
    const folder = first.userDataDir
    const images = (): string[] => readdirSync(join(folder, 'crashes'), { recursive: true }).map(String).filter((name) => name.endsWith('.dmp'))
    await expect.poll(images).toHaveLength(1)
    expect(statSync(join(folder, 'crashes')).mode & 0o777).toBe(0o700)

    const second = await start(folder)
    const notice = second.page.getByText('Natter ended unexpectedly last time. A report is on this computer and nowhere else.')
    await notice.waitFor()
    const { notices, desktop } = await look(second)
    expect(notices).toMatchObject([{ id: 'crash', action: { kind: 'show-crashes' } }])
    expect(desktop.crashes).toMatchObject([{ part: 'the main process' }])
    expect(reports(folder).join()).toContain(images()[0])
    await second.close()

    const third = await start(folder)
    await expect.poll(async () => (await look(third)).desktop.crashes.length).toBe(1)
    expect((await look(third)).notices).toEqual([])
    await third.page.evaluate(async () => window.api.deleteCrashes({}))
    expect((await look(third)).desktop.crashes).toEqual([])
    expect([...images(), ...reports(folder)]).toEqual([])
  })

  it('outside of JavaScript leaves no image of its memory under a passphrase, from the moment when it is chosen', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'natter-crash-'))
    folders.push(folder)
    const images = (): string[] => readdirSync(folder, { recursive: true }).map(String).filter((name) => name.endsWith('.dmp'))
    const crash = async (launched: LaunchedApp): Promise<void> => {
      expect(await endOf(launched, () => launched.app.process().kill('SIGSEGV'))).toBe('SIGSEGV')
    }
    const first = await start(folder)
    // One of a time before is gone as well.
    const old = join(folder, 'crashes', 'images', 'pending', 'old.dmp')
    await expect.poll(() => existsSync(join(folder, 'crashes', 'images'))).toBe(true)
    mkdirSync(dirname(old), { recursive: true })
    writeFileSync(old, 'keys')
    expect(await first.page.evaluate(async () => window.api.chooseProtection({ kind: 'passphrase', passphrase: 'correct horse' }))).toMatchObject({ ok: true })
    expect(existsSync(join(folder, 'crashes', 'images'))).toBe(false)
    await crash(first)
    expect(images()).toEqual([])

    const second = await start(folder)
    expect((await look(second)).phase).toEqual({ kind: 'locked' })
    await crash(second)
    expect(images()).toEqual([])
  })

  it('by an error that nobody caught leaves its place, and none of its words', async () => {
    const first = await startWithPost()
    const secret = SECRET
    expect(await endOf(first, async () => first.app.evaluate((_electron, text) => { setTimeout(() => { throw new RangeError(text) }) }, secret).catch(() => undefined))).toBe(1)
    const [report = ''] = reports(first.userDataDir)
    expect(report).toMatch(/^the main process ended at 20.*\n\nRangeError\n(?: {2}at .*\n)*\nNatter /u)
    expect(report).not.toContain(SECRET)
    const second = await start(first.userDataDir)
    await expect.poll(async () => (await look(second)).notices).toMatchObject([{ id: 'crash', action: { kind: 'show-crashes' } }])
  })

  it('in the window is opened again once, and then the person is asked', async () => {
    const launched = await startWithPost()
    await launched.app.evaluate(({ dialog }) => {
      Object.assign(globalThis, { asked: 0 })
      // The real one waits for a click that no test can make.
      dialog.showMessageBox = async () => {
        (globalThis as unknown as { asked: number }).asked++
        return { response: 0, checkboxChecked: false }
      }
    })
    const asked = async (): Promise<number> => launched.app.evaluate(() => (globalThis as unknown as { asked: number }).asked)
    const processId = async (): Promise<number> => launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId() ?? 0)
    const text = async (): Promise<string> => launched.app.evaluate(async ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript('document.body.innerText') as Promise<string>)

    for (const [signal, questions] of [['SIGSEGV', 0], ['SIGKILL', 1]] as const) {
      const before = await processId()
      process.kill(before, signal)
      await expect.poll(async () => [0, before].includes(await processId())).toBe(false)
      await expect.poll(text).toContain(SECRET)
      expect(await asked()).toBe(questions)
    }
    await expect.poll(async () => (await look(launched)).desktop.crashes.map(({ part }) => part)).toEqual(['the window', 'the window'])
    expect((await look(launched)).notices).toMatchObject([{ id: 'crash', text: expect.stringContaining('A part of Natter ended unexpectedly and was started again.') as unknown }])
    expect(reports(launched.userDataDir).join()).not.toContain(SECRET)
    expect(readFileSync(join(launched.userDataDir, 'logs', 'natter.log'), 'utf8')).toMatch(/ window ended: crashed, code \d+\n/u)
  })
})
