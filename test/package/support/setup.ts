import { rmSync } from 'node:fs'
import process from 'node:process'
import { describe, findElectron } from '../../../resources/tools/electron.mjs'
import { PACKAGES, pack } from './packages.ts'

/** Once per run: packs the test flavour as it would be given away, so that no test file has to. */
export default async function setup (): Promise<void> {
  const runtime = await findElectron()
  console.log(describe(runtime))
  // Each file runs in a process of its own, which inherits this.
  process.env['ELECTRON_OVERRIDE_DIST_PATH'] = runtime.dist
  rmSync(PACKAGES, { recursive: true, force: true })
  pack(['deb', 'rpm', 'tar.gz'])
}
