import { DEFAULT_TOPIC_BYTES } from '../types.ts'
import type { Database, Row } from './driver.ts'
import { limitFor, SIZE_ON_DISK } from './size.ts'
import type { TopicRow, Topics } from './topics.ts'

/** Rows of one piece of work: about 30 ms. */
const PIECE = 10_000
/** What a topic may take that an older version filled: half as much again. */
const GROWTH = 1.5

interface Progress { pos: number, bytes: number }

/**
 * Counts what topics take on the disk that an older version stored, without
 * an end that anybody waits for. Begun anew where it was interrupted.
 */
export interface Counting {
  /** Counts some rows of a topic, and saves the sum when all are counted. Inside the caller's transaction. */
  readonly goOn: (topic: TopicRow) => void
  /** These rows of a topic are deleted. */
  readonly erased: (topic: TopicRow, rows: readonly Row[]) => void
}

export function createCounting (db: Database, topics: Pick<Topics, 'save'>): Counting {
  const under = new Map<number, Progress>()
  const rowsFrom = db.prepare(`select pos, came, ${SIZE_ON_DISK} as size from post where topic=? and pos>? order by pos limit ?`)

  return {
    goOn: (topic) => {
      const progress = under.get(topic.number) ?? { pos: Number.MIN_SAFE_INTEGER, bytes: 0 }
      const rows = rowsFrom.all([topic.number, progress.pos, PIECE])
      for (const row of rows) if (Number(row['came']) <= topic.uncounted) progress.bytes += Number(row['size'])
      progress.pos = Number(rows.at(-1)?.['pos'] ?? progress.pos)
      under.set(topic.number, progress)
      if (rows.length === PIECE) return
      under.delete(topic.number)
      const bytes = topic.bytes + progress.bytes
      // No default deletes what is there, nor leaves no room beside it. A limit that the person chose meanwhile stays.
      const maxBytes = topic.maxBytes === DEFAULT_TOPIC_BYTES ? Math.max(DEFAULT_TOPIC_BYTES, limitFor(GROWTH * bytes)) : topic.maxBytes
      topics.save({ ...topic, bytes, uncounted: 0, maxBytes })
    },

    erased: ({ number, uncounted }, rows) => {
      const progress = under.get(number)
      if (progress === undefined) return
      for (const row of rows) if (Number(row['pos']) <= progress.pos && Number(row['came']) <= uncounted) progress.bytes -= Number(row['size'])
    }
  }
}
