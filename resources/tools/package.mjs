// `npm run package [-- TARGET...]`: builds, then packs a release into release/.
// `npm run package:test [-- TARGET...] [OPTIONS]` packs 'Natter test' into release/test/. For that alone there are
//   --app-version X        another version than package.json's
//   --meta KEY.PATH=JSON   something more for the package.json in the package
//   --output FOLDER        another place than release/test
import { Arch, build, Platform } from 'electron-builder'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { buildAll, isStale } from './build.mjs'
import { NoElectronError, describe, findElectron } from './electron.mjs'
import { releaseOf, testOf } from './package-flavours.mjs'
import { PackageOptionsError, readPackageOptions } from './package-options.mjs'
import { packLinux } from './package-linux.mjs'
import { readJson, root } from './paths.mjs'

/** @typedef {import('electron-builder').Configuration} Configuration */

/** @param {unknown} error @returns {never} */
function fail(error) {
  if (!(error instanceof NoElectronError || error instanceof PackageOptionsError)) throw error
  console.error(`natter: ${error.message}`)
  process.exit(2)
}

/** @returns {ReturnType<typeof readPackageOptions>} */
function readOptions() {
  try {
    return readPackageOptions(process.argv.slice(2))
  } catch (error) {
    return fail(error)
  }
}

const options = readOptions()
const runtime = await findElectron().catch(fail)
if (runtime.standIn && !options.isTest) {
  fail(new NoElectronError(`a release needs the pinned Electron and only the stand-in ${runtime.version} is here; \`npm run package:test\` makes a test flavour with it.`))
}
console.log(describe(runtime))
if (!options.isTest || isStale()) await buildAll()

// A test waits for the packages, and nobody downloads them.
if (options.isTest) process.env['ELECTRON_BUILDER_COMPRESSION_LEVEL'] ??= '1'
const flavour = options.isTest ? testOf(runtime) : releaseOf(runtime)
const output = resolve(root, options.output ?? flavour.directories?.output ?? 'release')
/** @type {Configuration} */
const config = {
  ...flavour,
  directories: { output },
  extraMetadata: { natter: readJson(join(root, 'resources/update.json')), ... /** @type {object} */ (flavour.extraMetadata), ...options.metadata }
}
if (process.platform === 'linux') await packLinux({ config, output, targets: options.targets })
else await build({ projectDir: root, config, publish: 'never', targets: Platform.current().createTarget(options.targets, process.platform === 'darwin' ? Arch.universal : Arch.x64) })
console.log(`natter: packed into ${output}`)
