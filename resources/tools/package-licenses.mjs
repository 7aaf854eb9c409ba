// Libraries are bundled into Natter; their licences ask that their text goes along.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundledName } from './build.mjs'
import { dist, readJson, root } from './paths.mjs'
import { electronPart, npmParts, sbomName, sbomOf, sqlitePart } from './sbom.mjs'

/** As package-lock.json has them. @typedef {{ version?: string, license?: string, dev?: boolean, optional?: boolean, link?: boolean }} Locked */

const fileName = 'LICENSES.libraries.txt'
/** What packages call the file. */
const licenseFile = /^(?:licen[cs]e|copying|notice)/i

/** Writes the licences of all that Natter depends on at run time, and of all that is bundled, into a file in this folder. @param {string} folder */
export function writeLicenses(folder) {
  // A package that another one may do without is bundled all the same where it is installed.
  const bundled = new Set(readBundled())
  // Optional packages are the Node that runs these tools, and modules of other platforms.
  writeFileSync(join(folder, fileName), licensesOf((path, { dev, optional }) => bundled.has(path) || !(dev ?? optional ?? false)))
}

/** Paths in the lockfile of what is in dist/. */
function readBundled() {
  return /** @type {string[]} */ (readJson(join(dist, bundledName)))
}

/**
 * Writes a bill of all that an app's package holds into this folder: what is bundled, the SQLite module, Electron, and
 * what more a flavour carries.
 * @param {string} folder @param {import('./electron.mjs').Runtime} runtime @param {readonly string[]} [more] paths in the lockfile
 */
export function writeAppSbom(folder, runtime, more = []) {
  const bundled = readBundled()
  const { name, version, license = '', description } = /** @type {{ name: string, version: string, license?: string, description: string }} */ (readJson(join(root, 'package.json')))
  writeFileSync(join(folder, sbomName), sbomOf({ name, version, license, description }, [...npmParts([...bundled, ...more]), sqlitePart('node_modules/better-sqlite3-multiple-ciphers'), electronPart(runtime.binary)]))
}

/**
 * The licences of packages that npm installed.
 * @param {(path: string, locked: Locked) => boolean} isIn picks by path, such as `node_modules/libp2p`
 */
export function licensesOf(isIn) {
  const { packages } = /** @type {{ packages: Record<string, Locked> }} */ (readJson(join(root, 'package-lock.json')))
  const texts = Object.entries(packages)
    .filter(([path, locked]) => path !== '' && locked.link !== true && isIn(path, locked) && existsSync(join(root, path)))
    .map(([path, locked]) => describe(path, locked))
  return [...new Set(texts)].sort().join(`\n${'-'.repeat(78)}\n\n`)
}

/** @param {string} path @param {Locked} locked */
function describe(path, { version = '', license = '' }) {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
  const files = readdirSync(join(root, path), { withFileTypes: true }).filter((entry) => entry.isFile() && licenseFile.test(entry.name))
  const words = files.map((entry) => readFileSync(join(root, path, entry.name), 'utf8').trim()).join('\n\n')
  return `${name} ${version}\n\n${words === '' ? `${license}: it has no text of its licence in its package.` : words}\n`
}
