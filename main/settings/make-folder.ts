import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a folder and those above it, for their owner only. In place of Node's
 * recursive `mkdir`, which says `ENOENT` on a read-only disk, and in `/proc` of
 * some versions never comes back.
 */
export async function makeFolder (folder: string, parents = true): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' && parents && dirname(folder) !== folder) {
      await makeFolder(dirname(folder))
      await makeFolder(folder, false)
    } else if (code !== 'EEXIST') {
      throw error
    }
  }
}
