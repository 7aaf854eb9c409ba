import { StoreError, type StoreErrorCode } from '../errors.ts'

/** What of a `StoreError` crosses over to the main thread. */
export interface Failure { readonly code: StoreErrorCode, readonly message: string }

/** The code that SQLite gave an error, or ''. Both drivers put its name there. */
export function sqliteCode (error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : ''
}

/** Whether the file itself is not what it should be. A short read is a file that was cut off. */
export function isDamage (error: unknown): boolean {
  return /^SQLITE_(?:CORRUPT|NOTADB|FORMAT|IOERR_SHORT_READ|IOERR_DATA)/u.test(sqliteCode(error))
}

/** Bytes of a path that SQLite opens on Unix, the 8 of `-journal` included (`MAX_PATHNAME` in its os_unix.c). */
const MAX_PATH_BYTES = 512

/** An error of a driver, in words. */
export function toStoreError (error: unknown, path = ''): StoreError {
  if (error instanceof StoreError) return error
  const code = sqliteCode(error)
  const options = { cause: error }
  if (code === 'SQLITE_FULL' || (error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT'))) {
    return new StoreError('ERR_DISK_FULL', 'The disk is full, so this was not kept; a post is still in the composer. Make room, then try again.', options)
  }
  if (isDamage(error)) {
    return new StoreError('ERR_DAMAGED', 'The database of your posts was found damaged. Natter puts the file aside, begins a new one, and offers to save what can be read; try again in a moment.', options)
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new StoreError('ERR_DISK', 'Another program has the database of your posts open. Close it, then try again.', options)
  }
  if (code.startsWith('SQLITE_CANTOPEN') && Buffer.byteLength(path) + 8 >= MAX_PATH_BYTES) {
    return new StoreError('ERR_DISK', `The database cannot be opened, because the path of its folder is too long: ${String(Buffer.byteLength(path))} bytes, and SQLite takes about 500. Choose a folder with a shorter path.`, options)
  }
  return new StoreError('ERR_DISK', `The database of your posts cannot be read or written (${code === '' ? wordsOf(error) : code}). Check the disk and your rights to the folder, then start Natter again.`, options)
}

function wordsOf (error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.split('\n', 1)[0] ?? ''
}

/** An error as it crosses over. */
export function failureOf ({ code, message }: StoreError): Failure {
  return { code, message }
}
