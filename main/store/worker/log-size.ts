import { statSync } from 'node:fs'
import type { Database } from './driver.ts'

/** Bytes of SQLite's log beyond which it is written into the file: 1,000 pages. */
const LONG = 4_096_000
/** Posts of one transaction from which on the log may grow as far as `wal_autocheckpoint` lets it: it costs an import a fifth less time. */
const MANY = 512

/**
 * Keeps SQLite's log short. Each small transaction writes a whole page for
 * every few bytes that it changes: ten posts a second wrote 28 MB of log for
 * 5 MB of posts (measured).
 */
export interface LogKeeper {
  /** A transaction ended that stored so many posts. */
  readonly ended: (posts?: number) => void
}

export function createLogKeeper (db: Database, path: string): LogKeeper {
  const log = `${path}-wal`
  return {
    ended: (posts = 0) => {
      if (posts >= MANY || (statSync(log, { throwIfNoEntry: false })?.size ?? 0) < LONG) return
      // Nobody else has the file open, so nothing keeps it from being emptied.
      db.pragma('wal_checkpoint(TRUNCATE)')
    }
  }
}
