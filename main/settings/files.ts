import { randomInt } from 'node:crypto'
import { constants } from 'node:fs'
import { access, open, realpath, rename, unlink } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { diskWords } from '../../words/disk.ts'
import { SettingsError } from './errors.ts'
import { makeFolder } from './make-folder.ts'

/** A file that is being written has one of so many numbers behind its name; what a crash leaves is known by it. */
const UNFINISHED_NAMES = 2 ** 32

/**
 * Makes the data directory if it is missing, and proves that files can be
 * written there: on read-only file systems and full disks permissions alone say nothing.
 *
 * @throws {SettingsError} `ERR_DATA_DIRECTORY`
 */
export async function prepareFolder (folder: string): Promise<void> {
  const probe = join(folder, `.write-test-${process.pid}`)
  try {
    await makeFolder(resolve(folder))
    const handle = await open(probe, 'w', 0o600)
    try {
      await handle.write('natter')
    } finally {
      await handle.close()
      await unlink(probe)
    }
  } catch (error) {
    throw cannotWrite(folder, error)
  }
}

/**
 * Writes a file of ours whole or not at all, for its owner only. When it resolves, both the file and its name are on
 * the disk, also if the machine loses its power now. Through a link it writes the file that the link names.
 *
 * Trap: the usual library, write-file-atomic, listens for SIGTERM while it writes, by signal-exit. When that stops
 * listening, Node puts the system's default in the place of Chromium's handler: from the first write on, a SIGTERM
 * killed the app where it stood, and nothing was closed.
 *
 * @param mode of the file. @default for its owner only
 * @throws {SettingsError} `ERR_DATA_DIRECTORY`; what was there before is as it was
 */
export async function writeWhole (file: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  try {
    const target = await realpath(file).catch(() => file)
    const unfinished = `${target}.${randomInt(UNFINISHED_NAMES)}`
    try {
      await writeNew(unfinished, content, mode)
      await rename(unfinished, target)
    } catch (error) {
      await unlink(unfinished).catch(() => {})
      throw error
    }
    await syncFolder(dirname(target))
  } catch (error) {
    throw cannotWrite(file, error)
  }
}

async function writeNew (file: string, content: string | Uint8Array, mode: number): Promise<void> {
  const handle = await open(file, 'wx', mode)
  try {
    // A umask may have taken bits away that others are to have.
    await handle.chmod(mode)
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Windows has no such call: its file system keeps names by itself. */
export async function syncFolder (folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Why a file was set aside, as its new name says. */
export type AsideReason = 'damaged' | 'newer' | 'other-key'

/** A name beside `file` under which it is set aside: `settings.json.damaged-20261122T101500Z`. */
export async function setAside (file: string, why: AsideReason, now: number): Promise<string> {
  const stamp = new Date(now).toISOString().replace(/[-:]|\.\d+/gu, '')
  const wanted = `${file}.${why}-${stamp}`
  let aside = wanted
  // Two in one second must not overwrite each other.
  for (let count = 2; await exists(aside); count++) aside = `${wanted}-${count}`
  try {
    await rename(file, aside)
  } catch (error) {
    throw cannotWrite(file, error)
  }
  return aside
}

/** The error for a place that does not take what has to be written there. */
export function cannotWrite (place: string, cause: unknown): SettingsError {
  return new SettingsError('ERR_DATA_DIRECTORY', `Natter cannot write to ${place}: ${diskWords(cause)}. Fix that, or start Natter with --user-data-dir and another folder.`, { cause })
}

async function exists (file: string): Promise<boolean> {
  try {
    await access(file, constants.F_OK)
    return true
  } catch {
    return false
  }
}
