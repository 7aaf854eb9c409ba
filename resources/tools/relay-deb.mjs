// The relay as a Debian package: its program, its own Node, and a systemd unit.
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { makeDeb } from './package-deb.mjs'
import { fillIn, pack, put, setModes } from './package-stage.mjs'
import { root } from './paths.mjs'
import { addSqlite, billWithNode, describeRelay } from './relay-build.mjs'
import { relayNodeFlags } from './relay-flags.mjs'

/** @typedef {import('./package-stage.mjs').PackageRequest} PackageRequest */

const templates = join(root, 'resources/relay')
const appFolder = '/usr/lib/natter-relay'
/** Debian's name for what this Node runs on. */
const architectures = /** @type {Record<string, string>} */ ({ x64: 'amd64', arm64: 'arm64' })

/** Starts the relay with the Node that came with it. `exec`: signals reach the relay. */
const launcher = `#!/bin/sh
exec ${appFolder}/node ${relayNodeFlags.join(' ')} ${appFolder}/natter-relay.mjs "$@"
`

/** The folder of the Node that the lockfile pins: Debian 12 has 18, which cannot run libp2p. */
function findNode() {
  const folder = join(root, 'node_modules', `node-linux-${process.arch}`)
  if (!existsSync(folder)) throw new Error(`the deb takes its Node from ${folder}, which is missing: \`npm ci\` without \`--omit=optional\` brings it.`)
  return folder
}

/**
 * What is below {@link appFolder} in every package that brings its own Node.
 * @param {string} built what `buildRelay` made @param {string} folder @param {readonly import('./sbom.mjs').Part[]} [more] what else the package holds
 */
export function fillApp(built, folder, more) {
  const node = findNode()
  mkdirSync(folder, { recursive: true })
  cpSync(built, folder, { recursive: true })
  copyFileSync(join(node, 'bin/node'), join(folder, 'node'))
  copyFileSync(join(node, 'LICENSE'), join(folder, 'LICENSE.node.txt'))
  addSqlite(folder)
  billWithNode(folder, join(node, 'bin/node'), more)
}

/**
 * @param {{ built: string, output: string, isQuick: boolean }} wish what `buildRelay` made, where the deb goes, and whether it is compressed in a hurry
 * @returns {string} absolute path of the deb
 */
export function packDeb({ built, output, isQuick }) {
  const { name, version, license } = describeRelay()
  const architecture = architectures[process.arch] ?? process.arch
  const work = mkdtempSync(join(output, '.packing-'))
  try {
    const folder = join(work, 'root')
    /** @type {PackageRequest} */
    const request = {
      format: 'deb', name, version, architecture, license, templates,
      output: join(output, `${name}_${version}_${architecture}.deb`),
      maintainer: 'The Natter authors <authors@natter.invalid>',
      section: 'net',
      summary: 'relay for people behind firewalls who use Natter',
      afterInstall: join(templates, 'after-install.sh'),
      beforeRemove: join(templates, 'before-remove.sh'),
      afterRemove: join(templates, 'after-remove.sh'),
      conffiles: ['/etc/natter-relay/relay.toml'],
      // What Node is linked with.
      depends: ['init-system-helpers (>= 1.54~)', 'libc6 (>= 2.28)', 'libgcc-s1', 'libstdc++6 (>= 10)'],
      recommends: [],
      compression: isQuick ? 'gz' : 'xz',
      sources: []
    }
    const tree = { folder, appFolder, product: name, appId: name }
    fillApp(built, join(folder, appFolder))
    put(tree, `/usr/bin/${name}`, launcher)
    put(tree, '/etc/natter-relay/relay.toml', readFileSync(join(templates, 'relay.toml')))
    put(tree, '/usr/lib/systemd/system/natter-relay.service', readFileSync(join(templates, 'natter-relay.service')))
    put(tree, `/usr/share/doc/${name}/running-a-relay.md`, readFileSync(join(root, 'docs/running-a-relay.md')))
    put(tree, `/usr/share/man/man1/${name}.1.gz`, pack(fillIn('natter-relay.1', request, tree).replace('@help@', () => readHelp(built))))
    chmodSync(join(folder, 'usr/bin', name), 0o755)
    setModes(folder)
    makeDeb(request, tree, work)
    return request.output
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** What the relay says of its flags, as a manual page takes it. @param {string} built */
function readHelp(built) {
  const words = execFileSync(process.execPath, [join(built, 'natter-relay.mjs'), '--help'], { encoding: 'utf8' })
  return words.trim().replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll(/^(?=[.'])/gm, '\\&')
}
