import { readdir, readFile, unlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { cannotWrite, syncFolder, writeWhole } from './files.ts'
import { seal, unseal, type SealingKey } from './sealed.ts'

/** Plain files of settings that were set aside: what is private in them may still be read. */
const COPY = /^settings\.json\.(?:damaged|newer)-[\w-]+$/u
/** What a crash leaves of a write that it cut off: of `writeWhole`, or of an earlier version's library, and of those that see whether the folder can be written. */
const UNFINISHED = /^\.(?:write|claim)-test-\d+$|^(?:settings\.json|settings\.sealed)(?:\.(?:damaged|newer)-[\w-]+(?:\.sealed)?)?\.\d{1,10}$/u
/** Behind the name of a copy that is sealed. */
const SEALED = '.sealed'

/** Whether this is the name of settings that were set aside, and of no other file. */
export function isCopyName (name: string): boolean {
  return basename(name) === name && COPY.test(name)
}

/**
 * Seals the plain copies in a folder and removes what unfinished writes left.
 * Nothing may be writing to the folder meanwhile. A copy is removed once its
 * sealed one is on the disk: cut off at any moment, one of the two is there.
 *
 * @returns names of the copies that were sealed, without `.sealed`, the newest last
 * @throws {SettingsError} `ERR_DATA_DIRECTORY`
 */
export async function sealCopies (folder: string, key: SealingKey): Promise<readonly string[]> {
  const names = await readdir(folder)
  const copies = names.filter((name) => COPY.test(name)).sort(byTime)
  const unfinished = names.filter((name) => UNFINISHED.test(name))
  for (const name of copies) {
    const path = join(folder, name)
    try {
      await writeWhole(path + SEALED, seal(key, await readFile(path)))
      await unlink(path)
    } catch (error) {
      throw cannotWrite(path, error)
    }
  }
  for (const name of unfinished) await unlink(join(folder, name)).catch(() => { /* Somebody else was quicker. */ })
  if (copies.length + unfinished.length > 0) await syncFolder(folder)
  return copies
}

/** What a copy holds, sealed or not; undefined where there is none, or it belongs to another identity. */
export async function readCopy (folder: string, name: string, key: SealingKey | undefined): Promise<Uint8Array | undefined> {
  if (!isCopyName(name)) return undefined
  const read = async (path: string): Promise<Buffer | undefined> => readFile(path).catch(() => undefined)
  const sealed = key === undefined ? undefined : await read(join(folder, name + SEALED))
  const opened = sealed === undefined || key === undefined ? undefined : unseal(key, sealed)
  return opened?.kind === 'open' ? opened.content : read(join(folder, name))
}

/** By the moment in their names, whatever stands before it. */
function byTime (one: string, other: string): number {
  const at = (name: string): string => name.replace(/^[^-]*-/u, '')
  return at(one) < at(other) ? -1 : 1
}
