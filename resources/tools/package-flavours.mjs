// The two flavours: a release, for people, and 'Natter test', which may hold the stand-in runtime.
import { join } from 'node:path'
import { rmSync } from 'node:fs'
import process from 'node:process'
import { forbiddenIn } from './package-guard.mjs'
import { writeAppSbom, writeLicenses } from './package-licenses.mjs'
import { readJson, root } from './paths.mjs'

/** @typedef {import('electron-builder').Configuration} Configuration */
/** @typedef {import('./electron.mjs').Runtime} Runtime */

/**
 * @param {Runtime} runtime
 * @returns {Configuration} what goes to people; packing fails where it would hold anything that is for tests
 */
export function releaseOf(runtime) {
  return {
    ...baseOf(runtime),
    afterPack: ({ appOutDir, packager }) => {
      writeLicenses(packager.getResourcesDir(appOutDir))
      writeAppSbom(packager.getResourcesDir(appOutDir), runtime)
      const forbidden = forbiddenIn(appOutDir, packager.getResourcesDir(appOutDir))
      if (forbidden.length > 0) throw new Error(`a release must not hold ${forbidden.join(', ')}.`)
    }
  }
}

/**
 * @param {Runtime} runtime
 * @returns {Configuration} the same under another name, so that trying it out touches nobody's posts, and compressed in a hurry
 */
export function testOf(runtime) {
  const base = baseOf(runtime)
  return {
    ...base,
    appId: 'chat.natter.NatterTest',
    productName: 'Natter test',
    extraMetadata: {
      .../** @type {object} */ (base.extraMetadata),
      name: 'natter-test',
      productName: 'Natter test',
      desktopName: 'chat.natter.NatterTest.desktop',
      ...(runtime.standIn ? { main: 'stand-in/packed-entry.cjs' } : {})
    },
    directories: { output: 'release/test' },
    linux: {
      executableName: 'natter-test',
      // The stand-in calls its windows by the app's name; the pinned Electron by the desktop entry's.
      desktop: { entry: { Icon: 'chat.natter.NatterTest', ...(runtime.standIn ? { StartupWMClass: 'Natter test' } : {}) } }
    },
    deb: { compression: 'gz' },
    rpm: { compression: 'gzip' },
    ...(runtime.standIn ? { files: standInFiles } : {}),
    // Neither the stand-in's loader nor the other app's snapshot has a place in a package.
    afterPack: ({ appOutDir, packager }) => {
      writeLicenses(packager.getResourcesDir(appOutDir))
      writeAppSbom(packager.getResourcesDir(appOutDir), runtime, runtime.standIn ? ['node_modules/@signalapp/sqlcipher', 'node_modules/node-gyp-build'] : [])
      rmSync(join(packager.getResourcesDir(appOutDir), 'app'), { recursive: true, force: true })
      if (runtime.standIn) rmSync(join(appOutDir, 'browser_v8_context_snapshot.bin'), { force: true })
    }
  }
}

/** What the stand-in needs to run the app: the SQLite module that loads there, and an entry that gives it to the app. @type {NonNullable<Configuration['files']>} */
const standInFiles = [
  { from: 'resources/tools/stand-in-app', to: 'stand-in', filter: ['packed-entry.cjs', 'old-sqlite.cjs'] },
  { from: 'node_modules/@signalapp/sqlcipher', to: 'node_modules/@signalapp/sqlcipher', filter: ['package.json', 'LICENSE', 'dist/*.cjs', `prebuilds/${process.platform}-${process.arch}/**`] },
  { from: 'node_modules/node-gyp-build', to: 'node_modules/node-gyp-build', filter: ['package.json', 'LICENSE', '*.js'] }
]

/** @param {Runtime} runtime @returns {Configuration} */
function baseOf(runtime) {
  return {
    extends: join(root, 'electron-builder.yml'),
    electronDist: runtime.dist,
    electronVersion: runtime.version,
    // Where the app looks for updates, and whose signature it believes.
    extraMetadata: { natter: readJson(join(root, 'resources/update.json')) }
  }
}
