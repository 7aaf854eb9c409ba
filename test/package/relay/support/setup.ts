import { rmSync } from 'node:fs'
import { RELAY_PACKAGES, packRelay } from './packages.ts'

/** Once per run: packs the relay as it would be given away, so that no test file has to. */
export default function setup (): void {
  rmSync(RELAY_PACKAGES, { recursive: true, force: true })
  packRelay()
}
