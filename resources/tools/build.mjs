// Builds dist/ with a vite config each for the main process, the workers of store and simulation, the preload script and the renderer.
import { existsSync, globSync, mkdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { build } from 'vite'
import { packagesIn } from './bundled.mjs'
import { dist, isEntry, root } from './paths.mjs'

/** Says which packages went into dist/, for the bill of materials; no package carries it. */
export const bundledName = '.packages.json'
const sources = ['main/**', 'preload/**', 'renderer/**', 'text/**', 'words/**', 'package.json', 'package-lock.json', '*.config.{js,ts}', 'tsconfig.json']
const stamp = join(dist, '.built')
/** Which folder of dist/ each config fills; the workers' come after the main process's, which empties it. */
const configs = /** @type {const} */ ([
  ['vite.main.config.ts', 'main'],
  ['vite.store-worker.config.ts', 'main'],
  ['vite.simulation-worker.config.ts', 'main'],
  ['vite.preload.config.ts', 'preload'],
  ['vite.renderer.config.ts', 'renderer']
])

/** Whether a source is newer than what was built from it. Folders count, so a deleted file is noticed too. */
export function isStale() {
  if (!existsSync(stamp) || !existsSync(join(dist, bundledName))) return true
  const built = statSync(stamp).mtimeMs
  return globSync(sources, { cwd: root }).some((file) => statSync(join(root, file)).mtimeMs > built)
}

/**
 * Builds into a folder of its own and puts it in dist's place at the end,
 * so a failed build leaves the old one and a running app never reads half a new one.
 * @returns {Promise<void>}
 */
export async function buildAll() {
  const began = new Date()
  const next = join(root, 'artifacts', `build-${String(process.pid)}`)
  const old = `${next}-old`
  try {
    const packages = new Set()
    for (const [config, folder] of configs) {
      const built = await build({ configFile: join(root, config), logLevel: 'warn', build: { outDir: join(next, folder) } })
      for (const path of packagesIn(built)) packages.add(path)
    }
    writeFileSync(join(next, bundledName), JSON.stringify([...packages].sort()))
    writeFileSync(join(next, '.built'), '')
    // An edit made while the build ran must make it stale.
    utimesSync(join(next, '.built'), began, began)
    mkdirSync(old, { recursive: true })
    if (existsSync(dist)) renameSync(dist, join(old, 'dist'))
    renameSync(next, dist)
  } finally {
    rmSync(next, { recursive: true, force: true })
    rmSync(old, { recursive: true, force: true })
  }
  console.log(`natter: built in ${((Date.now() - began.getTime()) / 1000).toFixed(1)} s`)
}

if (isEntry(import.meta.url)) await buildAll()
