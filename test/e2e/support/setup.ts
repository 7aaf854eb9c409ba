import { buildAll, isStale } from '../../../resources/tools/build.mjs'
import { describe, findElectron } from '../../../resources/tools/electron.mjs'

/** Once per run: builds what is stale and finds the runtime, so that no test file has to. */
export default async function setup(): Promise<void> {
  if (isStale()) await buildAll()
  const runtime = await findElectron()
  console.log(describe(runtime))
  // Each file runs in a process of its own, which inherits this.
  process.env['ELECTRON_OVERRIDE_DIST_PATH'] = runtime.dist
}
