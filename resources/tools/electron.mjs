// The one place that finds the Electron runtime: for `npm start`, the tests and packaging alike.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { isEntry, readJson, root } from './paths.mjs'
import { fetchStandIn, isStandIn, whyNoStandIn } from './stand-in.mjs'

/** Longer than any refusal; a network that swallows packets must not hold up a start. */
const probeLimitMs = 4_000
/** 110 MB over a slow line. */
const downloadLimitMs = 15 * 60_000

const packaged = join(root, 'node_modules/electron')

/**
 * A runtime that was found.
 * @typedef {object} Runtime
 * @property {string} binary absolute path of the executable
 * @property {string} dist the folder it lies in
 * @property {string} version Electron's version
 * @property {boolean} standIn whether this is the old stand-in and not the pinned Electron
 */

/** Thrown where no runtime is to be had; its message is for the person at the terminal. */
export class NoElectronError extends Error {
  /** @override */
  name = 'NoElectronError'
}

/**
 * Finds the runtime: ELECTRON_OVERRIDE_DIST_PATH, else Electron's own download, else the stand-in.
 * @returns {Promise<Runtime>}
 * @throws {NoElectronError}
 */
export async function findElectron() {
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH']
  if (override) return fromOverride(override)
  const own = join(packaged, 'dist')
  if (readVersion(own) === wantedVersion() || (await download())) return runtimeIn(own)
  const reason = whyNoStandIn()
  if (reason !== undefined) {
    throw new NoElectronError(
      `Electron ${wantedVersion()} could not be downloaded, and ${reason}. ` +
        'Set ELECTRON_OVERRIDE_DIST_PATH to a folder that holds it, or ELECTRON_MIRROR to a place to get it from.'
    )
  }
  return runtimeIn(await fetchStandIn())
}

/** One line for the terminal: which runtime this is. @param {Runtime} runtime */
export function describe(runtime) {
  if (!runtime.standIn) return `natter: Electron ${runtime.version}`
  return (
    `natter: Electron ${runtime.version}, a stand-in from 2024 without today's security fixes, ` +
    `because Electron ${wantedVersion()} could not be downloaded. Use it to try Natter out, not to chat with strangers.`
  )
}

/** What the app is told about its runtime. @param {Runtime} runtime @returns {Record<string, string>} */
export function environmentFor(runtime) {
  return runtime.standIn ? { NATTER_STAND_IN: '1' } : {}
}

/** @param {string} dist @returns {Runtime} */
function fromOverride(dist) {
  const version = readVersion(dist)
  if (version === undefined) throw new NoElectronError(`ELECTRON_OVERRIDE_DIST_PATH names ${dist}, which holds no Electron.`)
  if (isStandIn(dist)) {
    if (process.env['NATTER_NO_STAND_IN'] === '1') throw new NoElectronError('ELECTRON_OVERRIDE_DIST_PATH names the stand-in, and NATTER_NO_STAND_IN=1 forbids it.')
  } else if (version !== wantedVersion()) {
    throw new NoElectronError(`ELECTRON_OVERRIDE_DIST_PATH holds Electron ${version}; Natter is built for ${wantedVersion()}.`)
  }
  return runtimeIn(dist)
}

/** @param {string} dist @returns {Runtime} */
function runtimeIn(dist) {
  return { binary: join(dist, binaryName()), dist, version: readVersion(dist) ?? '', standIn: isStandIn(dist) }
}

function binaryName() {
  if (process.platform === 'win32') return 'electron.exe'
  return process.platform === 'darwin' ? 'Electron.app/Contents/MacOS/Electron' : 'electron'
}

function wantedVersion() {
  return /** @type {{ version: string }} */ (readJson(join(packaged, 'package.json'))).version
}

/** @param {string} dist @returns {string | undefined} */
function readVersion(dist) {
  if (!existsSync(join(dist, binaryName()))) return undefined
  try {
    return readFileSync(join(dist, 'version'), 'utf8').trim().replace(/^v/, '')
  } catch {
    return undefined
  }
}

/** Lets Electron's package fetch its binary; false where that place is out of reach. */
async function download() {
  if (!(await isReachable())) return false
  console.log(`natter: downloading Electron ${wantedVersion()}`)
  const { status } = spawnSync(process.execPath, [join(packaged, 'install.js')], { stdio: ['ignore', 'ignore', 'ignore'], timeout: downloadLimitMs })
  return status === 0 && readVersion(join(packaged, 'dist')) === wantedVersion()
}

async function isReachable() {
  // A mirror or an offline cache is for Electron's own code to find.
  const configured = ['ELECTRON_MIRROR', 'npm_config_electron_mirror', 'electron_config_cache']
  if (configured.some((name) => process.env[name])) return true
  try {
    await fetch(`https://github.com/electron/electron/releases/tag/v${wantedVersion()}`, { method: 'HEAD', signal: AbortSignal.timeout(probeLimitMs) })
    return true
  } catch {
    return false
  }
}

if (isEntry(import.meta.url)) {
  try {
    const runtime = await findElectron()
    console.error(describe(runtime))
    console.log(runtime.binary)
  } catch (error) {
    if (!(error instanceof NoElectronError)) throw error
    console.error(`natter: ${error.message}`)
    process.exitCode = 2
  }
}
