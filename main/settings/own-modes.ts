import { chmod, lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'

const FOLDER = 0o700
const FILE = 0o600
/** Windows has owners of another kind; what it gives to a person's folder is for that person alone. */
const HAS_MODES = process.platform !== 'win32'
/** Files that are looked at in a folder; crashes and logs are a handful. */
const MAX_FILES = 1_000

/**
 * Takes a folder of ours, and the files in it that are ours, away from everybody
 * but their owner: earlier versions made some that others may read, and backups
 * bring such back. Not below the folder, and through no link. Never rejects:
 * where it cannot be done, as on disks that know no owners, it stays as it is.
 *
 * @param isOurs whether a file of this name is ours. @default all are
 */
export async function mendModes (folder: string, isOurs?: (name: string) => boolean): Promise<void> {
  if (HAS_MODES) await mend(folder, FOLDER, (found) => found.isDirectory())
  await mendFiles(folder, isOurs)
}

/** The same for the files alone, where the folder may be somebody else's. */
export async function mendFiles (folder: string, isOurs: (name: string) => boolean = () => true): Promise<void> {
  if (!HAS_MODES) return
  const names = await readdir(folder).catch(() => [])
  for (const name of names.filter(isOurs).slice(0, MAX_FILES)) await mend(join(folder, name), FILE, (found) => found.isFile())
}

async function mend (path: string, mode: number, isKind: (found: Awaited<ReturnType<typeof lstat>>) => boolean): Promise<void> {
  try {
    const found = await lstat(path)
    if (isKind(found) && (Number(found.mode) & 0o777 & ~mode) !== 0) await chmod(path, Number(found.mode) & mode)
  } catch {
    // It is not there, or not ours to change.
  }
}
