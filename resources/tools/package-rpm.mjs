// An RPM package out of a tree, by rpmbuild.
import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fillIn } from './package-stage.mjs'

/** @typedef {import('./package-stage.mjs').PackageRequest} PackageRequest */
/** @typedef {import('./package-stage.mjs').Tree} Tree */

/** rpm's names for how files are packed; gzip is for tests, and quick. */
const payloads = /** @type {Record<string, string>} */ ({ xzmt: 'w7T0.xzdio', gzip: 'w1.gzdio' })

/** electron-builder says what Debian says. */
const architectures = /** @type {Record<string, string>} */ ({ amd64: 'x86_64', arm64: 'aarch64' })

/** @param {PackageRequest} request @param {Tree} tree @param {string} work a folder for what is needed meanwhile */
export function makeRpm(request, tree, work) {
  const payload = payloads[request.compression]
  if (payload === undefined) throw new Error(`an rpm is compressed by ${Object.keys(payloads).join(' or ')}, and not by ${request.compression}.`)
  const spec = join(work, `${request.name}.spec`)
  const files = readdirSync(tree.folder, { recursive: true, withFileTypes: true })
    .map((entry) => ({ isOwn: entry.isFile() || entry.isSymbolicLink(), path: join(entry.parentPath, entry.name).slice(tree.folder.length) }))
    .filter(({ isOwn, path }) => isOwn || path === tree.appFolder || path.startsWith(`${tree.appFolder}/`))
    // Who owns them is for rpm to write; only folders of ours may go with the package.
    .map(({ isOwn, path }) => `${isOwn ? '' : '%dir '}"${path}"`)
  writeFileSync(spec, [
    fillIn('rpm.spec', request, tree)
      .replace('@depends@', request.depends.join(', '))
      .replace('@license@', request.license)
      .replace('@description@', fillIn('description', request, tree).trim())
      .replace('@afterInstall@', () => readFileSync(request.afterInstall, 'utf8'))
      .replace('@afterRemove@', () => readFileSync(request.afterRemove, 'utf8')),
    '%files',
    '%defattr(-,root,root,-)',
    ...files,
    ''
  ].join('\n'))
  const definitions = { _topdir: join(work, 'rpm'), _rpmdir: join(work, 'rpms'), _binary_payload: payload, _tree: tree.folder }
  execFileSync('rpmbuild', [
    '-bb', '--quiet', '--target', architectures[request.architecture] ?? request.architecture,
    ...Object.entries(definitions).flatMap(([name, value]) => ['--define', `${name} ${value}`]),
    spec
  ], { stdio: ['ignore', 'ignore', 'inherit'] })
  const [made] = readdirSync(join(work, 'rpms'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.rpm'))
  if (made === undefined) throw new Error('rpmbuild made no package.')
  renameSync(join(work, 'rpms', made), request.output)
}
