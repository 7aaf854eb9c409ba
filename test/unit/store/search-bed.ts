import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase, type Database } from '../../../main/store/worker/driver.ts'
import { createSearch, SEARCH_TABLES, type Found, type FindOptions, type Search, type SearchablePost } from '../../../main/store/worker/search.ts'

const load = createRequire(import.meta.url)

/** An index in a database of its own, and the texts that its posts would have. */
export interface SearchBed {
  readonly db: Database
  readonly texts: Map<number, string>
  readonly add: (...posts: readonly SearchablePost[]) => void
  readonly remove: (...posts: readonly SearchablePost[]) => void
  readonly find: (query: string, options?: Partial<FindOptions>) => Found
  /** As after a restart: nothing is remembered. */
  readonly renew: () => void
  /** Deletes everything, the folder too. */
  readonly drop: () => void
}

export function openSearchBed (): SearchBed {
  const folder = mkdtempSync(join(tmpdir(), 'natter-search-'))
  const db = openDatabase(load('better-sqlite3-multiple-ciphers'), join(folder, 'posts.db'), undefined)
  db.pragma('journal_mode=wal')
  db.pragma('synchronous=off')
  db.exec(SEARCH_TABLES)
  const texts = new Map<number, string>()
  const make = (): Search => createSearch(db, { textOf: (pos) => texts.get(pos) })
  let search = make()

  function transact (work: () => void): void {
    db.exec('begin immediate')
    work()
    db.exec('commit')
  }

  return {
    db,
    texts,
    add: (...posts) => {
      for (const { pos, text } of posts) texts.set(pos, text)
      transact(() => { search.add(posts) })
    },
    remove: (...posts) => {
      for (const { pos } of posts) texts.delete(pos)
      transact(() => { search.remove(posts) })
    },
    find: (query, options) => search.find(query, { limit: 50, ...options }),
    renew: () => { search = make() },
    drop: () => {
      db.close()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
