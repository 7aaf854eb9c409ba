import type { Entry } from '../types.ts'
import type { Database, Value } from './driver.ts'
import { idHash } from './ids.ts'
import { edgeOf, isPrefix } from './tree-key.ts'
import type { TopicRow } from './topics.ts'

/** Posts that were deleted to save space, by stamp: so that they are not fetched again. */
export const GONE_TABLES = `
create table gone(
  topic integer not null,
  stamp integer not null,
  idh integer not null,
  id blob not null,
  primary key(topic, stamp, idh, id)) without rowid;
create index gone_by_id on gone(idh)
`

/** Posts of one topic that are remembered so; 10 MB on the disk. */
export const MAX_GONE = 100_000
/** The part that goes at once where there are more. */
const PART = 0.2
/** Milliseconds: a day. */
const DAY = 86_400_000

/** Remembers what was deleted to save space. Calls that change something are made inside the caller's transaction. */
export interface Gone {
  /**
   * Remembers posts of a topic. Where there are too many, those go that claim
   * to be from days ahead, then the oldest; nothing as old as these is fetched any more.
   *
   * @returns the topic's row as it is to be saved
   */
  readonly add: (topic: TopicRow, entries: readonly Entry[], now: number) => TopicRow
  /** The post is there again. */
  readonly remove: (topic: TopicRow, entry: Entry) => TopicRow
  /** Forgets all of a topic, so that they may be fetched again. */
  readonly clear: (topic: TopicRow) => TopicRow
  /** Forgets those with a stamp below this one. */
  readonly forgetBelow: (topic: TopicRow, stamp: number) => TopicRow
  readonly has: (topic: number, entry: Entry) => boolean
  /** Those in a range, ascending. */
  readonly within: (topic: number, prefix: string) => readonly Entry[]
  /** Whether a post with this id is among them, whatever its stamp. */
  readonly hasId: (topic: number, id: Uint8Array) => boolean
}

/** Works over `gone`, whose key begins like the reconciliation tree's. */
export function createGone (db: Database, most = MAX_GONE): Gone {
  const insert = db.prepare('insert or ignore into gone values(?, ?, ?, ?)')
  const erase = db.prepare('delete from gone where topic=? and stamp=? and idh=? and id=?')
  const eraseAll = db.prepare('delete from gone where topic=?')
  const eraseBelow = db.prepare('delete from gone where topic=? and stamp<?')
  const eraseAbove = db.prepare('delete from gone where topic=? and stamp>?')
  const find = db.prepare('select 1 from gone where topic=? and stamp=? and idh=? and id=?')
  const range = db.prepare('select stamp, id from gone where (stamp, idh, id) >= (?, ?, ?) and topic=? and (stamp, idh, id) <= (?, ?, ?) order by stamp, idh, id')
  const byId = db.prepare('select 1 from gone indexed by gone_by_id where idh=? and id=? and topic=?')
  const oldest = db.prepare('select stamp from gone where topic=? order by stamp limit 1 offset ?')

  const keyOf = (topic: number, { stamp, id }: Entry): readonly Value[] => [topic, stamp, idHash(id), id]
  const placeOf = ({ stamp, id }: Entry): readonly Value[] => [stamp, idHash(id), id]

  return {
    add: (topic, entries, now) => {
      let { gone, floor } = topic
      for (const entry of entries) gone += insert.run(keyOf(topic.number, entry)).changes
      if (gone > most) gone -= eraseAbove.run([topic.number, now + DAY]).changes
      if (gone > most) {
        const last = Number(oldest.get([topic.number, Math.ceil(most * PART)])?.['stamp'] ?? 0)
        gone -= eraseBelow.run([topic.number, last + 1]).changes
        // Stamps are what their authors wrote, and all may be of today: what is said now is fetched whatever they are.
        floor = Math.max(floor, Math.min(last + 1, now - DAY))
      }
      return { ...topic, gone, floor }
    },
    remove: (topic, entry) => ({ ...topic, gone: topic.gone - erase.run(keyOf(topic.number, entry)).changes }),
    clear: (topic) => {
      eraseAll.run([topic.number])
      return { ...topic, gone: 0, floor: 0 }
    },
    forgetBelow: (topic, stamp) => ({ ...topic, gone: topic.gone - eraseBelow.run([topic.number, stamp]).changes }),
    has: (topic, entry) => find.get(keyOf(topic, entry)) !== undefined,
    within: (topic, prefix) => isPrefix(prefix)
      ? range.all([...placeOf(edgeOf(prefix, '0')), topic, ...placeOf(edgeOf(prefix, 'f'))]).map((row) => ({ stamp: Number(row['stamp']), id: row['id'] as Uint8Array }))
      : [],
    hasId: (topic, id) => byId.get([idHash(id), id, topic]) !== undefined
  }
}
