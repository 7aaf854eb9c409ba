// `npm run package:dir`: builds, then packs a folder that runs without a checkout, into release/.
// With `-- --test` the result is 'Natter test': it may hold the stand-in runtime and can be steered by Playwright.
import { build, Platform } from 'electron-builder'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { buildAll } from './build.mjs'
import { NoElectronError, describe, findElectron } from './electron.mjs'
import { root } from './paths.mjs'

/** @typedef {import('electron-builder').Configuration} Configuration */

/** @param {string} sentence @returns {never} */
function fail(sentence) {
  console.error(`natter: ${sentence}`)
  process.exit(2)
}

/** What sets the test flavour apart from a release. @type {Configuration} */
const testFlavour = {
  appId: 'chat.natter.NatterTest',
  productName: 'Natter test',
  // A name and a folder of its own: trying it out must not touch a person's posts.
  extraMetadata: { name: 'natter-test', productName: 'Natter test' },
  directories: { output: 'release/test' },
  linux: { executableName: 'natter-test' },
  // The stand-in's loader has no place in a package.
  afterPack: ({ appOutDir }) => {
    rmSync(join(appOutDir, 'resources/app'), { recursive: true, force: true })
  },
  // Playwright steers the main process through the inspector; the snapshot is the runtime's own affair.
  electronFuses: { enableNodeCliInspectArguments: true, loadBrowserProcessSpecificV8Snapshot: false }
}

/**
 * What else a test flavour needs that holds the stand-in: the SQLite module that runs there, and an entry that gives it
 * to the app. Its licence would bind a release, so it is here and not in electron-builder.yml.
 * @type {Configuration}
 */
const standInFlavour = {
  extraMetadata: { name: 'natter-test', productName: 'Natter test', main: 'stand-in/packed-entry.cjs' },
  files: [
    { from: 'resources/tools/stand-in-app', to: 'stand-in', filter: ['packed-entry.cjs', 'old-sqlite.cjs'] },
    { from: 'node_modules/@signalapp/sqlcipher', to: 'node_modules/@signalapp/sqlcipher', filter: ['package.json', 'LICENSE', 'dist/*.cjs', `prebuilds/${process.platform}-${process.arch}/**`] },
    { from: 'node_modules/node-gyp-build', to: 'node_modules/node-gyp-build', filter: ['package.json', 'LICENSE', '*.js'] }
  ]
}

const isTest = process.argv.includes('--test')
const unknown = process.argv.slice(2).filter((argument) => argument !== '--test')
if (unknown.length > 0) fail(`unknown option ${unknown.join(' ')}; the only one is --test.`)

const runtime = await findElectron().catch((/** @type {unknown} */ error) => {
  if (error instanceof NoElectronError) fail(error.message)
  throw error
})
if (runtime.standIn && !isTest) {
  fail(`a release needs the pinned Electron and only the stand-in ${runtime.version} is here; \`npm run package:dir -- --test\` makes a test flavour with it.`)
}
console.log(describe(runtime))
await buildAll()

/** @type {Configuration} */
const config = {
  extends: join(root, 'electron-builder.yml'),
  electronDist: runtime.dist,
  electronVersion: runtime.version,
  ...(isTest ? testFlavour : {}),
  ...(runtime.standIn ? standInFlavour : {})
}
await build({ projectDir: root, targets: Platform.current().createTarget('dir'), config, publish: 'never' })
console.log(`natter: packed into ${isTest ? 'release/test' : 'release'}`)
