import type { Database } from './driver.ts'

/** Posts whose authors were new to this profile when they came, by the day on which they did and by size. */
export const STRANGER_TABLES = `
create table stranger(pos integer primary key, topic integer not null, day integer not null, size integer not null);
create index stranger_by_size on stranger(topic, day, size)
`

const DAY = 86_400_000

/** Days for which a stranger's post is recent. */
export const RECENT_DAYS = 7

/** The day of a moment, counted from the Unix epoch. */
export function dayOf (at: number): number {
  return Math.floor(at / DAY)
}

/** Posts of strangers, so that a topic that takes too much finds them without looking at all posts. */
export interface Strangers {
  readonly add: (pos: number, topic: number, day: number, size: number) => void
  /** The post moved one position on. */
  readonly displace: (pos: number) => void
  /** The post is gone, or no stranger's any more. */
  readonly remove: (pos: number) => void
  /** The next to give up: those of the last week by size, the largest first; then older ones, oldest day first, the largest of it first. */
  readonly candidates: (topic: number, today: number, limit: number) => readonly number[]
}

/** Works over `stranger`. Calls are made inside the caller's transaction. */
export function createStrangers (db: Database): Strangers {
  const insert = db.prepare('insert into stranger values(?, ?, ?, ?)')
  const move = db.prepare('update stranger set pos=pos+1 where pos=?')
  const erase = db.prepare('delete from stranger where pos=?')
  const dayAfter = db.prepare('select min(day) as day from stranger where topic=? and day>?')
  const ofDay = db.prepare('select pos, size from stranger where topic=? and day=? order by size desc limit ?')

  /** Days on which there are any, ascending, from after one. */
  function * days (topic: number, after: number): Generator<number, void, undefined> {
    for (let day = after; ;) {
      const next = dayAfter.get([topic, day])?.['day'] ?? null
      if (next === null) return
      day = Number(next)
      yield day
    }
  }

  return {
    add: (pos, topic, day, size) => { insert.run([pos, topic, day, size]) },
    displace: (pos) => { move.run([pos]) },
    remove: (pos) => { erase.run([pos]) },
    candidates: (topic, today, limit) => {
      // A day that is yet to come, by a clock that was ahead, is recent too.
      const recent = [...days(topic, today - RECENT_DAYS)].flatMap((day) => ofDay.all([topic, day, limit]))
      if (recent.length > 0) return recent.sort((a, b) => Number(b['size']) - Number(a['size'])).slice(0, limit).map((row) => Number(row['pos']))
      for (const day of days(topic, -1)) return ofDay.all([topic, day, limit]).map((row) => Number(row['pos']))
      return []
    }
  }
}
