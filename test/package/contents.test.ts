import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { Platform, build } from 'electron-builder'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findElectron } from '../../resources/tools/electron.mjs'
import { releaseOf } from '../../resources/tools/package-flavours.mjs'
import { forbiddenIn, listAsar, substitutes } from '../../resources/tools/package-guard.mjs'
import { writeLicenses } from '../../resources/tools/package-licenses.mjs'
import { artifacts, root } from '../../resources/tools/paths.mjs'
import { allOf, judgeBill } from '../support/sbom.ts'
import { INSTALLED, PROGRAM, UNPACKED, packageOf } from './support/packages.ts'

const MIB = 1024 * 1024
/** Installed size beyond Electron's own, of the issue that asked for packages. */
const BAR_MIB = 25

/** The configuration of a release, packed here with whatever runtime there is; nobody is given it. */
let release: string

beforeAll(async () => {
  mkdirSync(artifacts, { recursive: true })
  release = mkdtempSync(join(artifacts, 'release-'))
  const config = releaseOf(await findElectron())
  // Without the guard, for what it guards against to be looked at.
  await build({ projectDir: root, publish: 'never', targets: Platform.current().createTarget('dir'), config: { ...config, afterPack: ({ appOutDir, packager }) => { writeLicenses(packager.getResourcesDir(appOutDir)) }, directories: { output: release } } })
})
afterAll(() => { rmSync(release, { recursive: true, force: true }) })

const resourcesOf = (folder: string): string => join(folder, 'resources')
const released = (): string => join(release, readdirSync(release).find((name) => name.endsWith('unpacked')) ?? '')

/** Bytes of all regular files below a folder, by their paths. */
function sizesIn (folder: string): Map<string, number> {
  return new Map(readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path.slice(folder.length + 1), lstatSync(path).size]))
}

const sum = (sizes: Iterable<number>): number => [...sizes].reduce((total, size) => total + size, 0)

it('a release holds none of what is for tests, and of node_modules SQLite alone', () => {
  const archive = listAsar(join(resourcesOf(released()), 'app.asar'))
  expect(archive).toContain('dist/main/index.cjs')
  expect(new Set(archive.filter((path) => path.startsWith('node_modules/')).map((path) => path.split('/')[1]))).toEqual(new Set(['better-sqlite3-multiple-ciphers']))
  expect(archive.filter((path) => /sqlcipher|signalapp|stand-in|node-gyp-build/i.test(path))).toEqual([])
  // The runtime here may be the stand-in, and then the guard says so and would end the packing.
  expect(forbiddenIn(released(), resourcesOf(released())).filter((what) => what !== 'the stand-in runtime')).toEqual([])
})

it('the guard finds all of it in the test flavour', async ({ skip }) => {
  skip(!(await findElectron()).standIn, 'the pinned Electron needs none of it')
  expect(forbiddenIn(UNPACKED, resourcesOf(UNPACKED))).toEqual(['the stand-in runtime', ...substitutes])
})

it('packing a release with the stand-in ends with words and no package', async ({ skip }) => {
  const runtime = await findElectron()
  skip(!runtime.standIn, 'the pinned Electron is here, which a release may hold')
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'resources/tools/launch.mjs'), 'package'], { cwd: root, encoding: 'utf8' })
  expect(status).toBe(2)
  expect(stderr).toContain('a release needs the pinned Electron')

  // Also where that check is not there: the packed folder itself is looked at.
  const output = join(release, 'refused')
  await expect(build({ projectDir: root, publish: 'never', targets: Platform.current().createTarget('dir'), config: { ...releaseOf(runtime), directories: { output } } }))
    .rejects.toThrow('a release must not hold the stand-in runtime')
})

