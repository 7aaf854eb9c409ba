import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses'

/** A packed app that Playwright can steer. */
export interface Steerable {
  /** Absolute path of its program. */
  readonly binary: string
  readonly remove: () => void
}

/**
 * Copies a packed app and lets the copy hear `--inspect`, through which Playwright steers the main process.
 *
 * What people get does not hear it, so what Playwright steers differs from that by this one fuse. All other files
 * are hard links, and must only be read.
 *
 * @param folder the packed folder; the copy lies beside it
 * @param program name of the program in it
 */
export async function makeSteerable (folder: string, program: string): Promise<Steerable> {
  const place = mkdtempSync(join(dirname(folder), '.steerable-'))
  const copy = join(place, 'app')
  execFileSync('cp', ['-al', folder, copy])
  const binary = join(copy, program)
  rmSync(binary)
  copyFileSync(join(folder, program), binary)
  await flipFuses(binary, { version: FuseVersion.V1, [FuseV1Options.EnableNodeCliInspectArguments]: true })
  return { binary, remove: () => { rmSync(place, { recursive: true, force: true }) } }
}
