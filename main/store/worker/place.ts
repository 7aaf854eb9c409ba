import type { Database } from './driver.ts'
import { gallop } from './gallop.ts'
import { idBytes } from './ids.ts'

/** Places count from here, so that they stay safe integers until 2095. */
export const EPOCH = Date.UTC(2026, 0, 1)
/** Places in one millisecond: the first 12 bits of the id say which. */
export const SLOTS = 4096
/** Room for displaced posts below 2^53. */
const FARTHEST_MS = 2 ** 41 - 2

/**
 * How far a post is put by to keep the order of ids exact. A longer run takes
 * somebody who makes thousands of ids for one millisecond: such posts just
 * take a free place behind, so that placing stays cheap.
 */
const LONGEST_RUN = 64

/** Where a post goes, and which posts make room, each by one place; the last of them first. */
export interface Placing {
  readonly pos: number
  readonly displaced: readonly number[]
}

/**
 * The place that a post would like: its time, then the beginning of its id.
 *
 * @param at milliseconds since the Unix epoch; beyond 1956 and 2095 those count
 */
export function idealPlace (at: number, bytes: Uint8Array): number {
  const ms = Math.min(FARTHEST_MS, Math.max(-FARTHEST_MS, Math.floor(at) - EPOCH))
  return ms * SLOTS + slotOf(bytes)
}

/** The first place of a millisecond. */
export function placeOfTime (at: number): number {
  return (Math.floor(at) - EPOCH) * SLOTS
}

/** The time that a place stands for, in milliseconds since the Unix epoch. */
export function timeOfPlace (pos: number): number {
  return Math.floor(pos / SLOTS) + EPOCH
}

/**
 * Ordered linear probing: posts stand by ideal place and then by id, each at
 * the first free place after the one before it. That layout is the same in
 * whatever order they came (Amble and Knuth, Ordered hash tables, 1974).
 */
export function createPlacer (db: Database): (at: number, bytes: Uint8Array) => Placing {
  const occupied = db.prepare('select 1 from post where pos = ?')
  const run = db.prepare(`select pos, id from post where pos >= ? and pos <= ? + ${LONGEST_RUN} order by pos`)
  const isOccupied = (pos: number): boolean => occupied.get([pos]) !== undefined

  return (at, bytes) => {
    const ideal = idealPlace(at, bytes)
    if (!isOccupied(ideal)) return { pos: ideal, displaced: [] }
    let free = ideal
    let pos: number | undefined
    for (const row of run.all([ideal, ideal])) {
      if (row['pos'] !== free) break
      if (pos === undefined && standsAfter(free, idBytes(row['id']), ideal, bytes)) pos = free
      free++
    }
    if (free > ideal + LONGEST_RUN) return { pos: gallop(free - 1, (pos) => !isOccupied(pos)), displaced: [] }
    const displaced: number[] = []
    if (pos !== undefined) for (let place = free - 1; place >= pos; place--) displaced.push(place)
    return { pos: pos ?? free, displaced }
  }
}

/** Whether the post at a place comes after one that is to be put in. */
function standsAfter (place: number, bytes: Uint8Array, ideal: number, newBytes: Uint8Array): boolean {
  const own = place - mod(place - slotOf(bytes), SLOTS)
  return own === ideal ? Buffer.compare(bytes, newBytes) > 0 : own > ideal
}

function slotOf (bytes: Uint8Array): number {
  return ((bytes[0] ?? 0) << 4) | ((bytes[1] ?? 0) >>> 4)
}

function mod (value: number, by: number): number {
  return ((value % by) + by) % by
}
