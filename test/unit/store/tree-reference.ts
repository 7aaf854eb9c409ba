import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MAX_ENTRIES, type Entry, type RangeView } from '../../../main/store/types.ts'
import { openDatabase, type Database } from '../../../main/store/worker/driver.ts'
import { idHash } from '../../../main/store/worker/ids.ts'
import { TREE_TABLES } from '../../../main/store/worker/tree.ts'

const load = createRequire(import.meta.url)

/** A database in a folder of its own, with the columns of `post` that the tree reads; `drop` deletes the folder. */
export function openTreeBed (): { readonly db: Database, readonly put: (topic: number, entries: readonly Entry[]) => void, readonly take: (topic: number, entries: readonly Entry[]) => void, readonly drop: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'natter-tree-'))
  const db = openDatabase(load('better-sqlite3-multiple-ciphers'), join(folder, 'posts.db'), undefined)
  db.pragma('journal_mode=wal')
  db.pragma('synchronous=off')
  db.exec(`create table post(pos integer primary key, topic integer not null, stamp integer, idh integer not null, id blob not null);
    create index by_stamp on post(topic, stamp, idh); ${TREE_TABLES}`)
  const insert = db.prepare('insert into post (topic, stamp, idh, id) values (?, ?, ?, ?)')
  const remove = db.prepare('delete from post where topic = ? and stamp = ? and id = ?')
  return {
    db,
    put: (topic, entries) => { for (const { stamp, id } of entries) insert.run([topic, stamp, idHash(id), id]) },
    take: (topic, entries) => { for (const { stamp, id } of entries) remove.run([topic, stamp, id]) },
    drop: () => {
      db.close()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

export const keyOf = ({ stamp, id }: Entry): string => stamp.toString(16).padStart(12, '0') + Buffer.from(id).toString('hex')

function tally (entries: readonly Entry[]): { readonly count: number, readonly sum: string } {
  const sum = entries.reduce((total, { id }) => total + BigInt('0x' + Buffer.from(id).toString('hex')), 0n) % 2n ** 256n
  return { count: entries.length, sum: sum.toString(16).padStart(64, '0') }
}

/** What {@link RangeView} shows, in a form that compares. */
export type Shown = ReturnType<typeof show>

export function show (view: RangeView): { readonly prefix: string, readonly count: number, readonly sum: string, readonly children: unknown, readonly entries: readonly string[] | undefined } {
  const hex = (sum: Uint8Array): string => Buffer.from(sum).toString('hex')
  return {
    prefix: view.prefix,
    count: view.count,
    sum: hex(view.sum),
    children: view.children?.map((part) => ({ ...part, sum: hex(part.sum) })),
    entries: view.entries?.map(keyOf)
  }
}

/** The same from nothing but a list of posts. */
export function expected (posts: readonly Entry[], prefix: string): Shown | undefined {
  const inside = posts.map((entry) => ({ key: keyOf(entry), entry })).filter(({ key }) => key.startsWith(prefix)).sort((a, b) => a.key < b.key ? -1 : 1)
  if (inside.length === 0) return undefined
  const whole = { prefix, ...tally(inside.map(({ entry }) => entry)) }
  if (inside.length <= MAX_ENTRIES) return { ...whole, children: undefined, entries: inside.map(({ key }) => key) }
  let depth = prefix.length
  while (new Set(inside.map(({ key }) => key[depth])).size === 1) depth++
  const children = [...new Set(inside.map(({ key }) => key.slice(0, depth + 1)))]
    .map((part) => ({ prefix: part, ...tally(inside.filter(({ key }) => key.startsWith(part)).map(({ entry }) => entry)) }))
  return { ...whole, children, entries: undefined }
}
