import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Answer, Api } from '../../preload/contract/index.ts'
import { launchApp, type LaunchedApp } from './support/app.ts'
import { startKeyStore } from './support/key-store.ts'

let folder: string
const ends: (() => Promise<void>)[] = []
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'natter-keys-')) })
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
  rmSync(folder, { recursive: true, force: true })
})

async function snapshot ({ page }: LaunchedApp): Promise<Answer<'getSnapshot'>> {
  const result = await page.evaluate(async () => (globalThis as unknown as { api: Api }).api.getSnapshot({}))
  if (!result.ok) throw new Error(result.message)
  return result.value
}

it.runIf(process.platform === 'linux')("keeps the key in the system's key store without asking, and finds it again", async () => {
  const home = join(folder, 'home')
  mkdirSync(join(home, 'keyrings'), { recursive: true, mode: 0o700 })
  const keys = await startKeyStore(home)
  ends.push(keys.close)
  const userDataDir = join(folder, 'data')
  const start = async (): Promise<LaunchedApp> => launchApp({ userDataDir, env: { ...keys.env, XDG_CURRENT_DESKTOP: 'GNOME' }, args: keys.args })

  const first = await start()
  await expect.poll(async () => (await snapshot(first)).phase.kind).toBe('running')
  const { self } = await snapshot(first)
  expect(self).toMatchObject({ protection: 'keystore', peerId: expect.stringMatching(/^12D3/) as string })
  await first.close()

  // What lies on the disk is sealed, and nobody else's to read.
  const [file] = readdirSync(userDataDir).filter((name) => name.includes('identity') || name.includes('key'))
  const path = join(userDataDir, file ?? '')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readFileSync(path, 'utf8')).not.toContain('CAESQ')

  const again = await start()
  ends.push(again.close)
  await expect.poll(async () => (await snapshot(again)).self?.peerId).toBe(self?.peerId)
})
