import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { root } from '../../../../resources/tools/paths.mjs'

/** Where the relay is packed to for tests. */
const PACKAGES = join(root, 'release/test-relay')

/** Packs the relay as `npm run package:relay` does, compressed in a hurry. @throws Error with what it wrote, if it fails */
export function packRelay (): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'resources/tools/launch.mjs'), 'package-relay', '--quick', '--output', PACKAGES], { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(`packing ended with ${String(status)}:\n${stdout.slice(-4_000)}\n${stderr.slice(-4_000)}`)
}

/** Absolute path of the one package of a kind. */
export function relayPackage (kind: '.tgz' | '.deb' | '-docker.tar' | '-oci.tar'): string {
  const found = readdirSync(PACKAGES).filter((name) => name.endsWith(kind))
  const [only] = found
  if (only === undefined || found.length > 1) throw new Error(`there should be one ${kind} in ${PACKAGES}, and there is: ${found.join(', ')}`)
  return join(PACKAGES, only)
}

export { PACKAGES as RELAY_PACKAGES }
