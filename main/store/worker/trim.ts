import type { Trimmed } from '../types.ts'
import type { Context } from './context.ts'
import type { Row } from './driver.ts'
import { entriesOf, ERASED_COLUMNS, type RowEraser } from './erase-rows.ts'
import { readId } from './ids.ts'
import { dayOf } from './strangers.ts'
import type { TopicRow } from './topics.ts'

/** Posts and bytes deleted in one transaction. Whoever reads meanwhile waited 87 ms in the middle, where ten processes shared two cores (measured). */
const PIECE = { posts: 200, bytes: 2_000_000 } as const
/** Posts looked at in one transaction for some that may go; about 30 ms. */
const LOOKED_AT = 10_000
/** What is left of what a topic may take: with less to spare, each new post would have another one deleted. */
const DOWN_TO = 0.95
const DAY = 86_400_000

/**
 * Makes topics take no more than they may; see `Store.trim`. What goes is
 * remembered, so that it is not fetched again. One bounded piece of work a call.
 */
export function createTrimmer (context: Context, eraseRows: RowEraser): () => Trimmed {
  const { db, topics, peers, gone, strangers, counting } = context
  const one = db.prepare(`select ${ERASED_COLUMNS} from post where pos=?`)
  const others = db.prepare('select pos, own, came from post where topic=? and pos>? order by pos limit ?')
  /** Up to where each topic was looked through for posts that were read, and when it was last read then. */
  const passed = new Map<number, { pos: number, readonly readCame: number }>()

  const isKnown = (author: number, now: number): boolean => peers.since(author) <= now - DAY

  /** Posts of strangers that may go, and whether others, whose authors are known by now, are no longer among them. */
  function ofStrangers (topic: TopicRow, now: number): { readonly rows: readonly Row[], readonly changed: boolean } {
    const candidates = strangers.candidates(topic.number, dayOf(now), PIECE.posts)
    const rows: Row[] = []
    for (const pos of candidates) {
      const row = one.get([pos])
      if (row === undefined || isKnown(Number(row['author']), now)) strangers.remove(pos)
      else rows.push(row)
    }
    return { rows, changed: rows.length < candidates.length }
  }

  /** What others wrote and was read, oldest first, as much of it as has to go; and whether there is more to look at. */
  function read (topic: TopicRow, excess: number): { readonly rows: readonly Row[], readonly more: boolean } {
    const { readCame } = topic
    const before = passed.get(topic.number)
    const from = before?.readCame === readCame ? before.pos : Number.MIN_SAFE_INTEGER
    const looked = others.all([topic.number, from, LOOKED_AT])
    const found = looked.filter((row) => row['own'] === 0 && Number(row['came']) <= readCame)
    const rows = enough(found.slice(0, PIECE.posts).map((row) => one.get([Number(row['pos'])])).filter((row) => row !== undefined), excess)
    const last = rows.at(-1) ?? looked.at(-1)
    passed.set(topic.number, { pos: Number(last?.['pos'] ?? from), readCame })
    return { rows, more: rows.length > 0 || looked.length === LOOKED_AT }
  }

  /** The first of them, until the topic is small enough or the piece is full. */
  function enough (rows: readonly Row[], excess: number): readonly Row[] {
    let bytes = 0
    const end = rows.findIndex((row) => (bytes += Number(row['size'])) >= Math.min(excess, PIECE.bytes))
    return end === -1 ? rows : rows.slice(0, end + 1)
  }

  function erase (topic: TopicRow, rows: readonly Row[], now: number): Trimmed['removed'] {
    if (rows.length === 0) return []
    eraseRows(rows)
    topics.save(gone.add(topics.find(topic.id) ?? topic, entriesOf(rows), now))
    for (const author of new Set(rows.map((row) => Number(row['author'])))) {
      // Somebody whose posts had to go gets no more room by waiting.
      if (!isKnown(author, now)) peers.beginAnew(author, now)
      if (context.search().ofAuthor(author, Number.MAX_SAFE_INTEGER, 1).length === 0) peers.forget(author)
    }
    return [{ topic: topic.id, ids: rows.map((row) => readId(row['id'])) }]
  }

  function trim (topic: TopicRow, now: number): Trimmed {
    const { keepDays } = topic
    if (keepDays !== null && topic.gone > 0) topics.save(gone.forgetBelow(topic, now - keepDays * DAY))
    const excess = topic.bytes - DOWN_TO * (topic.maxBytes ?? Infinity)
    const { rows, changed } = ofStrangers(topic, now)
    if (rows.length > 0 || changed) return { removed: erase(topic, enough(rows, excess), now), more: true }
    const { rows: old, more } = read(topic, excess)
    return { removed: erase(topic, old, now), more }
  }

  return () => context.transact(() => {
    const uncounted = topics.all().find((topic) => topic.uncounted > 0)
    if (uncounted !== undefined) {
      counting.goOn(uncounted)
      return { removed: [], more: true }
    }
    for (const topic of topics.all()) {
      if (topic.maxBytes === null || topic.bytes <= topic.maxBytes) continue
      const trimmed = trim(topic, context.now())
      if (trimmed.more) return trimmed
    }
    return { removed: [], more: false }
  })
}
