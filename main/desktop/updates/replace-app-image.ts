import { chmod, copyFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { checkFile } from './check-file.ts'
import { UpdateError } from './errors.ts'
import type { ReleaseFile } from './release.ts'

/**
 * Puts a new AppImage in the place of the one that runs, which stays whole
 * until the new one is: electron-updater's way deletes the old one first, and a
 * full disk then leaves nothing. The name stays, since menus point to it. What
 * is checked is the copy, in the folder that the person keeps it in.
 *
 * @param path of the download
 * @param target absolute path of the AppImage that runs
 * @throws {UpdateError} `ERR_FILE_CHANGED`, `ERR_INSTALL`
 */
export async function replaceAppImage (path: string, target: string, file: Pick<ReleaseFile, 'sha512' | 'size'>): Promise<void> {
  const next = join(dirname(target), `.natter-update-${process.pid}`)
  try {
    await copyFile(path, next)
    await chmod(next, 0o755)
    await checkFile(next, file)
    await rename(next, target)
  } catch (cause) {
    await rm(next, { force: true }).catch(() => {})
    if (cause instanceof UpdateError) throw cause
    throw new UpdateError('ERR_INSTALL', 'The update was not installed: Natter cannot write to the folder that its AppImage lies in. Move the AppImage into a folder of your own.', { cause })
  }
}
