import { MAX_ENTRIES, type Entry, type RangeView } from '../../store/types.ts'
import { ByteReader, ByteWriter } from './bytes.ts'
import { fingerprint, shortId } from './fingerprint.ts'
import { greatestStamp, leastStamp, type Asked } from './keys.ts'
import { KEY_DIGITS, MAX_LIST, SHORT_BYTES } from './limits.ts'

/** A post as the other side lists it. */
export interface Listed {
  readonly stamp: number
  /** See {@link shortId}. */
  readonly short: string
}

/** A part of a range as the other side has it. */
export interface Part {
  readonly prefix: string
  readonly count: number
  readonly fingerprint: string
}

/** What the other side has of a range. */
export type View =
  | { readonly kind: 'none' }
  /** All of it, ascending. */
  | { readonly kind: 'list', readonly entries: readonly Listed[] }
  /** At least two parts, ascending, each one digit longer than what all of it begins with. */
  | { readonly kind: 'parts', readonly parts: readonly Part[] }

const NONE: View = { kind: 'none' }
const TAGS = { none: 0, list: 1, parts: 2 } as const

/** How a range of ours looks to the other side. */
export function viewOf (salt: Uint8Array, range: RangeView | undefined): View {
  if (range === undefined || range.count === 0) return NONE
  if (range.children !== undefined) {
    return { kind: 'parts', parts: range.children.map(({ prefix, count, sum }) => ({ prefix, count, fingerprint: fingerprint(salt, { sum, count }) })) }
  }
  return listOf(salt, range.entries ?? [])
}

/** How a list of ours looks to the other side. */
export function listOf (salt: Uint8Array, entries: readonly Entry[]): View {
  return entries.length === 0 ? NONE : { kind: 'list', entries: entries.map(({ stamp, id }) => ({ stamp, short: shortId(salt, id) })) }
}

/**
 * Packs views one after the other. A list is its length, and of each post the
 * distance of its stamp from the one before and its short id; parts are the
 * digits that all keys have in common beyond the range's own, 16 bits for the
 * parts that there are, and of each its count and fingerprint.
 */
export function packViews (asked: readonly Asked[], views: readonly View[]): Uint8Array {
  const out = new ByteWriter()
  views.forEach((view, at) => { packView(out, asked[at]?.prefix ?? '', view) })
  return out.finish()
}

function packView (out: ByteWriter, prefix: string, view: View): void {
  out.byte(TAGS[view.kind])
  switch (view.kind) {
    case 'none':
      return
    case 'list': {
      out.varint(view.entries.length)
      let last = leastStamp(prefix)
      for (const { stamp, short } of view.entries) {
        out.varint(stamp - last)
        out.characters(short)
        last = stamp
      }
      return
    }
    case 'parts': {
      const common = view.parts[0]?.prefix.slice(prefix.length, -1) ?? ''
      const bits = view.parts.reduce((sum, part) => sum | 1 << Number.parseInt(part.prefix.at(-1) ?? '0', 16), 0)
      out.byte(common.length)
      out.digits(common)
      out.byte(bits & 0xff)
      out.byte(bits >> 8)
      for (const part of view.parts) {
        out.varint(part.count)
        out.characters(part.fingerprint)
      }
    }
  }
}

/**
 * Reads one view for each range that was asked about. Whatever it lets
 * through lies within its range, is ascending and gets smaller: a peer cannot
 * make us go round in circles.
 *
 * @throws {RangeError}
 */
export function unpackViews (asked: readonly Asked[], bytes: Uint8Array): View[] {
  const input = new ByteReader(bytes)
  const views = asked.map((range) => unpackView(input, range))
  if (!input.isAtEnd) throw new RangeError('more views than ranges')
  return views
}

function unpackView (input: ByteReader, range: Asked): View {
  switch (input.byte()) {
    case TAGS.none: return NONE
    case TAGS.list: return unpackList(input, range)
    case TAGS.parts: return unpackParts(input, range)
    default: throw new RangeError('no such kind of view')
  }
}

function unpackList (input: ByteReader, { prefix, list }: Asked): View {
  const count = input.varint()
  if (count === 0 || count > (list ? MAX_LIST : MAX_ENTRIES)) throw new RangeError('a list of a wrong length')
  const most = greatestStamp(prefix)
  const entries: Listed[] = []
  const shorts = new Set<string>()
  let stamp = leastStamp(prefix)
  for (let left = count; left > 0; left--) {
    stamp += input.varint()
    const short = input.characters(SHORT_BYTES)
    if (stamp > most) throw new RangeError('a post outside its range')
    entries.push({ stamp, short })
    shorts.add(short)
  }
  if (shorts.size !== count) throw new RangeError('a list that repeats')
  return { kind: 'list', entries }
}

function unpackParts (input: ByteReader, { prefix }: Asked): View {
  const extra = input.byte()
  if (prefix.length + extra + 1 > KEY_DIGITS) throw new RangeError('parts of a range that has none')
  const common = prefix + input.digits(extra)
  const bits = input.byte() | input.byte() << 8
  const parts: Part[] = []
  for (let digit = 0; digit < 16; digit++) {
    if ((bits >> digit & 1) === 1) {
      const count = input.varint()
      if (count === 0) throw new RangeError('an empty part')
      parts.push({ prefix: common + digit.toString(16), count, fingerprint: input.characters(SHORT_BYTES) })
    }
  }
  if (parts.length < 2) throw new RangeError('a range that gets no smaller')
  return { kind: 'parts', parts }
}
