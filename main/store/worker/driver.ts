/** What a column holds, and what a statement is given. Numbers are safe integers or doubles; blobs come as `Uint8Array`. */
export type Value = string | number | null | Uint8Array
export type Row = Readonly<Record<string, Value>>

/** A prepared statement; its parameters are one array. */
export interface Statement {
  readonly run: (params: readonly Value[]) => { readonly changes: number }
  readonly get: (params: readonly Value[]) => Row | undefined
  readonly all: (params: readonly Value[]) => readonly Row[]
}

/** All that the store uses of a SQLite module. Synchronous: it lives in a worker. */
export interface Database {
  readonly exec: (sql: string) => void
  readonly prepare: (sql: string) => Statement
  /** Without the word PRAGMA. */
  readonly pragma: (source: string) => readonly Row[]
  readonly close: () => void
}

type Constructor = new (path: string) => Database & {
  /** better-sqlite3's alone: it guards the schema against changes, where the other does not. */
  readonly unsafeMode?: () => unknown
}

/**
 * Opens a database through whichever module was loaded:
 * better-sqlite3-multiple-ciphers, or @signalapp/sqlcipher, which runs under
 * older runtimes in tests. Both write SQLCipher 4, so each reads the other's
 * files. The file is not read yet: a wrong key shows at the first statement.
 *
 * @param module what `require` answered for either
 * @param key 32 bytes; undefined: not encrypted
 * @param isHarmed reads what it can of a file that was cut off, and writes nothing
 */
export function openDatabase (module: unknown, path: string, key: Uint8Array | undefined, isHarmed = false): Database {
  const isSqlcipher = typeof module === 'object' && module !== null && 'setLogger' in module
  const database = new (constructorOf(module))(path)
  try {
    if (key !== undefined) {
      if (!isSqlcipher) {
        database.pragma("cipher='sqlcipher'")
        database.pragma('legacy=4')
        // A page with a wrong byte is read then, with 16 wrong ones; the other driver leaves the page out.
        if (isHarmed) database.pragma('hmac_check=0')
      }
      database.pragma(`key="x'${Buffer.from(key).toString('hex')}'"`)
    }
    if (isHarmed) {
      // With it SQLite goes on where the file is shorter than it says.
      database.unsafeMode?.()
      database.pragma('cell_size_check=ON')
      database.pragma('writable_schema=ON')
      database.pragma('query_only=ON')
    }
  } catch (error) {
    database.close()
    throw error
  }
  return database
}

function constructorOf (module: unknown): Constructor {
  const found = typeof module === 'object' && module !== null && 'default' in module ? module.default : module
  if (typeof found !== 'function') throw new TypeError('The module named as the database driver is none.')
  return found as Constructor
}