it('adds no more to Electron than its share', async () => {
  const { dist } = await findElectron()
  const electron = sizesIn(dist)
  // In the stand-in's folder lie the loader and another app's snapshot, which no Electron release has.
  const electronBytes = sum([...electron].filter(([path]) => !path.startsWith('resources/app/') && path !== 'browser_v8_context_snapshot.bin').map(([, size]) => size))
  const unpacked = execFileSync('dpkg-deb', ['--contents', packageOf('deb')], { encoding: 'utf8' })
    .split('\n').filter((line) => line.startsWith('-'))
    .map((line) => ({ size: Number(/^\S+\s+\S+\s+(\d+)/.exec(line)?.[1]), path: /\d\d:\d\d \.(.*)$/.exec(line)?.[1] ?? '' }))
  const installedBytes = sum(unpacked.map(({ size }) => size))
  const own = unpacked.filter(({ path }) => !electron.has(path.slice(INSTALLED.length + 1).replace(PROGRAM, 'electron'))).sort((one, other) => other.size - one.size)

  const mib = (bytes: number): string => (bytes / MIB).toFixed(2).padStart(7)
  console.log([
    `installed: ${mib(installedBytes)} MiB, of which Electron's own ${mib(electronBytes)}, Natter's ${mib(installedBytes - electronBytes)}`,
    ...own.slice(0, 10).map(({ path, size }) => `${mib(size)}  ${path}`)
  ].join('\n'))
  expect(installedBytes).toBeGreaterThan(electronBytes)
  expect((installedBytes - electronBytes) / MIB).toBeLessThan(BAR_MIB)
})

it('a release carries where updates come from, and the name of its desktop entry', () => {
  const archive = readFileSync(join(resourcesOf(released()), 'app.asar'), 'latin1')
  const config = JSON.parse(readFileSync(join(root, 'resources/update.json'), 'utf8')) as { updateFeed: string }
  expect(archive).toContain(`"updateFeed": ${JSON.stringify(config.updateFeed)}`)
  expect(archive).toContain('"desktopName": "chat.natter.Natter.desktop"')
})

it('says under which licences it and its libraries are', () => {
  for (const folder of [released(), UNPACKED]) {
    expect(existsSync(join(folder, 'LICENSE.natter.txt'))).toBe(true)
    const libraries = readFileSync(join(resourcesOf(folder), 'LICENSES.libraries.txt'), 'utf8')
    for (const name of ['libp2p', 'better-sqlite3-multiple-ciphers', 'svelte', 'valibot']) expect(libraries).toMatch(new RegExp(`^${name} \\d`, 'm'))
    expect(libraries).not.toMatch(/^(?:vite|electron-builder|@signalapp\/sqlcipher) \d/m)
  }
})

it('has a bill of all that it holds, each part with its licence', () => {
  const text = execFileSync('dpkg-deb', ['--fsys-tarfile', packageOf('deb')], { maxBuffer: 1024 * MIB })
  const fromDeb = execFileSync('tar', ['--extract', '--to-stdout', `.${INSTALLED}/resources/sbom.cdx.json`], { input: text, encoding: 'utf8', maxBuffer: 64 * MIB })
  expect(fromDeb).toBe(readFileSync(join(resourcesOf(UNPACKED), 'sbom.cdx.json'), 'utf8'))
  expect(execFileSync('tar', ['-tzf', packageOf('tar.gz')], { encoding: 'utf8' })).toMatch(/resources\/sbom\.cdx\.json$/m)
  expect(execFileSync('rpm', ['--query', '--list', '--package', packageOf('rpm')], { encoding: 'utf8' })).toMatch(/resources\/sbom\.cdx\.json$/m)

  const { bill, problems } = judgeBill(fromDeb)
  expect(problems).toEqual([])
  const parts = allOf(bill.components)
  for (const name of ['electron', 'chromium', 'node', 'v8', 'openssl', 'sqlite', 'better-sqlite3-multiple-ciphers', 'libp2p', 'svelte']) expect(parts.map((part) => part.name)).toContain(name)
  // What the bundles hold is what the build says of them.
  const bundled = JSON.parse(readFileSync(join(root, 'dist/.packages.json'), 'utf8')) as readonly string[]
  expect(bundled.length).toBeGreaterThan(100)
  const known = new Set(bill.components.map(({ purl }) => purl))
  const purls = bundled.map((path) => JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')) as { readonly name: string, readonly version: string }).map(({ name, version }) => `pkg:npm/${name.replace('@', '%40')}@${version}`)
  expect(purls.filter((purl) => !known.has(purl))).toEqual([])
  // The archive holds no other package, and none without the text of its licence.
  const licences = readFileSync(join(resourcesOf(UNPACKED), 'LICENSES.libraries.txt'), 'utf8')
  const named = bundled.map((path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length))
  expect(named.filter((name) => !licences.includes(`\n${name} `) && !licences.startsWith(`${name} `))).toEqual([])
  for (const file of ['LICENSE.electron.txt', 'LICENSES.chromium.html']) expect(existsSync(join(UNPACKED, file)), file).toBe(true)
  expect(listAsar(join(resourcesOf(UNPACKED), 'app.asar'))).not.toContain('dist/.packages.json')
})
