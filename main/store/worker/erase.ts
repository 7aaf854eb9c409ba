import type { Entry, Pruned } from '../types.ts'
import type { Context } from './context.ts'
import type { Row } from './driver.ts'
import { idBytes, readId } from './ids.ts'
import { EPOCH, placeOfTime, SLOTS, timeOfPlace } from './place.ts'
import { FARTHEST_AHEAD_MS, type TopicRow } from './topics.ts'

/** Posts deleted in one transaction: about 100 ms with the search index. */
const BATCH = 2_000
const DAY_MS = 24 * 60 * 60 * 1000

const COLUMNS = 'pos, topic, stamp, idh, id, author, own, came, text, length(payload) as bytes'
/** All but those that reached nobody yet. */
const NOT_QUEUED = '(own=0 or held>0 or sent is null or sent>0)'

/** Deletes posts; see the methods of `Store`. */
export interface Eraser {
  readonly prune: (options: { readonly now: number, readonly keepDays?: number, readonly maxBytes?: number }) => Pruned
  readonly deleteAuthor: (peerId: string) => readonly { readonly topic: string, readonly ids: readonly string[] }[]
  readonly deleteTopic: (topic: string) => void
}

/** Deletes in bounded transactions, and keeps search, tree and counts in step. */
export function createEraser (context: Context): Eraser {
  const { db, topics, peers } = context
  const oldOfTopic = db.prepare(`select ${COLUMNS} from post where topic=? and pos<? and ${NOT_QUEUED} order by pos limit ?`)
  const oldest = db.prepare(`select ${COLUMNS} from post where ${NOT_QUEUED} order by pos limit ?`)
  const one = db.prepare(`select ${COLUMNS} from post where pos=?`)
  const ofTopic = db.prepare(`select ${COLUMNS} from post where topic=? order by pos limit ?`)
  const erase = db.prepare('delete from post where pos=?')
  const eraseHolders = db.prepare('delete from holder where post=?')
  const eraseMarks = db.prepare('delete from held_mark where topic=?')
  const nextUnread = db.prepare('select pos from post where topic=? and pos>=? and own=0 and came>? order by pos limit 1')
  // What `stampCounts` says, in SQL.
  const newestStamp = db.prepare(`select stamp from post where topic=? and stamp <= pos / ${SLOTS} + ${EPOCH + FARTHEST_AHEAD_MS} order by stamp desc limit 1`)

  /** The topic's row once these of its posts are gone. */
  function without (topic: TopicRow, rows: readonly Row[]): TopicRow {
    const unread = Math.max(0, topic.unread - rows.filter((row) => row['own'] === 0 && Number(row['came']) > topic.readCame).length)
    const isFirstGone = rows.some((row) => row['pos'] === topic.firstUnread)
    const isNewestGone = rows.some((row) => Number(row['stamp']) >= topic.newestStamp)
    const next = unread > 0 && isFirstGone ? nextUnread.get([topic.number, topic.firstUnread ?? 0, topic.readCame])?.['pos'] : topic.firstUnread
    return {
      ...topic,
      unread,
      firstUnread: unread === 0 || next === undefined ? undefined : Number(next),
      newestStamp: isNewestGone ? Number(newestStamp.get([topic.number])?.['stamp'] ?? 0) : topic.newestStamp
    }
  }

  function eraseRows (rows: readonly Row[]): void {
    context.search().remove(rows.map((row) => ({ pos: Number(row['pos']), topic: Number(row['topic']), idh: Number(row['idh']), author: Number(row['author']), text: String(row['text']) })))
    for (const row of rows) {
      erase.run([Number(row['pos'])])
      if (row['own'] === 1) eraseHolders.run([Number(row['pos'])])
    }
    for (const [number, gone] of Map.groupBy(rows, (row) => Number(row['topic']))) {
      const entries: readonly Entry[] = gone.flatMap((row) => row['stamp'] === null ? [] : [{ stamp: Number(row['stamp']), id: idBytes(row['id']) }])
      if (entries.length > 0) context.tree().remove(number, entries)
      const topic = topics.findByNumber(number)
      if (topic !== undefined) topics.save(without(topic, gone))
    }
    context.countBytes(-rows.reduce((sum, row) => sum + Number(row['bytes']), 0))
  }

  /** Oldest posts of all topics, enough to come below a sum of bytes. */
  function beyond (maxBytes: number, room: number): readonly Row[] {
    let excess = context.payloadBytes() - maxBytes
    if (excess <= 0 || room <= 0) return []
    const rows = oldest.all([room])
    const end = rows.findIndex((row) => (excess -= Number(row['bytes'])) <= 0)
    return end === -1 ? rows : rows.slice(0, end + 1)
  }

  return {
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
          eraseMarks.run([topic.number])
          topics.remove(topics.find(id) ?? topic)
          return true
        })
        if (isDone) return
      }
    }
  }
}
