import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import process from 'node:process'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { newSpaceFlag } from '../../../resources/tools/relay-flags.mjs'
import { judgeBill } from '../../support/sbom.ts'
import { relayPackage } from './support/packages.ts'
import { expectMeeting, runRelay, type RunningRelay } from './support/running.ts'

// The tarball as somebody uses it who has Node and nothing else of ours.

let place: string
let installed: string
let running: RunningRelay | undefined

beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'natter-relay-npm-'))
  writeFileSync(join(place, 'package.json'), '{ "private": true }\n')
  // Without a network: what is in the tarball has to do.
  execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', '--cache', join(place, 'cache'), relayPackage('.tgz')], { cwd: place, stdio: 'pipe' })
  installed = join(place, 'node_modules/natter-relay')
})
afterEach(async () => {
  await running?.end()
  running = undefined
})
afterAll(() => { rmSync(place, { recursive: true, force: true }) })

/** Every Node on the path, by its major version. */
const nodes = new Map((process.env['PATH'] ?? '').split(delimiter)
  .map((folder) => join(folder, 'node')).filter((file) => existsSync(file))
  .map((file) => [Number(spawnSync(file, ['--version'], { encoding: 'utf8' }).stdout.slice(1).split('.')[0]), file] as const).reverse())

const program = (): string => join(installed, 'natter-relay.mjs')
const data = (name: string): string[] => ['--data', join(place, name), '--listen', '/ip4/127.0.0.1/tcp/0', '--json']

it('holds the program, its worker, its licences and what people read, and nothing else', () => {
  const files = execFileSync('tar', ['-tzf', relayPackage('.tgz')], { encoding: 'utf8' }).trim().split('\n').map((path) => path.replace('package/', '')).sort()
  expect(files).toEqual(['LICENSE', 'LICENSES.libraries.txt', 'README.md', 'natter-relay.mjs', 'package.json', 'relay.toml', 'running-a-relay.md', 'sbom.cdx.json', 'store-worker.cjs'])
  const libraries = readFileSync(join(installed, 'LICENSES.libraries.txt'), 'utf8')
  for (const name of ['libp2p', '@libp2p/circuit-relay-v2', 'prom-client', 'better-sqlite3-multiple-ciphers']) expect(libraries).toMatch(new RegExp(`^${name} \\d`, 'm'))
  // The desktop's.
  expect(libraries).not.toMatch(/^(?:svelte|electron-updater|bits-ui|virtua) \d/m)
})

it('has a bill of what is bundled, and of the SQLite that npm may fetch', () => {
  const { bill, problems } = judgeBill(readFileSync(join(installed, 'sbom.cdx.json'), 'utf8'))
  expect(problems).toEqual([])
  const libraries = readFileSync(join(installed, 'LICENSES.libraries.txt'), 'utf8')
  // Each with its licence.
  const named = new Set([...libraries.matchAll(/^(\S+) \d\S*$/gmu)].map(([, name]) => name))
  expect(bill.components.filter(({ name }) => name.startsWith('@libp2p/gossipsub') ? !named.has('@chainsafe/libp2p-gossipsub') : !named.has(name)).map(({ name }) => name)).toEqual([])
  expect(bill.components.filter(({ scope }) => scope === 'optional').map(({ name }) => name)).toEqual(['better-sqlite3-multiple-ciphers'])
  expect(bill.components.map(({ name }) => name)).not.toContain('node')
})

it('is run by npx', () => {
  const help = execFileSync('npx', ['--offline', 'natter-relay', '--help'], { cwd: place, encoding: 'utf8' })
  expect(help).toMatch(/^Usage: natter-relay /)
})

describe.each([20, 24])('under Node %i', (major) => {
  const node = nodes.get(major) ?? ''

  it('two desktops meet through it', async ({ skip }) => {
    skip(node === '', `no Node ${String(major)} is on the path`)
    running = await runRelay([node, program(), ...data(`data-${String(major)}`)])
    // Node 20 cannot start itself again with it.
    if (major > 20) expect(running.commandLine().slice(0, 4)).toEqual([node, newSpaceFlag, program(), '--data'])
    expectMeeting(running.addresses[0] ?? '')
    expect(running.wrote()).not.toContain('not handled')
    expect(await running.end()).toBe(0)
  })

  it('says in a sentence why it keeps no history', ({ skip }) => {
    skip(node === '', `no Node ${String(major)} is on the path`)
    const { status, stderr } = spawnSync(node, [program(), ...data(`history-${String(major)}`), '--keep-history', '30d'], { encoding: 'utf8' })
    const why = major < 22 ? 'Node.js 22 or newer, and this is 20.' : 'the npm package better-sqlite3-multiple-ciphers, which is not installed here.'
    expect({ status, isOneLine: stderr.trim().split('\n').length }).toEqual({ status: 2, isOneLine: 1 })
    expect(stderr).toContain(`--keep-history needs ${why}`)
  })
})

it('keeps history where npm brought SQLite', async ({ skip }) => {
  const node = nodes.get(24) ?? ''
  skip(node === '', 'no Node 24 is on the path')
  const other = mkdtempSync(join(tmpdir(), 'natter-relay-npm-'))
  try {
    writeFileSync(join(other, 'package.json'), '{ "private": true }\n')
    // From the registry, as at home; npm leaves it out where this Node is too old for it.
    execFileSync('npm', ['install', '--no-audit', '--no-fund', relayPackage('.tgz')], { cwd: other, stdio: 'pipe', env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env['PATH'] ?? ''}` } })
    running = await runRelay([node, join(other, 'node_modules/natter-relay/natter-relay.mjs'), '--data', join(other, 'data'), '--listen', '/ip4/127.0.0.1/tcp/0', '--json', '--keep-history', '30d'])
    expect(existsSync(join(other, 'data/history.db'))).toBe(true)
    expect(await running.end()).toBe(0)
  } finally {
    rmSync(other, { recursive: true, force: true })
  }
})
