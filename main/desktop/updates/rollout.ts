import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { writeWhole } from '../../settings/files.ts'

/** Who gets a version while it is let out step by step. */
export interface Rollout {
  /** Whether this copy is among so many of a hundred. Once in, it stays in as the number grows. */
  readonly includes: (version: string, percentage: number) => Promise<boolean>
}

/**
 * Decides by a random number of this copy's own, which never leaves it, and by
 * the version, so that it is not the same people who go first each time.
 *
 * @param path of the file that keeps the number; made when it is first needed
 */
export function createRollout (path: string): Rollout {
  let number: Promise<string> | undefined
  return {
    includes: async (version, percentage) => {
      if (percentage >= 100) return true
      const digest = createHash('sha256').update(`${await (number ??= readNumber(path))}\n${version}`).digest()
      return digest.readUInt32BE(0) / 2 ** 32 * 100 < percentage
    }
  }
}

async function readNumber (path: string): Promise<string> {
  const kept = await readFile(path, 'utf8').catch(() => '')
  if (/^[0-9a-f]{32}$/u.test(kept)) return kept
  const fresh = randomBytes(16).toString('hex')
  // Where it cannot be kept, another one is drawn next time.
  await writeWhole(path, fresh).catch(() => {})
  return fresh
}
