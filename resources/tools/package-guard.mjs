// Keeps out of a release what is for tests alone: the stand-in runtime and the modules that make it do.
import { closeSync, existsSync, openSync, readSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isStandIn } from './stand-in.mjs'

/** Folders of the archive that only a test flavour may have. `@signalapp/sqlcipher` is under the AGPL, which would bind the whole app. */
export const substitutes = ['stand-in', 'node_modules/@signalapp', 'node_modules/node-gyp-build']

/**
 * Bytes of an archive's list of files at which something must be wrong: it holds a few hundred names.
 */
const longestHeader = 16 * 1024 * 1024

/**
 * @typedef {object} Node
 * @property {Record<string, Node>} [files]
 */

/**
 * The paths in an asar archive: a pickled length, and JSON.
 * @param {string} archive @returns {string[]}
 */
export function listAsar(archive) {
  const file = openSync(archive, 'r')
  try {
    const sizes = Buffer.alloc(16)
    readSync(file, sizes, 0, sizes.length, 0)
    const length = sizes.readUInt32LE(12)
    if (length > longestHeader) throw new Error(`${archive} is no archive.`)
    const header = Buffer.alloc(length)
    readSync(file, header, 0, length, sizes.length)
    /** @type {unknown} */
    const tree = JSON.parse(header.toString('utf8'))
    return [...pathsIn(/** @type {Node} */ (tree), '')]
  } finally {
    closeSync(file)
  }
}

/** @param {Node} node @param {string} path @returns {Generator<string>} */
function* pathsIn(node, path) {
  for (const [name, child] of Object.entries(node.files ?? {})) {
    const own = path === '' ? name : `${path}/${name}`
    if (child.files === undefined) yield own
    else yield* pathsIn(child, own)
  }
}

/**
 * What a packed app holds that no release may hold, in words; nothing where it may go to people.
 * @param {string} appFolder holds the runtime @param {string} resources holds app.asar
 * @returns {string[]}
 */
export function forbiddenIn(appFolder, resources) {
  const unpacked = join(resources, 'app.asar.unpacked')
  const paths = [
    ...listAsar(join(resources, 'app.asar')),
    ...(existsSync(unpacked) ? readdirSync(unpacked, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/')) : [])
  ]
  const found = substitutes.filter((folder) => paths.some((path) => path.startsWith(`${folder}/`)))
  return [...(isStandIn(appFolder) ? ['the stand-in runtime'] : []), ...found]
}
