import type { Notify } from '../../../preload/contract/index.ts'
import type { TopicState } from '../types.ts'
import type { Database, Row } from './driver.ts'
import { timeOfPlace } from './place.ts'
import { EMPTY_TOPIC } from './topic-state.ts'

/** A topic's row. */
export interface TopicRow extends Omit<TopicState, 'bytes'> {
  readonly number: number
  readonly id: string
  /** Posts that ever came, deleted ones too. */
  readonly came: number
  /** `came` when the topic was last read: later posts are unread. */
  readonly readCame: number
  /** What the posts with a higher `came` than `uncounted` take on the disk. */
  readonly bytes: number
  /** Posts up to this one in the order of `came` are not counted yet. */
  readonly uncounted: number
}

/**
 * A stamp that is farther ahead of its place than this counts for nobody's
 * next stamp: one post from year 9999 would push all later ones there.
 */
export const FARTHEST_AHEAD_MS = 10 * 366 * 24 * 60 * 60 * 1000

/** Whether a post's stamp counts for {@link TopicState.newestStamp}. */
export function stampCounts (stamp: number, pos: number): boolean {
  return stamp <= timeOfPlace(pos) + FARTHEST_AHEAD_MS
}

/** The topics, all in memory; there are as many as a person is on. */
export interface Topics {
  readonly find: (id: string) => TopicRow | undefined
  readonly findByNumber: (number: number) => TopicRow | undefined
  /** Begins a topic where there is none. */
  readonly need: (id: string) => TopicRow
  /** Writes a topic's row. */
  readonly save: (row: TopicRow) => void
  readonly remove: (row: TopicRow) => void
  readonly all: () => readonly TopicRow[]
  /** Topics that changed since this was last asked; `undefined`: gone. */
  readonly takeChanges: () => readonly (readonly [string, TopicState | undefined])[]
  /** Reads all anew, after a transaction was rolled back. */
  readonly reload: () => void
}

/** What `topic.notify` counts. */
const NOTIFY: readonly Notify[] = ['nothing', 'mentions', 'all']

/** Reads the topics of a database. */
export function createTopics (db: Database): Topics {
  const select = db.prepare('select * from topic')
  const insert = db.prepare('insert into topic(id) values(?) returning *')
  const update = db.prepare('update topic set unread=?, first_unread=?, newest_stamp=?, notify=?, keep_days=?, came=?, read_came=?, bytes=?, max_bytes=?, floor=?, gone=?, uncounted=? where number=?')
  const erase = db.prepare('delete from topic where number=?')
  const byId = new Map<string, TopicRow>()
  const byNumber = new Map<number, TopicRow>()
  const changed = new Set<string>()

  function keep (row: TopicRow): TopicRow {
    byId.set(row.id, row)
    byNumber.set(row.number, row)
    return row
  }

  function reload (): void {
    byId.clear()
    byNumber.clear()
    for (const row of select.all([])) keep(readTopic(row))
  }
  reload()

  return {
    find: (id) => byId.get(id),
    findByNumber: (number) => byNumber.get(number),
    need: (id) => {
      const existing = byId.get(id)
      if (existing !== undefined) return existing
      const [row] = insert.all([id])
      if (row === undefined) throw new Error('A topic was not written.')
      changed.add(id)
      return keep(readTopic(row))
    },
    save: (row) => {
      update.run([row.unread, row.firstUnread ?? null, row.newestStamp, NOTIFY.indexOf(row.notify), row.keepDays, row.came, row.readCame, row.bytes, row.maxBytes ?? 0, row.floor, row.gone, row.uncounted, row.number])
      keep(row)
      changed.add(row.id)
    },
    remove: (row) => {
      erase.run([row.number])
      byId.delete(row.id)
      byNumber.delete(row.number)
      changed.add(row.id)
    },
    all: () => [...byId.values()],
    takeChanges: () => {
      const changes = [...changed].map((id) => [id, byId.has(id) ? stateOf(byId.get(id)) : undefined] as const)
      changed.clear()
      return changes
    },
    reload
  }
}

/** What is told of a topic outside the worker. */
export function stateOf (row: TopicRow | undefined): TopicState {
  if (row === undefined) return EMPTY_TOPIC
  const { unread, firstUnread, newestStamp, notify, keepDays, bytes, maxBytes, floor, gone, uncounted } = row
  return { unread, firstUnread, newestStamp, notify, keepDays, bytes: uncounted === 0 ? bytes : undefined, maxBytes, floor, gone }
}

function readTopic (row: Row): TopicRow {
  const first = row['first_unread'] ?? null
  const days = row['keep_days'] ?? null
  return {
    number: Number(row['number']),
    id: String(row['id']),
    unread: Number(row['unread']),
    firstUnread: first === null ? undefined : Number(first),
    newestStamp: Number(row['newest_stamp']),
    notify: NOTIFY[Number(row['notify'])] ?? 'mentions',
    keepDays: days === null ? null : Number(days),
    came: Number(row['came']),
    readCame: Number(row['read_came']),
    bytes: Number(row['bytes']),
    maxBytes: Number(row['max_bytes']) === 0 ? null : Number(row['max_bytes']),
    floor: Number(row['floor']),
    gone: Number(row['gone']),
    uncounted: Number(row['uncounted'])
  }
}
