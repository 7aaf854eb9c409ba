// Builds what every package of the relay holds: two files of JavaScript, and the licences of what is in them.
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { build } from 'vite'
import { bundledName } from './build.mjs'
import { packagesIn } from './bundled.mjs'
import { licensesOf } from './package-licenses.mjs'
import { readJson, root } from './paths.mjs'
import { nodePart, npmParts, sbomName, sbomOf, sqlitePart } from './sbom.mjs'

/** Loaded with `--keep-history` alone. */
export const sqlite = 'better-sqlite3-multiple-ciphers'

/** The relay's program and the worker that keeps its history. */
export const programs = /** @type {const} */ (['natter-relay.mjs', 'store-worker.cjs'])

/** What the packages of this version are called. @returns {{ name: string, version: string, author: string, license: string, sqliteVersion: string }} */
export function describeRelay() {
  const { version, author, license, dependencies } = /** @type {{ version: string, author: string, license: string, dependencies: Record<string, string> }} */ (readJson(join(root, 'package.json')))
  return { name: 'natter-relay', version, author, license, sqliteVersion: dependencies[sqlite] ?? '' }
}

/**
 * Bundles the relay into this folder, which is emptied first.
 * @param {string} folder absolute path
 */
export async function buildRelay(folder) {
  rmSync(folder, { recursive: true, force: true })
  const relay = await build({ configFile: join(root, 'vite.relay.config.ts'), logLevel: 'warn', build: { outDir: folder } })
  const worker = await build({
    configFile: join(root, 'vite.store-worker.config.ts'),
    logLevel: 'warn',
    build: { outDir: folder, sourcemap: false, rolldownOptions: { input: { 'store-worker': 'main/relay/packed/store-worker.ts' } } }
  })
  const bundled = [...packagesIn(relay), ...packagesIn(worker)]
  const libraries = new Set([...bundled, `node_modules/${sqlite}`])
  writeFileSync(join(folder, 'LICENSES.libraries.txt'), licensesOf((path) => libraries.has(path)))
  // Whoever installs it with npm gets SQLite from there.
  writeSbom(folder, [...npmParts(bundled), ...npmParts([`node_modules/${sqlite}`]).map((part) => ({ ...part, isOptional: true }))])
  writeFileSync(join(folder, bundledName), JSON.stringify(bundled))
  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'))
  const left = readdirSync(folder).filter((name) => name.endsWith('js') && !programs.some((program) => program === name))
  if (left.length > 0) throw new Error(`the relay should be ${programs.join(' and ')}, and there is ${left.join(', ')} too.`)
}

/**
 * Writes the bill of materials of a package that brings its own Node and SQLite, in place of npm's.
 * @param {string} folder what {@link buildRelay} made, copied @param {string} node the program @param {readonly import('./sbom.mjs').Part[]} [more]
 */
export function billWithNode(folder, node, more = []) {
  const bundled = /** @type {string[]} */ (readJson(join(folder, bundledName)))
  rmSync(join(folder, bundledName))
  writeSbom(folder, [...npmParts(bundled), sqlitePart(`node_modules/${sqlite}`), nodePart(node), ...more])
}

/** @param {string} folder @param {readonly import('./sbom.mjs').Part[]} parts */
function writeSbom(folder, parts) {
  writeFileSync(join(folder, sbomName), sbomOf({ ...describeRelay(), description: 'A relay for Natter, through which people behind firewalls reach each other' }, parts))
}

/**
 * Puts the parts of SQLite that this platform loads below a folder, as npm would.
 * @param {string} folder
 */
export function addSqlite(folder) {
  const from = join(root, 'node_modules', sqlite)
  const scripts = readdirSync(join(from, 'lib'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js')).map((file) => `lib/${file}`)
  for (const name of ['package.json', 'LICENSE', ...scripts, `prebuilds/${process.platform}-${process.arch}.node`]) {
    const to = join(folder, 'node_modules', sqlite, name)
    mkdirSync(dirname(to), { recursive: true })
    copyFileSync(join(from, name), to)
  }
}
