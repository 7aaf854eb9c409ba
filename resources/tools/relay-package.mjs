// `npm run package:relay [-- TARGET...] [OPTIONS]`: packs the relay into release/relay/. Targets, all of them for no word:
//   tgz     npm package, for Node 20 and newer
//   deb     Debian package with its own Node and a systemd unit
//   image   container image, as an archive for podman and skopeo and as one for docker
// Options: --output FOLDER, another place than release/relay; --quick, compressed in a hurry, for tests
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { root } from './paths.mjs'
import { buildRelay } from './relay-build.mjs'
import { packDeb } from './relay-deb.mjs'
import { packImage } from './relay-image.mjs'
import { packTarball } from './relay-tarball.mjs'

const known = /** @type {const} */ (['tgz', 'deb', 'image'])

/** @param {unknown} error @returns {never} */
function fail(error) {
  console.error(`natter: ${error instanceof Error ? error.message : String(error)}`)
  process.exit(2)
}

function readOptions() {
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options: { output: { type: 'string' }, quick: { type: 'boolean' } } })
    const unknown = positionals.filter((word) => !known.some((target) => target === word))
    if (unknown.length > 0) throw new Error(`there is no target ${unknown.join(', ')}; there are ${known.join(', ')}.`)
    if (process.platform !== 'linux' && positionals.some((word) => word !== 'tgz')) throw new Error('deb and image are made on Linux.')
    return {
      targets: positionals.length > 0 ? positionals : process.platform === 'linux' ? [...known] : ['tgz'],
      output: resolve(root, values.output ?? 'release/relay'),
      isQuick: values.quick ?? false
    }
  } catch (error) {
    return fail(error)
  }
}

const { targets, output, isQuick } = readOptions()
mkdirSync(output, { recursive: true })
const work = mkdtempSync(join(output, '.building-'))
try {
  const built = join(work, 'built')
  await buildRelay(built)
  if (targets.includes('tgz')) console.log(`natter: packed ${packTarball({ built, folder: join(work, 'npm'), output })}`)
  if (targets.includes('deb')) console.log(`natter: packed ${packDeb({ built, output, isQuick })}`)
  if (targets.includes('image')) for (const image of packImage({ built, output, work })) console.log(`natter: packed ${image}`)
} catch (error) {
  rmSync(work, { recursive: true, force: true })
  fail(error)
}
rmSync(work, { recursive: true, force: true })
