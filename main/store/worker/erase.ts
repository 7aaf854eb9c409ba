import type { Pruned } from '../types.ts'
import type { Context } from './context.ts'
import type { Row } from './driver.ts'
import { createRowEraser, ERASED_COLUMNS, type RowEraser } from './erase-rows.ts'
import { readId } from './ids.ts'
import { placeOfTime, timeOfPlace } from './place.ts'

/** Posts deleted in one transaction: about 100 ms with the search index. */
const BATCH = 2_000
const DAY_MS = 24 * 60 * 60 * 1000

/** All but those that reached nobody yet. */
const NOT_QUEUED = '(own=0 or held>0 or sent is null or sent>0)'

/** Deletes posts; see the methods of `Store`. */
export interface Eraser {
  readonly eraseRows: RowEraser
  readonly prune: (options: { readonly now: number, readonly keepDays?: number, readonly maxBytes?: number }) => Pruned
  readonly deleteAuthor: (peerId: string) => readonly { readonly topic: string, readonly ids: readonly string[] }[]
  readonly deleteTopic: (topic: string) => void
}

/** Deletes in bounded transactions, and keeps search, tree and counts in step. */
export function createEraser (context: Context): Eraser {
  const { db, topics, peers } = context
  const oldOfTopic = db.prepare(`select ${ERASED_COLUMNS} from post where topic=? and pos<? and ${NOT_QUEUED} order by pos limit ?`)
  const oldest = db.prepare(`select ${ERASED_COLUMNS} from post where ${NOT_QUEUED} order by pos limit ?`)
  const one = db.prepare(`select ${ERASED_COLUMNS} from post where pos=?`)
  const ofTopic = db.prepare(`select ${ERASED_COLUMNS} from post where topic=? order by pos limit ?`)
  const eraseMarks = db.prepare('delete from held_mark where topic=?')
  const eraseRows = createRowEraser(context)

  /** Oldest posts of all topics, enough to come below a sum of bytes. */
  function beyond (maxBytes: number, room: number): readonly Row[] {
    let excess = context.payloadBytes() - maxBytes
    if (excess <= 0 || room <= 0) return []
    const rows = oldest.all([room])
    const end = rows.findIndex((row) => (excess -= Number(row['bytes'])) <= 0)
    return end === -1 ? rows : rows.slice(0, end + 1)
  }

  return {
    eraseRows,

    prune: ({ now, keepDays, maxBytes }) => context.transact(() => {
      let room = BATCH
      for (const topic of topics.all()) {
        const days = topic.keepDays ?? keepDays
        if (days === undefined || room === 0) continue
        const rows = oldOfTopic.all([topic.number, placeOfTime(now - days * DAY_MS), room])
        if (rows.length > 0) eraseRows(rows)
        room -= rows.length
      }
      const rows = maxBytes === undefined ? [] : beyond(maxBytes, room)
      if (rows.length > 0) eraseRows(rows)
      const last = rows.at(-1)
      return { posts: BATCH - room + rows.length, ...(last === undefined ? {} : { fullBefore: timeOfPlace(Number(last['pos'])) }) }
    }),

    deleteAuthor: (peerId) => {
      const author = peers.find(peerId)
      const gone = new Map<string, string[]>()
      if (author === undefined) return []
      for (let before = Number.MAX_SAFE_INTEGER; ;) {
        const rows = context.transact(() => {
          const some = context.search().ofAuthor(author, before, BATCH).flatMap((pos) => one.all([pos]))
          if (some.length > 0) eraseRows(some)
          return some
        })
        before = Number(rows.at(-1)?.['pos'])
        for (const row of rows) {
          const topic = topics.findByNumber(Number(row['topic']))?.id ?? ''
          const ids = gone.get(topic) ?? []
          ids.push(readId(row['id']))
          gone.set(topic, ids)
        }
        if (rows.length < BATCH) return [...gone].map(([topic, ids]) => ({ topic, ids }))
      }
    },

    deleteTopic: (id) => {
      const topic = topics.find(id)
      if (topic === undefined) return
      for (;;) {
        const isDone = context.transact(() => {
          const rows = ofTopic.all([topic.number, BATCH])
          if (rows.length > 0) eraseRows(rows)
          if (rows.length === BATCH) return false
          context.tree().clear(topic.number)
          context.gone.clear(topic)
          eraseMarks.run([topic.number])
          topics.remove(topics.find(id) ?? topic)
          return true
        })
        if (isDone) return
      }
    }
  }
}
