import { createCipheriv, createDecipheriv } from 'node:crypto'
import { closeSync, constants, copyFileSync, mkdirSync, openSync, readSync, rmSync, statSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { openFile, type FileOptions } from './open-file.ts'

const PAGE = 4096
/** Where SQLCipher's ciphertext begins in the first page, where it ends, and how long the IV behind it is. */
const BODY = { from: 16, to: 4016, iv: 16 } as const
/** Where a database says how many pages it has (sqlite.org/fileformat.html, section 1.3). */
const PAGE_COUNT = 28

/** A copy of a database, to be read and then removed. */
export interface Mended {
  readonly path: string
  readonly remove: () => void
}

/**
 * Copies a database whose first page is unreadable, and gives the copy that of
 * a new database: it holds nothing but where the tables begin, and that is the
 * same in all that are made by the same migrations. The file itself stays as it is.
 *
 * @returns undefined where there is no room, or the file is too short to hold a post
 */
export function mendFirstPage (options: FileOptions): Mended | undefined {
  const pages = Math.floor(statSync(options.path).size / PAGE)
  if (pages < 2) return undefined
  // Beside the file: the same protection, and a copy that costs nothing where the file system can share.
  const folder = join(dirname(options.path), `.${basename(options.path)}-mended`)
  const remove = (): void => { rmSync(folder, { recursive: true, force: true }) }
  try {
    // What a reader that was killed left.
    remove()
    mkdirSync(folder, { mode: 0o700 })
    const fresh = join(folder, 'fresh.db')
    openFile({ ...options, path: fresh, maxPages: undefined }).close()
    const path = join(folder, 'copy.db')
    copyFileSync(options.path, path, constants.COPYFILE_FICLONE)
    const page = Buffer.alloc(PAGE)
    withFile(fresh, 'r', (file) => { readSync(file, page, 0, PAGE, 0) })
    withFile(path, 'r+', (file) => { writeSync(file, withPageCount(page, pages, options.key), 0, PAGE, 0) })
    return { path, remove }
  } catch {
    remove()
    return undefined
  }
}

function withPageCount (page: Buffer, pages: number, key: Uint8Array | undefined): Buffer {
  const changed = Buffer.from(page)
  if (key === undefined) {
    changed.writeUInt32BE(pages, PAGE_COUNT)
    return changed
  }
  const iv = page.subarray(BODY.to, BODY.to + BODY.iv)
  const body = createDecipheriv('aes-256-cbc', key, iv).setAutoPadding(false).update(page.subarray(BODY.from, BODY.to))
  body.writeUInt32BE(pages, PAGE_COUNT - BODY.from)
  createCipheriv('aes-256-cbc', key, iv).setAutoPadding(false).update(body).copy(changed, BODY.from)
  return changed
}

function withFile (path: string, flags: string, work: (file: number) => void): void {
  const file = openSync(path, flags)
  try {
    work(file)
  } finally {
    closeSync(file)
  }
}
