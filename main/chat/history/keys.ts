import type { Entry, RangeView } from '../../store/types.ts'
import { ByteReader, ByteWriter } from './bytes.ts'
import { KEY_DIGITS, MAX_STAMP, STAMP_DIGITS } from './limits.ts'

/** A range that is asked about. */
export interface Asked {
  /** Hexadecimal digits that the keys in it begin with. */
  readonly prefix: string
  /** Wished for as one list, although it may be long: we have next to nothing of it. */
  readonly list: boolean
}

/** The key of a post in hexadecimal: 12 digits of its stamp, 64 of its id. */
export function keyOf ({ stamp, id }: Entry): string {
  return stamp.toString(16).padStart(STAMP_DIGITS, '0') + Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('hex')
}

/** The least stamp that a key with this beginning can have. */
export function leastStamp (prefix: string): number {
  return Number.parseInt(prefix.slice(0, STAMP_DIGITS).padEnd(STAMP_DIGITS, '0'), 16)
}

/** The greatest stamp that a key with this beginning can have. */
export function greatestStamp (prefix: string): number {
  return Number.parseInt(prefix.slice(0, STAMP_DIGITS).padEnd(STAMP_DIGITS, 'f'), 16)
}

/** Where reading begins so that nothing older than a floor comes. */
export function before (floor: number): Entry | undefined {
  return floor > 0 ? { stamp: Math.min(floor - 1, MAX_STAMP), id: new Uint8Array(32).fill(0xff) } : undefined
}

/** Finds the store's view of a range among those that it answered: a view may name all digits that its posts have in common. */
export function byRange (views: readonly RangeView[]): (prefix: string) => RangeView | undefined {
  const exact = new Map(views.map((view) => [view.prefix, view]))
  return (prefix) => exact.get(prefix) ?? views.find((view) => view.prefix.startsWith(prefix))
}

/** Ranges, ascending: of each a byte (its length in digits, 128 added for `list`), then its digits, two a byte. */
export function packAsked (ranges: readonly Asked[]): Uint8Array {
  const out = new ByteWriter()
  for (const { prefix, list } of ranges) {
    out.byte(prefix.length | (list ? 0x80 : 0))
    out.digits(prefix)
  }
  return out.finish()
}

/** Reads what {@link packAsked} wrote. @throws {RangeError} where it is anything else: out of order, one within another, more than `most` */
export function unpackAsked (bytes: Uint8Array, most: number): Asked[] {
  const input = new ByteReader(bytes)
  const ranges: Asked[] = []
  let last: string | undefined
  while (!input.isAtEnd) {
    const head = input.byte()
    const length = head & 0x7f
    if (length > KEY_DIGITS || ranges.length === most) throw new RangeError('a prefix too long, or one too many')
    const prefix = input.digits(length)
    if (last !== undefined && (prefix <= last || prefix.startsWith(last))) throw new RangeError('prefixes out of order')
    ranges.push({ prefix, list: head >= 0x80 })
    last = prefix
  }
  return ranges
}
