import type { Entry } from '../types.ts'

/**
 * The key of a post in its topic's tree: 12 hexadecimal digits of its stamp
 * (milliseconds, 48 bits), then the 64 of its id. Posts stand in the order of
 * their keys; a string of the first digits names a range.
 */
export const KEY_DIGITS = 76
const STAMP_DIGITS = 12
const PREFIX = new RegExp(`^[0-9a-f]{0,${String(KEY_DIGITS)}}$`)

/** A post with its key, and what of it is summed. */
export interface Leaf {
  readonly key: string
  readonly entry: Entry
}

/** How many posts, and their ids' sum. */
export interface Tally {
  readonly count: number
  readonly sum: Uint8Array
}

/** A part of a range. */
export interface Part extends Tally {
  readonly prefix: string
}

/** Whether a string names a range. */
export const isPrefix = (prefix: string): boolean => PREFIX.test(prefix)

export function leafOf (entry: Entry): Leaf {
  return { key: entry.stamp.toString(16).padStart(STAMP_DIGITS, '0') + hexOf(entry.id), entry }
}

/** The least (`'0'`) or the greatest (`'f'`) entry that a range can hold. */
export function edgeOf (prefix: string, fill: '0' | 'f'): Entry {
  const key = prefix.padEnd(KEY_DIGITS, fill)
  return { stamp: parseInt(key.slice(0, STAMP_DIGITS), 16), id: Buffer.from(key.slice(STAMP_DIGITS), 'hex') }
}

/** Adds to a sum of ids, or takes from it; modulo 2^256, most significant byte first. */
export function addTo (sum: Uint8Array, id: Uint8Array, sign: 1 | -1): void {
  let carry = 0
  for (let at = sum.length - 1; at >= 0; at--) {
    const value = (sum[at] ?? 0) + sign * (id[at] ?? 0) + carry
    sum[at] = value
    // 1, 0 or -1: what is above the byte, or was borrowed.
    carry = value >> 8
  }
}

export function tallyOf (leaves: readonly Leaf[]): Tally {
  const sum = new Uint8Array(32)
  for (const { entry } of leaves) addTo(sum, entry.id, 1)
  return { count: leaves.length, sum }
}

/** Parts ascending leaves by the digit at `depth`: the range that each part is, and what is in it. */
export function partsOf (leaves: readonly Leaf[], depth: number): readonly { readonly prefix: string, readonly leaves: readonly Leaf[] }[] {
  const parts: { prefix: string, leaves: readonly Leaf[] }[] = []
  let start = 0
  for (let end = 1; end <= leaves.length; end++) {
    const key = leaves[start]?.key ?? ''
    if (leaves[end]?.key[depth] === key[depth]) continue
    parts.push({ prefix: key.slice(0, depth + 1), leaves: leaves.slice(start, end) })
    start = end
  }
  return parts
}

/** Parts ascending leaves, of which there are at least two, at the first digit where they differ. */
export function splitOf (leaves: readonly Leaf[]): readonly Part[] {
  const first = leaves[0]?.key ?? ''
  const last = leaves.at(-1)?.key ?? ''
  let depth = 0
  while (depth < KEY_DIGITS - 1 && first[depth] === last[depth]) depth++
  return partsOf(leaves, depth).map((part) => ({ prefix: part.prefix, ...tallyOf(part.leaves) }))
}

export const ascending = (a: Leaf, b: Leaf): number => a.key < b.key ? -1 : a.key > b.key ? 1 : 0

function hexOf (bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}
