import { app } from 'electron'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Whether this copy of the app may use the data directory. */
export type Claim =
  /** It is ours until we end. */
  | 'first'
  /** Another copy has it, and was told of us. */
  | 'second'
  /** Nobody can have it: it cannot be written. */
  | 'unwritable'

/**
 * Claims the data directory, one copy of the app a directory. Before the app
 * is ready, and before anything is written.
 *
 * Electron's lock is a file in that directory, so a directory that cannot be
 * written looks to it as if another copy had it; hence the look before. The
 * page then keeps its own files in a temporary folder, so that there is a
 * window to say so in.
 *
 * @param link handed to the other copy, if there is one
 */
export function claimDataFolder (link: string | undefined): Claim {
  const folder = app.getPath('userData')
  if (!isWritable(folder)) {
    const temporary = mkdtempSync(join(tmpdir(), 'natter-'))
    app.setPath('sessionData', temporary)
    process.once('exit', () => { rmSync(temporary, { recursive: true, force: true }) })
    return 'unwritable'
  }
  return app.requestSingleInstanceLock({ link }) ? 'first' : 'second'
}

function isWritable (folder: string): boolean {
  const probe = join(folder, `.claim-test-${process.pid}`)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(probe, 'natter', { mode: 0o600 })
    rmSync(probe)
    return true
  } catch {
    return false
  }
}
