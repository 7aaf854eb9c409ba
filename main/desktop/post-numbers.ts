import { readFile } from 'node:fs/promises'
import type { NumberStore } from '../node/types.ts'
import { writeWhole } from '../settings/files.ts'

/**
 * Keeps which sequence numbers may have been used in a file of its own: the
 * database can be set aside and another begun, and the numbers must go on.
 * It holds one decimal number. A file that is damaged counts as none.
 */
export function createPostNumbers (path: string): NumberStore {
  return {
    load: async () => {
      const text = await readFile(path, 'utf8').catch(() => '')
      return /^\d{1,20}\n?$/u.test(text) ? BigInt(text) : undefined
    },
    save: async (upTo) => writeWhole(path, `${upTo}\n`)
  }
}
