import { app } from 'electron'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** The data directory, and whether this copy of the app may use it. */
export interface Claim {
  /** Absolute path of the directory that was asked for. */
  readonly folder: string
  /**
   * `first`: it is ours until we end. `second`: another copy has it, and was
   * told of us. `unwritable`: nobody can have it.
   */
  readonly outcome: 'first' | 'second' | 'unwritable'
}

/**
 * Claims the data directory, one copy of the app a directory. Before the app
 * is ready, and before anything is written.
 *
 * Two traps of Electron stand behind this. Where `--user-data-dir` cannot be
 * made, it goes to the default directory in silence, which is somebody else's
 * identity; so what was asked for is what counts. And its lock is a file in
 * the directory, so one that cannot be written looks as if another copy had
 * it; so that is tried first. The page then keeps its own files in a temporary
 * folder, for there to be a window that says so.
 *
 * @param link handed to the other copy, if there is one
 */
export function claimDataFolder (link: string | undefined): Claim {
  const asked = app.commandLine.getSwitchValue('user-data-dir')
  const folder = asked === '' ? app.getPath('userData') : resolve(asked)
  if (!isWritable(folder)) {
    const temporary = mkdtempSync(join(tmpdir(), 'natter-'))
    app.setPath('userData', temporary)
    app.setPath('sessionData', temporary)
    app.once('quit', () => { rmSync(temporary, { recursive: true, force: true }) })
    return { folder, outcome: 'unwritable' }
  }
  if (app.getPath('userData') !== folder) app.setPath('userData', folder)
  return { folder, outcome: app.requestSingleInstanceLock({ link }) ? 'first' : 'second' }
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
