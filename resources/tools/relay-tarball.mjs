// The relay as an npm package: `npx ./natter-relay-X.tgz` runs it wherever there is Node 20 or newer.
import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundledName } from './build.mjs'
import { root } from './paths.mjs'
import { describeRelay, programs, sqlite } from './relay-build.mjs'

/**
 * @param {{ built: string, folder: string, output: string }} places what `buildRelay` made, a folder for the package's files, and where the tarball goes
 * @returns {string} absolute path of the tarball
 */
export function packTarball({ built, folder, output }) {
  const { name, version, author, license, sqliteVersion } = describeRelay()
  mkdirSync(folder, { recursive: true })
  cpSync(built, folder, { recursive: true })
  rmSync(join(folder, bundledName))
  const program = join(folder, programs[0])
  writeFileSync(program, `#!/usr/bin/env node\n${readFileSync(program, 'utf8')}`, { mode: 0o755 })
  copyFileSync(join(root, 'resources/relay/README.md'), join(folder, 'README.md'))
  copyFileSync(join(root, 'resources/relay/relay.toml'), join(folder, 'relay.toml'))
  copyFileSync(join(root, 'docs/running-a-relay.md'), join(folder, 'running-a-relay.md'))
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({
    name,
    version,
    description: 'A relay for Natter, through which people behind firewalls reach each other',
    license,
    author,
    type: 'module',
    bin: { [name]: programs[0] },
    engines: { node: '>=20' },
    // Loaded with --keep-history alone; npm goes on where it cannot have it.
    optionalDependencies: { [sqlite]: sqliteVersion }
  }, undefined, 2)}\n`)
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', output], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  return join(output, `${name}-${version}.tgz`)
}
