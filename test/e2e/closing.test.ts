import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Api, Phase } from '../../preload/contract/index.ts'
import { launchApp, type LaunchedApp } from './support/app.ts'
import { makeProfile } from './support/profile.ts'

declare const window: { readonly api: Api }

let folder: string
const ends: (() => Promise<void>)[] = []
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'natter-closing-'))
  await makeProfile(folder, { name: 'Ada', topics: [] })
  change({ stayReachable: true, toldOfStaying: true })
})
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end().catch(() => undefined)
  rmSync(folder, { recursive: true, force: true })
})

function change (some: object): void {
  const file = join(folder, 'settings.json')
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')) as object, ...some }))
}

async function launch (phase: Phase['kind']): Promise<LaunchedApp & { readonly gone: Promise<number | string> }> {
  const launched = await launchApp({ userDataDir: folder })
  ends.push(launched.close)
  const gone = new Promise<number | string>((resolve) => { launched.app.process().once('exit', (code, signal) => { resolve(signal ?? code ?? '') }) })
  await expect.poll(async () => launched.page.evaluate(async () => {
    const result = await window.api.getSnapshot({})
    return result.ok ? result.value.phase.kind : result.code
  }), { timeout: 10_000 }).toBe(phase)
  return { ...launched, gone }
}

/** What the system does when the person clicks the window's cross. */
const closeWindow = async ({ app }: LaunchedApp): Promise<void> => app.evaluate(({ BrowserWindow }) => { BrowserWindow.getAllWindows()[0]?.close() })
const isShown = async ({ app }: LaunchedApp): Promise<boolean> => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible() === true)

describe('a Natter that stays when its window is closed', () => {
  it.runIf(process.platform !== 'win32').each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('ends when the session does: %s', async (signal) => {
    const launched = await launch('running')
    await closeWindow(launched)
    await expect.poll(() => isShown(launched)).toBe(false)
    launched.app.process().kill(signal)
    expect(await launched.gone).toBe(0)
  })

  it('ends with its window where it does not run: starting it again is what helps', async () => {
    mkdirSync(join(folder, 'posts.db'))
    const launched = await launch('failed')
    await closeWindow(launched)
    expect(await launched.gone).toBe(0)
  })
})

it('opens no window for a start that comes while it ends', async () => {
  const launched = await launch('running')
  const opened = launched.app.evaluate(async ({ app }) => new Promise<boolean>((resolve) => {
    let isOpened = false
    app.on('browser-window-created', () => { isOpened = true })
    app.once('will-quit', () => {
      app.emit('second-instance', {}, [], '', {})
      resolve(isOpened)
    })
    setTimeout(() => { app.quit() })
  }))
  expect(await opened).toBe(false)
  expect(await launched.gone).toBe(0)
})
