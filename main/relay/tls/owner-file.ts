import { readFile } from 'node:fs/promises'
import writeFileAtomic from 'write-file-atomic'

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
  await writeFileAtomic(path, text, { mode: 0o600 })
}
