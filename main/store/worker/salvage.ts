import { existsSync } from 'node:fs'
import { openDatabase, type Database, type Row, type Value } from './driver.ts'
import { gallop } from './gallop.ts'
import { sqliteCode } from './failure.ts'
import { mendFirstPage, type Mended } from './first-page.ts'
import type { FileOptions } from './open-file.ts'
import { readId } from './ids.ts'
import { plainBytes } from './rows.ts'

/** A post as a database that was set aside has it. Nothing in it has been checked. */
export interface AsidePost {
  readonly topic: string
  readonly id: string
  readonly author: string
  readonly name: string
  readonly time: number
  readonly text: string
  readonly own: boolean
  readonly stamp: number | undefined
  readonly payload: Uint8Array
}

/** Rows read at once. */
const PAGE = 200
/** Rows behind an unreadable one that are tried one by one; a page of a database holds about ten posts. */
const AHEAD = 64
/** Row ids stand between these. */
const LAST = Number.MAX_SAFE_INTEGER

const POST = ['topic', 'id', 'author', 'name', 'time', 'text', 'own', 'stamp', 'payload'] as const

/**
 * Reads what can be read, a page at a time; ends without a word where nothing
 * can. Not read: rows that lie under an unreadable inner page of the table.
 */
export function * salvage (options: FileOptions): Generator<readonly AsidePost[], void, undefined> {
  if (!existsSync(options.path)) return
  let reader = createReader(options)
  let mended: Mended | undefined
  try {
    if (!hasPosts(reader)) {
      reader.close()
      mended = mendFirstPage(options)
      if (mended === undefined) return
      reader = createReader({ ...options, path: mended.path })
    }
    const names = { topic: new Map<Value, string>(), peer: new Map<Value, string>() }
    for (const table of ['topic', 'peer'] as const) {
      for (const rows of walk(reader, table, ['number', 'id'])) for (const row of rows) names[table].set(row['number'] ?? null, String(row['id']))
    }
    const topics = [...names.topic.keys()]
    /** The index knows which posts come next, also those whose rows are unreadable. */
    const ahead = (place: number): readonly number[] => topics
      .flatMap((topic) => reader.all('select pos from post indexed by by_topic where topic=? and pos>cast(? as integer) order by pos limit ?', [topic, place, AHEAD]) ?? [])
      .map((row) => Number(row['pos'])).sort((a, b) => a - b).slice(0, AHEAD)
    for (const rows of walk(reader, 'post', POST, ahead)) {
      yield rows.map((row) => ({
        topic: names.topic.get(row['topic'] ?? null) ?? '',
        id: readId(row['id']),
        author: names.peer.get(row['author'] ?? null) ?? '',
        name: textOf(row['name']),
        time: Number(row['time']),
        text: textOf(row['text']),
        own: row['own'] === 1,
        stamp: typeof row['stamp'] === 'number' ? row['stamp'] : undefined,
        payload: plainBytes(row['payload'])
      }))
    }
  } finally {
    reader.close()
    mended?.remove()
  }
}

/** Whether the schema can be read. */
function hasPosts (reader: Reader): boolean {
  return (reader.all('pragma table_info(post)', [])?.length ?? 0) > 0
}

/** Asks a damaged database; undefined where the answer is unreadable. */
interface Reader {
  readonly all: (sql: string, params: readonly Value[]) => readonly Row[] | undefined
  readonly close: () => void
}

function createReader ({ path, key, module }: FileOptions): Reader {
  let db: Database | undefined

  function close (): void {
    try { db?.close() } catch { /* It cannot be closed better. */ }
    db = undefined
  }

  function all (sql: string, params: readonly Value[]): readonly Row[] | undefined {
    const isFresh = db === undefined
    try {
      db ??= openDatabase(module, path, key, true)
      return db.prepare(sql).all(params)
    } catch (error) {
      if (sqliteCode(error).startsWith('SQLITE_CORRUPT')) return undefined
      // After one unreadable page some drivers answer nothing more.
      close()
      return isFresh ? undefined : all(sql, params)
    }
  }

  return {
    all,
    close
  }
}

/**
 * All readable rows of a table in the order of their row ids, in pages that are
 * never empty. A column that is not there is null.
 *
 * @param ahead row ids that should come after one, as an index has them
 */
function * walk (reader: Reader, table: string, columns: readonly string[], ahead: (after: number) => readonly number[] = () => []): Generator<readonly Row[], void, undefined> {
  const there = new Set(reader.all(`pragma table_info(${table})`, [])?.map((row) => row['name']))
  if (there.size === 0) return
  const list = columns.map((column) => there.has(column) ? `"${column}"` : `null as "${column}"`).join(', ')
  const read = (after: number, limit: number): readonly Row[] | undefined =>
    reader.all(`select rowid as at, ${list} from ${table} where rowid > cast(? as integer) order by rowid limit ?`, [after, limit])

  let after = -LAST
  let limit = PAGE
  while (after < LAST) {
    const rows = read(after, limit)
    if (rows === undefined) {
      // Halved down to the row before the damage, then on behind it.
      if (limit > 1) {
        limit = Math.floor(limit / 2)
        continue
      }
      const next = ahead(after)
      const row = next.findIndex((place) => (read(place - 1, 1)?.length ?? 0) > 0)
      const place = next[row]
      after = place === undefined ? gallop(next.at(-1) ?? after, (from) => read(from, 1) !== undefined, LAST) : place - 1
      continue
    }
    if (rows.length > 0) yield rows
    const last = rows.at(-1)?.['at']
    if (rows.length < limit || typeof last !== 'number') return
    after = last
    limit = Math.min(PAGE, 2 * limit)
  }
}

function textOf (value: Value | undefined): string {
  return typeof value === 'string' ? value : ''
}
