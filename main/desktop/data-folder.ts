import { app } from 'electron'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { StartOptions } from './command-line/command-line.ts'

/** Where a profile keeps its things: absolute paths. */
export interface Folders {
  /** Key, settings and posts, and what Chromium keeps. */
  readonly data: string
  readonly logs: string
  readonly crashes: string
}

/** The data directory, and whether this copy of the app may use it. */
export interface Claim {
  readonly folders: Folders
  /**
   * `first`: it is ours until we end. `second`: another copy has it, and was
   * told of us. `unwritable`: nobody can have it.
   */
  readonly outcome: 'first' | 'second' | 'unwritable'
}

/** What a second copy hands to the first. */
export interface Summons {
  readonly link: string | undefined
  /** It was started without a window, so nothing needs to be shown. */
  readonly hidden: boolean
}

/**
 * Claims the data directory, one copy of the app a directory. Before the app
 * is ready, and before anything is written.
 *
 * A profile is a directory below the unnamed one's: all that Natter keeps is in
 * one place, and what Electron locks by the directory is locked for each alone.
 *
 * Two traps of Electron stand behind this. Where `--user-data-dir` cannot be
 * made, it goes to the default directory in silence, which is somebody else's
 * identity; so what was asked for is what counts. And its lock is a file in
 * the directory, so one that cannot be written looks as if another copy had
 * it; so that is tried first. The page then keeps its own files in a temporary
 * folder, for there to be a window that says so.
 */
export function claimDataFolder ({ profile, link, hidden }: StartOptions): Claim {
  const asked = app.commandLine.getSwitchValue('user-data-dir')
  const base = asked === '' ? app.getPath('userData') : resolve(asked)
  const data = profile === undefined ? base : join(base, 'profiles', profile)
  const folders = { data, logs: logFolder(data, { profile, isDefault: asked === '' }), crashes: join(data, 'crashes') }
  if (!isWritable(data)) {
    const temporary = mkdtempSync(join(tmpdir(), 'natter-'))
    app.setPath('userData', temporary)
    app.setPath('sessionData', temporary)
    app.once('quit', () => { rmSync(temporary, { recursive: true, force: true }) })
    return { folders, outcome: 'unwritable' }
  }
  if (app.getPath('userData') !== data) {
    app.setPath('userData', data)
    app.setPath('sessionData', data)
  }
  const summons: Summons = { link, hidden }
  return { folders, outcome: app.requestSingleInstanceLock({ ...summons }) ? 'first' : 'second' }
}

/** macOS keeps logs apart, where its Console finds them; elsewhere they lie with the data. */
function logFolder (data: string, { profile, isDefault }: { readonly profile: string | undefined, readonly isDefault: boolean }): string {
  if (process.platform !== 'darwin' || !isDefault) return join(data, 'logs')
  const own = join(app.getPath('home'), 'Library', 'Logs', app.getName())
  return profile === undefined ? own : join(own, 'profiles', profile)
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
