import { closeSync, existsSync, openSync } from 'node:fs'
import type { Database } from './driver.ts'
import { openDatabase } from './driver.ts'
import { APPLICATION_ID, MIGRATIONS, TABLES } from './schema.ts'

/** Where a database is and how it is opened. */
export interface FileOptions {
  readonly path: string
  /** 32 bytes; undefined: not encrypted. */
  readonly key: Uint8Array | undefined
  /** What `require` answered for the driver. */
  readonly module: unknown
  /** The largest size of the file, for tests of a full disk; in pages of 4 KiB. @default none */
  readonly maxPages?: number | undefined
}

/** A database that cannot be gone on with, and why. */
export class UnusableError extends Error {
  override readonly name = 'UnusableError'
  readonly reason: 'damaged' | 'newer'

  constructor (reason: 'damaged' | 'newer', message: string) {
    super(message)
    this.reason = reason
  }
}

/**
 * How the database is run.
 *
 * `synchronous=FULL`: what was committed survives a loss of power, not only a
 * kill. `locking_mode=EXCLUSIVE`: one process has the file, and no file for
 * shared memory is needed that a full disk could spoil.
 * `wal_autocheckpoint`, in pages of 4 KiB: a batch of 1,000 posts writes about
 * 1,000 of them, many in one batch after the other, and a page is enciphered
 * once more for each checkpoint that it is in; 8,000 with twice the cache took
 * 4 µs less a post than 4,000 (100,000 posts), 16,000 another 2.
 * `journal_size_limit`: what a great deletion leaves of that log.
 */
const PRAGMAS = [
  'busy_timeout=1000',
  'locking_mode=EXCLUSIVE',
  'journal_mode=WAL',
  'synchronous=FULL',
  'cache_size=-32000',
  'wal_autocheckpoint=8000',
  'journal_size_limit=16777216',
  'temp_store=MEMORY'
] as const

/**
 * Opens a database, new or not, and brings it to the newest version. Reads the
 * schema and no posts, so it takes as long for a million of them as for ten.
 *
 * @throws {UnusableError}
 * @throws what the driver throws
 */
export function openFile ({ path, key, module, maxPages }: FileOptions): Database {
  makeOwn(path)
  const db = openDatabase(module, path, key)
  try {
    for (const pragma of PRAGMAS) db.pragma(pragma)
    if (maxPages !== undefined) db.pragma(`max_page_count=${maxPages}`)
    migrate(db)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** SQLite makes a file that all may read, and gives its mode to those beside it. An empty one is a new database to it. */
function makeOwn (path: string): void {
  if (existsSync(path)) return
  try {
    closeSync(openSync(path, 'ax', 0o600))
  } catch {
    // SQLite says what is wrong.
  }
}

function migrate (db: Database): void {
  const version = numberOf(db, 'user_version')
  const tables = new Set(db.prepare("select name from sqlite_master where type='table'").all([]).map((row) => row['name']))
  if (version > MIGRATIONS.length) throw new UnusableError('newer', `The database has version ${version}; this Natter knows ${MIGRATIONS.length}.`)
  if (version === 0 && tables.size > 0) throw new UnusableError('damaged', 'The database is not one of Natter\'s.')
  if (version > 0) {
    if (numberOf(db, 'application_id') !== APPLICATION_ID) throw new UnusableError('damaged', 'The database is not one of Natter\'s.')
    for (const table of TABLES) if (!tables.has(table)) throw new UnusableError('damaged', `The database has no table "${table}".`)
  }
  for (const [index, sql] of MIGRATIONS.entries()) {
    if (index < version) continue
    db.exec('begin immediate')
    try {
      db.exec(sql)
      db.exec(`pragma application_id=${APPLICATION_ID}; pragma user_version=${index + 1}; commit`)
    } catch (error) {
      try { db.exec('rollback') } catch { /* SQLite ended it itself. */ }
      throw error
    }
  }
}

function numberOf (db: Database, pragma: string): number {
  return Number(Object.values(db.pragma(pragma)[0] ?? {})[0] ?? 0)
}
