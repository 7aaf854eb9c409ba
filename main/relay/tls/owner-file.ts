import { readFile } from 'node:fs/promises'
import { writeWhole } from '../../settings/files.ts'

/** A text that only its owner reads; undefined where there is none. */
export async function readOwnerFile (path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return undefined
    }
    throw error
  }
}

/** Writes it whole or not at all. */
export async function writeOwnerFile (path: string, text: string): Promise<void> {
  try {
    await writeWhole(path, text)
  } catch (error) {
    // Its words are for people at a window.
    throw error instanceof Error && error.cause !== undefined ? error.cause : error
  }
}
