import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { existsSync } from 'node:fs'
import { findElectron } from '../../resources/tools/electron.mjs'
import { PROGRAM, UNPACKED, pack } from '../package/support/packages.ts'
import { makeSteerable, type Steerable } from '../package/support/steerable.ts'
import { launchApp } from './support/app.ts'

// One look from inside at the app as it is packed; test/package has the rest.

const isLinux = process.platform === 'linux'
let packed: Steerable | undefined

beforeAll(async () => {
  if (!isLinux) return
  pack(['dir'])
  packed = await makeSteerable(UNPACKED, PROGRAM)
})
afterAll(() => { packed?.remove() })

it.runIf(isLinux)('packs a test flavour that starts without a checkout and of node_modules brings the SQLite modules alone', async () => {
  expect(existsSync(join(UNPACKED, 'resources/app'))).toBe(false)
  const { app, page, close } = await launchApp({ binary: packed?.binary ?? '' })
  try {
    expect(await page.title()).toContain('Natter')
    const seen = await app.evaluate(({ app: self }) => ({
      name: self.getName(),
      isPackaged: self.isPackaged,
      // Electron's fs reads inside the archive.
      content: process.getBuiltinModule('node:fs').readdirSync(self.getAppPath()),
      modules: process.getBuiltinModule('node:fs').readdirSync(`${self.getAppPath()}/node_modules`)
    }))
    const { standIn } = await findElectron()
    expect(seen).toEqual({
      name: 'Natter test',
      isPackaged: true,
      content: ['dist', 'node_modules', 'package.json', ...(standIn ? ['stand-in'] : [])],
      modules: standIn ? ['@signalapp', 'better-sqlite3-multiple-ciphers', 'node-gyp-build'] : ['better-sqlite3-multiple-ciphers']
    })
  } finally {
    await close()
  }
})
