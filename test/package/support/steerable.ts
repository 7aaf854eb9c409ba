import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createPackageWithOptions, extractAll } from '@electron/asar'
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses'
import { root } from '../../../resources/tools/paths.mjs'

/** A packed app that Playwright can steer. */
export interface Steerable {
  /** Absolute path of its program. */
  readonly binary: string
  readonly remove: () => void
}

/**
 * Copies a packed app, lets the copy hear `--inspect`, through which Playwright steers the main process, and has
 * it wait until Playwright is attached.
 *
 * What people get does neither, so what Playwright steers differs from that by one fuse and by the script that is
 * loaded first. All other files are hard links, and must only be read.
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
  await holdReady(join(copy, 'resources/app.asar'), join(place, 'content'))
  return { binary, remove: () => { rmSync(place, { recursive: true, force: true }) } }
}

/** Has the script for Playwright loaded before an archive's own. */
async function holdReady (archive: string, content: string): Promise<void> {
  extractAll(archive, content)
  const manifest = JSON.parse(readFileSync(join(content, 'package.json'), 'utf8')) as { main: string }
  copyFileSync(join(root, 'test/e2e/support/hold-ready.cjs'), join(content, 'dist/hold-ready.cjs'))
  writeFileSync(join(content, 'dist/held.cjs'), `require('./hold-ready.cjs')\nrequire(${JSON.stringify(`../${manifest.main}`)})\n`)
  writeFileSync(join(content, 'package.json'), JSON.stringify({ ...manifest, main: 'dist/held.cjs' }))
  // They are links to the files that are packed: replaced, not written to.
  rmSync(archive)
  rmSync(`${archive}.unpacked`, { recursive: true })
  await createPackageWithOptions(content, archive, { unpack: '*.node' })
}
