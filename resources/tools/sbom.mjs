// Writes what a package holds as a software bill of materials: CycloneDX 1.6, in JSON (cyclonedx.org).
// Nothing is asked of the network. With SOURCE_DATE_EPOCH it is the same to the byte each time; without, it carries no time.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'
import { Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library'
import { readJson, root } from './paths.mjs'

/** @typedef {{ version?: string, license?: string, integrity?: string }} Locked as package-lock.json has it */
/** @typedef {{ type?: Enums.ComponentType, name: string, version: string, license: string, purl?: string, isOptional?: boolean, sha512?: string, parts?: readonly Part[] }} Part something that is shipped */
/** @typedef {{ name: string, version: string, license: string, description: string }} Subject the package itself */

/** File name in every package. */
export const sbomName = 'sbom.cdx.json'

/**
 * Packages of npm, by their paths in the lockfile.
 * @param {readonly string[]} paths such as `node_modules/libp2p`
 * @returns {Part[]}
 */
export function npmParts(paths) {
  const { packages } = /** @type {{ packages: Record<string, Locked> }} */ (readJson(join(root, 'package-lock.json')))
  const parts = paths.map((path) => {
    const { version, license, integrity } = packages[path] ?? {}
    // An alias installs a package under another name: its own package.json has the real one.
    const manifest = /** @type {{ name: string, version: string, license?: string }} */ (readJson(join(root, path, 'package.json')))
    if (version !== manifest.version) throw new Error(`${path} is ${manifest.version}, and the lockfile says ${String(version)}: run \`npm ci\`.`)
    const { name } = manifest
    const sha512 = integrity?.startsWith('sha512-') === true ? Buffer.from(integrity.slice(7), 'base64').toString('hex') : undefined
    return { name, version, license: license ?? manifest.license ?? 'NOASSERTION', purl: purlOf(name, version), ...(sha512 === undefined ? {} : { sha512 }) }
  })
  // The same version may lie in several folders.
  return [...new Map(parts.map((part) => [part.purl, part])).values()]
}

/** The SQLite that comes built with the driver, asked itself. @param {string} driver path in the lockfile @returns {Part} */
export function sqlitePart(driver) {
  const require = createRequire(import.meta.url)
  /** @type {unknown} */
  const loaded = require(join(root, driver))
  const Database = /** @type {new (path: string) => { prepare(sql: string): { pluck(): { get(): string } }, close(): void }} */ (loaded)
  const database = new Database(':memory:')
  const ask = (/** @type {string} */ what) => database.prepare(`select ${what}()`).pluck().get()
  const [sqlite, ciphers] = [ask('sqlite_version'), ask('sqlite3mc_version').replace(/^\D*/u, '')]
  database.close()
  const [part] = npmParts([driver])
  if (part === undefined) throw new Error(`${driver} is missing.`)
  return {
    ...part,
    parts: [
      { name: 'SQLite3MultipleCiphers', version: ciphers, license: 'MIT' },
      { name: 'sqlite', version: sqlite, license: 'blessing', purl: `pkg:generic/sqlite@${sqlite}` }
    ]
  }
}

/** Libraries that a runtime says it is made of, and their licences. */
const inNode = /** @type {Readonly<Record<string, string>>} */ ({
  v8: 'BSD-3-Clause', uv: 'MIT', openssl: 'Apache-2.0', zlib: 'Zlib', brotli: 'MIT', ares: 'MIT', nghttp2: 'MIT', llhttp: 'MIT', icu: 'Unicode-3.0', simdjson: 'Apache-2.0', simdutf: 'Apache-2.0', undici: 'MIT', acorn: 'MIT', ada: 'MIT', zstd: 'BSD-3-Clause'
})

/** A Node.js program, by what it says of itself. @param {string} binary @returns {Part} */
export function nodePart(binary) {
  const versions = versionsOf(binary, {})
  const { node = '' } = versions
  return { type: Enums.ComponentType.Platform, name: 'node', version: node, license: 'MIT', purl: `pkg:generic/node@${node}`, parts: partsOf(versions) }
}

/** Electron, by what it says of itself. @param {string} binary @returns {Part} */
export function electronPart(binary) {
  const versions = versionsOf(binary, { ELECTRON_RUN_AS_NODE: '1' })
  const { electron = '', chrome = '', node = '' } = versions
  return {
    type: Enums.ComponentType.Platform, name: 'electron', version: electron, license: 'MIT', purl: purlOf('electron', electron),
    parts: [
      { type: Enums.ComponentType.Platform, name: 'chromium', version: chrome, license: 'BSD-3-Clause', purl: `pkg:generic/chromium@${chrome}` },
      { type: Enums.ComponentType.Platform, name: 'node', version: node, license: 'MIT', purl: `pkg:generic/node@${node}` },
      ...partsOf(versions)
    ]
  }
}

/**
 * The bill as text.
 * @param {Subject} subject @param {readonly Part[]} parts
 */
export function sbomOf(subject, parts) {
  const bom = new Models.Bom({ metadata: new Models.Metadata({ component: componentOf({ type: Enums.ComponentType.Application, ...subject }, subject.description) }) })
  const epoch = process.env['SOURCE_DATE_EPOCH']
  if (epoch !== undefined) bom.metadata.timestamp = new Date(Number(epoch) * 1000)
  for (const part of parts) bom.components.add(componentOf(part))
  const whole = bom.metadata.component
  for (const component of bom.components) whole?.dependencies.add(component.bomRef)
  return `${new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6)).serialize(bom, { sortLists: true, space: 2 })}\n`
}

/** @param {Part} part @param {string} [description] @returns {Models.Component} */
function componentOf({ type = Enums.ComponentType.Library, name, version, license, purl, isOptional, sha512, parts = [] }, description) {
  const component = new Models.Component(type, name, {
    version, bomRef: purl ?? `${name}@${version}`, ...(description === undefined ? {} : { description }),
    ...(isOptional === true ? { scope: Enums.ComponentScope.Optional } : {}),
    ...(purl === undefined ? {} : { purl }),
    licenses: new Models.LicenseRepository([licenseOf(license)]),
    ...(sha512 === undefined ? {} : { hashes: new Models.HashDictionary([[Enums.HashAlgorithm['SHA-512'], sha512]]) })
  })
  for (const part of parts) component.components.add(componentOf(part))
  return component
}

/** One licence by its SPDX id, or several as an expression. @param {string} license */
function licenseOf(license) {
  if (/\s/u.test(license)) return new Models.LicenseExpression(license.replace(/^\((?<inner>.*)\)$/u, '$<inner>'))
  return license === 'NOASSERTION' ? new Models.NamedLicense(license) : new Models.SpdxLicense(license)
}

/** @param {Readonly<Record<string, string>>} versions @returns {Part[]} */
function partsOf(versions) {
  return Object.entries(inNode).flatMap(([name, license]) => versions[name] === undefined ? [] : [{ name, version: versions[name], license, purl: `pkg:generic/${name}@${encodeURIComponent(versions[name])}` }])
}

/** @param {string} binary @param {Readonly<Record<string, string>>} environment @returns {Readonly<Record<string, string>>} */
function versionsOf(binary, environment) {
  const { stdout, status } = spawnSync(binary, ['-p', 'JSON.stringify(process.versions)'], { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '', ...environment } })
  if (status !== 0) throw new Error(`${binary} does not say which versions it is made of.`)
  /** @type {unknown} */
  const versions = JSON.parse(stdout)
  return /** @type {Readonly<Record<string, string>>} */ (versions)
}

/** @param {string} name @param {string} version */
function purlOf(name, version) {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`
}

/** A package of Debian, by what dpkg-deb says of it. @param {string} name @param {string} version @param {string} license @returns {Part} */
export function debianPart(name, version, license) {
  return { name, version, license, purl: `pkg:deb/debian/${name}@${encodeURIComponent(version)}` }
}
