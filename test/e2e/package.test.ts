import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { findElectron } from '../../resources/tools/electron.mjs'
import { root } from '../../resources/tools/paths.mjs'
import { launchApp } from './support/app.ts'

const runPackage = (...args: string[]): ReturnType<typeof spawnSync> =>
  spawnSync(process.execPath, [join(root, 'resources/tools/launch.mjs'), 'package', ...args], { cwd: root, encoding: 'utf8' })

it.runIf(process.platform === 'linux')('packs a test flavour that starts without a checkout and of node_modules brings the SQLite modules alone', async () => {
  const { status, stderr } = runPackage('--test')
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
  const folder = join(root, 'release/test', process.arch === 'arm64' ? 'linux-arm64-unpacked' : 'linux-unpacked')
  expect(existsSync(join(folder, 'resources/app'))).toBe(false)

  const { app, page, close } = await launchApp({ binary: join(folder, 'natter-test') })
  try {
    expect(await page.title()).toBe('Natter')
    const seen = await app.evaluate(({ app: self }) => ({
      name: self.getName(),
      isPackaged: self.isPackaged,
      // Electron's fs reads inside the archive.
      content: process.getBuiltinModule('node:fs').readdirSync(self.getAppPath()),
      modules: process.getBuiltinModule('node:fs').readdirSync(`${self.getAppPath()}/node_modules`)
    }))
    expect(seen).toEqual({ name: 'Natter test', isPackaged: true, content: ['dist', 'node_modules', 'package.json', 'stand-in'], modules: ['@signalapp', 'better-sqlite3-multiple-ciphers', 'node-gyp-build'] })
  } finally {
    await close()
  }
})

it('refuses to make a release of the stand-in', async ({ skip }) => {
  const runtime = await findElectron()
  skip(!runtime.standIn, 'the pinned Electron is here, which a release may hold')
  const { status, stderr } = runPackage()
  expect(status).toBe(2)
  expect(stderr).toContain('a release needs the pinned Electron')
})
