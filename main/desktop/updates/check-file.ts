import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { UpdateError } from './errors.ts'
import type { ReleaseFile } from './release.ts'

/**
 * Compares a downloaded file with what was signed. It lies where every program
 * of the person can write, perhaps for days: what was right when it came says
 * nothing about now.
 *
 * @throws {UpdateError} `ERR_FILE_CHANGED`
 */
export async function checkFile (path: string, { sha512, size }: Pick<ReleaseFile, 'sha512' | 'size'>): Promise<void> {
  try {
    // No link: what it leads to could be another file a moment later.
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
    try {
      const hash = createHash('sha512')
      if ((await file.stat()).size === size) {
        for await (const chunk of file.createReadStream({ autoClose: false })) hash.update(chunk as Buffer)
        if (hash.digest('base64') === sha512) return
      }
    } finally {
      await file.close()
    }
  } catch (cause) {
    throw changed(cause)
  }
  throw changed()
}

function changed (cause?: unknown): UpdateError {
  return new UpdateError('ERR_FILE_CHANGED', 'The downloaded update is no longer the file that was signed, so it was not installed. Natter gets it again at the next check.', { cause })
}
