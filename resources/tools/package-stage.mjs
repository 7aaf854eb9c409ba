// Puts the tree together that deb and rpm share: what electron-builder packed, and what a system wants beside it.
import { chmodSync, cpSync, lstatSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import process from 'node:process'
import { gzipSync } from 'node:zlib'
import { root } from './paths.mjs'

/**
 * What electron-builder wants packed.
 * @typedef {object} PackageRequest
 * @property {string} format 'deb' or 'rpm'
 * @property {string} name of the package and of its program
 * @property {string} architecture as the format calls it
 * @property {string} version
 * @property {string} output absolute path of the package
 * @property {string} maintainer
 * @property {string} license
 * @property {string} section
 * @property {string} summary one line
 * @property {string} afterInstall path of a script
 * @property {string} afterRemove path of a script
 * @property {string} [beforeRemove] path of a script
 * @property {readonly string[]} [conffiles] files that whoever administers the system may change
 * @property {string} [templates] folder of what {@link fillIn} fills in; without it the app's
 * @property {readonly string[]} depends
 * @property {readonly string[]} recommends
 * @property {string} compression
 * @property {readonly { from: string, to: string }[]} sources `from` with a slash at its end means what is in it
 */

/**
 * @typedef {object} Tree
 * @property {string} folder holds the system's root
 * @property {string} appFolder where the app is once it is installed
 * @property {string} product name that people see, and of their data's folder
 * @property {string} appId name of desktop entry, icons and metainfo
 */

const templates = join(root, 'resources/linux')

/**
 * @param {PackageRequest} request
 * @param {string} folder is made
 * @returns {Tree}
 */
export function stage(request, folder) {
  const app = request.sources.find(({ from }) => from.endsWith('/'))
  const entry = request.sources.find(({ to }) => to.endsWith('.desktop'))
  if (app === undefined || entry === undefined) throw new Error('the app\'s folder or its desktop entry is missing.')
  const tree = { folder, appFolder: app.to, product: basename(app.to), appId: basename(entry.to, '.desktop') }

  for (const { from, to } of request.sources) {
    cpSync(from, place(folder, to.replace(`/apps/${request.name}.`, `/apps/${tree.appId}.`)), { recursive: true, verbatimSymlinks: true })
  }
  put(tree, `/usr/share/icons/hicolor/scalable/apps/${tree.appId}.svg`, readFileSync(join(root, 'resources/icons/natter.svg')))
  put(tree, `/usr/share/metainfo/${tree.appId}.metainfo.xml`, fillIn('metainfo.xml', request, tree))
  put(tree, `/usr/share/man/man1/${request.name}.1.gz`, pack(fillIn('natter.1', request, tree)))
  symlinkSync(join(tree.appFolder, request.name), place(folder, `/usr/bin/${request.name}`))
  setModes(folder)
  // Chromium takes it where the kernel refuses namespaces to ordinary users.
  chmodSync(join(folder, tree.appFolder, 'chrome-sandbox'), 0o4755)
  return tree
}

/** @param {Tree} tree @param {string} path @param {string | Uint8Array} content */
export function put(tree, path, content) {
  const file = place(tree.folder, path)
  writeFileSync(file, content)
  chmodSync(file, 0o644)
}

/** Where a path of the installed system is in a tree; makes its folder. @param {string} folder @param {string} path */
function place(folder, path) {
  const full = join(folder, path)
  mkdirSync(dirname(full), { recursive: true })
  return full
}

/** As `gzip -9n`. @param {string} content */
export function pack(content) {
  return gzipSync(content, { level: 9 })
}

/**
 * A template with the package's own names in it.
 * @param {string} template @param {PackageRequest} request @param {Tree} tree
 */
export function fillIn(template, request, tree) {
  const date = releaseDate()
  const values = /** @type {Record<string, string>} */ ({
    name: request.name, nameUpper: request.name.toUpperCase(), version: request.version, summary: request.summary, maintainer: request.maintainer,
    product: tree.product, appFolder: tree.appFolder, appId: tree.appId,
    date: date.toISOString().slice(0, 10), year: String(date.getUTCFullYear()), dateRfc: date.toUTCString().replace('GMT', '+0000')
  })
  return readFileSync(join(request.templates ?? templates, template), 'utf8').replaceAll(/@([a-zA-Z]+)@/g, (whole, key) => values[String(key)] ?? whole)
}

/** When this version was made: SOURCE_DATE_EPOCH, in seconds, makes packages that can be made again to the byte. */
function releaseDate() {
  const epoch = process.env['SOURCE_DATE_EPOCH']
  return epoch === undefined ? new Date() : new Date(Number(epoch) * 1000)
}

/** Modes must not come from the umask of whoever packs. @param {string} folder */
export function setModes(folder) {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) setModes(path)
    else if (entry.isFile()) chmodSync(path, isProgram(path) ? 0o755 : 0o644)
  }
}

/** Libraries are executable for whoever built them, and need not be. @param {string} path */
function isProgram(path) {
  return (lstatSync(path).mode & 0o111) !== 0 && !/\.(?:so(?:\.\d+)*|node)$/.test(path)
}
