import type { Entry } from '../types.ts'
import type { Context } from './context.ts'
import type { Row } from './driver.ts'
import { idBytes } from './ids.ts'
import { EPOCH, SLOTS } from './place.ts'
import { SIZE_ON_DISK } from './size.ts'
import { FARTHEST_AHEAD_MS, type TopicRow } from './topics.ts'

/** What {@link RowEraser} needs of a post. */
export const ERASED_COLUMNS = `pos, topic, stamp, idh, id, author, own, came, text, length(payload) as bytes, ${SIZE_ON_DISK} as size`

/** Deletes rows of `post`, and keeps search, tree, counts and sizes in step. Inside the caller's transaction. */
export type RowEraser = (rows: readonly Row[]) => void

/** What of erased rows stood in the tree. */
export function entriesOf (rows: readonly Row[]): readonly Entry[] {
  return rows.flatMap((row) => row['stamp'] === null ? [] : [{ stamp: Number(row['stamp']), id: idBytes(row['id']) }])
}

export function createRowEraser (context: Context): RowEraser {
  const { db, topics, strangers } = context
  const erase = db.prepare('delete from post where pos=?')
  const eraseHolders = db.prepare('delete from holder where post=?')
  const nextUnread = db.prepare('select pos from post where topic=? and pos>=? and own=0 and came>? order by pos limit 1')
  // What `stampCounts` says, in SQL.
  const newestStamp = db.prepare(`select stamp from post where topic=? and stamp <= pos / ${SLOTS} + ${EPOCH + FARTHEST_AHEAD_MS} order by stamp desc limit 1`)

  /** The topic's row once these of its posts are gone. */
  function without (topic: TopicRow, rows: readonly Row[]): TopicRow {
    const unread = Math.max(0, topic.unread - rows.filter((row) => row['own'] === 0 && Number(row['came']) > topic.readCame).length)
    const isFirstGone = rows.some((row) => row['pos'] === topic.firstUnread)
    const isNewestGone = rows.some((row) => Number(row['stamp']) >= topic.newestStamp)
    const next = unread > 0 && isFirstGone ? nextUnread.get([topic.number, topic.firstUnread ?? 0, topic.readCame])?.['pos'] : topic.firstUnread
    const counted = rows.filter((row) => Number(row['came']) > topic.uncounted)
    return {
      ...topic,
      unread,
      firstUnread: unread === 0 || next === undefined ? undefined : Number(next),
      newestStamp: isNewestGone ? Number(newestStamp.get([topic.number])?.['stamp'] ?? 0) : topic.newestStamp,
      bytes: Math.max(0, topic.bytes - counted.reduce((sum, row) => sum + Number(row['size']), 0))
    }
  }

  return (rows) => {
    context.search().remove(rows.map((row) => ({ pos: Number(row['pos']), topic: Number(row['topic']), idh: Number(row['idh']), author: Number(row['author']), text: String(row['text']) })))
    for (const row of rows) {
      const pos = Number(row['pos'])
      erase.run([pos])
      strangers.remove(pos)
      if (row['own'] === 1) eraseHolders.run([pos])
    }
    for (const [number, gone] of Map.groupBy(rows, (row) => Number(row['topic']))) {
      const entries = entriesOf(gone)
      if (entries.length > 0) context.tree().remove(number, entries)
      const topic = topics.findByNumber(number)
      if (topic === undefined) continue
      context.counting.erased(topic, gone)
      topics.save(without(topic, gone))
    }
    context.countBytes(-rows.reduce((sum, row) => sum + Number(row['bytes']), 0))
  }
}
