// A Debian package out of a tree, by dpkg-deb.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fillIn, pack, put } from './package-stage.mjs'

/** @typedef {import('./package-stage.mjs').PackageRequest} PackageRequest */
/** @typedef {import('./package-stage.mjs').Tree} Tree */

/** dpkg-deb's options for what electron-builder calls the compression; gz is for tests, and quick. */
const compressions = /** @type {Record<string, readonly string[]>} */ ({
  xz: ['-Zxz'],
  gz: ['-Zgzip', '-z1']
})
/** Width that lintian and people's terminals expect of a description. */
const lineWidth = 76

/** @param {PackageRequest} request @param {Tree} tree @param {string} work a folder for what is needed meanwhile */
export function makeDeb(request, tree, work) {
  const compression = compressions[request.compression]
  if (compression === undefined) throw new Error(`a deb is compressed by ${Object.keys(compressions).join(' or ')}, and not by ${request.compression}.`)
  const docs = `/usr/share/doc/${request.name}`
  put(tree, `${docs}/copyright`, fillIn('copyright', request, tree))
  put(tree, `${docs}/changelog.gz`, pack(fillIn('changelog', request, tree)))
  put(tree, `/usr/share/lintian/overrides/${request.name}`, fillIn('lintian-overrides', request, tree).replaceAll('[/', '['))

  const files = filesOf(tree.folder)
  const control = join(work, 'DEBIAN')
  mkdirSync(control)
  writeFileSync(join(control, 'control'), controlOf(request, fillIn('description', request, tree), files.reduce((sum, file) => sum + statSync(join(tree.folder, file)).size, 0)))
  writeFileSync(join(control, 'md5sums'), files.map((file) => `${createHash('md5').update(readFileSync(join(tree.folder, file))).digest('hex')}  ${file}\n`).join(''))
  if (request.conffiles !== undefined) writeFileSync(join(control, 'conffiles'), request.conffiles.map((file) => `${file}\n`).join(''))
  for (const [name, script] of /** @type {const} */ ([['postinst', request.afterInstall], ['prerm', request.beforeRemove], ['postrm', request.afterRemove]])) {
    if (script === undefined) continue
    copyFileSync(script, join(control, name))
    chmodSync(join(control, name), 0o755)
  }
  chmodSync(control, 0o755)
  mkdirSync(join(tree.folder, 'DEBIAN'))
  for (const name of readdirSync(control)) copyFileSync(join(control, name), join(tree.folder, 'DEBIAN', name))
  execFileSync('dpkg-deb', ['--root-owner-group', ...compression, '--build', tree.folder, request.output], { stdio: ['ignore', 'ignore', 'inherit'] })
}

/** @param {PackageRequest} request @param {string} description one paragraph @param {number} bytes */
function controlOf(request, description, bytes) {
  return [
    `Package: ${request.name}`,
    `Version: ${request.version}`,
    `Architecture: ${request.architecture}`,
    `Maintainer: ${request.maintainer}`,
    `Installed-Size: ${String(Math.ceil(bytes / 1024))}`,
    `Depends: ${request.depends.join(', ')}`,
    ...(request.recommends.length === 0 ? [] : [`Recommends: ${request.recommends.join(', ')}`]),
    `Section: ${request.section}`,
    'Priority: optional',
    `Description: ${request.summary}`,
    ...wrap(description.trim()).map((line) => ` ${line}`),
    ''
  ].join('\n')
}

/** @param {string} paragraph @returns {string[]} */
function wrap(paragraph) {
  /** @type {string[]} */
  const lines = []
  for (const word of paragraph.split(/\s+/)) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= lineWidth) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

/** Regular files, as paths without a slash before them. @param {string} folder */
function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}
