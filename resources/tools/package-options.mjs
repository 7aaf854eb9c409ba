// What may stand behind `npm run package` and `npm run package:test`.
import process from 'node:process'
import { parseArgs } from 'node:util'

/**
 * @typedef {object} PackageOptions
 * @property {boolean} isTest
 * @property {string[]} targets as electron-builder calls them
 * @property {string | undefined} output
 * @property {Record<string, unknown>} metadata goes over package.json
 */

/** Its message is for the person at the terminal. */
export class PackageOptionsError extends Error {
  /** @override */
  name = 'PackageOptionsError'
}

/** What each system can build. AppImage, nsis, portable and dmg are made with tools that electron-builder fetches from GitHub. */
const known = /** @type {Record<string, readonly string[]>} */ ({
  linux: ['dir', 'tar.gz', 'deb', 'rpm', 'appimage'],
  win32: ['dir', 'nsis', 'portable'],
  darwin: ['dir', 'dmg', 'zip']
})
/** Without a word, a Linux machine builds what it can without GitHub. */
const usual = /** @type {Record<string, readonly string[]>} */ ({ ...known, linux: ['dir', 'tar.gz', 'deb', 'rpm'] })

/**
 * @param {readonly string[]} argv @param {NodeJS.Platform} [platform]
 * @returns {PackageOptions}
 * @throws {PackageOptionsError}
 */
export function readPackageOptions(argv, platform = process.platform) {
  const { values, positionals } = parse(argv)
  const isTest = values.test ?? false
  if (!isTest && (values['app-version'] ?? values.output ?? values.meta) !== undefined) {
    throw new PackageOptionsError('--app-version, --meta and --output are for `npm run package:test` alone.')
  }
  const targets = positionals.map((word) => word.toLowerCase())
  const unknown = targets.filter((word) => !known[platform]?.includes(word))
  if (unknown.length > 0) throw new PackageOptionsError(`there is no target ${unknown.join(', ')} here; there are ${(known[platform] ?? []).join(', ')}.`)
  /** @type {Record<string, unknown>} */
  const metadata = values['app-version'] === undefined ? {} : { version: values['app-version'] }
  for (const assignment of values.meta ?? []) assign(metadata, assignment)
  return { isTest, targets: targets.length > 0 ? targets : [...(usual[platform] ?? ['dir'])], output: values.output, metadata }
}

/** @param {readonly string[]} argv */
function parse(argv) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { test: { type: 'boolean' }, 'app-version': { type: 'string' }, output: { type: 'string' }, meta: { type: 'string', multiple: true } }
    })
  } catch (error) {
    throw new PackageOptionsError(error instanceof Error ? error.message : String(error))
  }
}

/** @param {Record<string, unknown>} metadata @param {string} assignment as KEY.PATH=JSON */
function assign(metadata, assignment) {
  const middle = assignment.indexOf('=')
  const path = assignment.slice(0, Math.max(middle, 0)).split('.')
  const last = path.pop()
  if (last === undefined || last === '' || path.includes('')) throw new PackageOptionsError(`--meta takes KEY.PATH=JSON, and not ${assignment}.`)
  let place = metadata
  for (const key of path) {
    const next = /** @type {Record<string, unknown>} */ (place[key] ?? {})
    place[key] = next
    place = next
  }
  try {
    place[last] = /** @type {unknown} */ (JSON.parse(assignment.slice(middle + 1)))
  } catch {
    throw new PackageOptionsError(`--meta ${assignment}: what stands behind = is no JSON.`)
  }
}
