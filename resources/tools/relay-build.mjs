// Builds what every package of the relay holds: two files of JavaScript, and the licences of what is in them.
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { build } from 'vite'
import { licensesOf } from './package-licenses.mjs'
import { readJson, root } from './paths.mjs'

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
  const libraries = new Set([...librariesOf(relay), ...librariesOf(worker), `node_modules/${sqlite}`])
  writeFileSync(join(folder, 'LICENSES.libraries.txt'), licensesOf((path) => libraries.has(path)))
  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'))
  const left = readdirSync(folder).filter((name) => name.endsWith('js') && !programs.some((program) => program === name))
  if (left.length > 0) throw new Error(`the relay should be ${programs.join(' and ')}, and there is ${left.join(', ')} too.`)
}

/** The packages whose modules went into a bundle, as the lockfile names them. @param {Awaited<ReturnType<typeof build>>} built */
function librariesOf(built) {
  const outputs = Array.isArray(built) ? built : [built]
  const modules = outputs.flatMap((one) => 'output' in one ? one.output : []).flatMap((chunk) => chunk.type === 'chunk' ? chunk.moduleIds : [])
  return modules.flatMap((id) => /(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)/.exec(id.replaceAll('\\', '/'))?.[1] ?? [])
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
