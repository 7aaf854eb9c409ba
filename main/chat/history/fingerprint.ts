import { createHash } from 'node:crypto'
import { SHORT_BYTES } from './limits.ts'

/**
 * What two peers compare of a range: 8 bytes of SHA-256 over the session's
 * salt, the sum of the ids and their count. The salt makes a pair of ranges
 * that agree by chance, or by somebody's labour, differ the next time.
 *
 * @returns 8 characters, one a byte: strings compare and make keys of maps
 */
export function fingerprint (salt: Uint8Array, { sum, count }: { readonly sum: Uint8Array, readonly count: number }): string {
  const tail = Buffer.alloc(8)
  tail.writeBigUInt64BE(BigInt(count))
  return short(salt, sum, tail)
}

/** 8 bytes that stand for an id in this session's lists, as 8 characters. */
export function shortId (salt: Uint8Array, id: Uint8Array): string {
  return short(salt, id)
}

/** The id of a payload: its SHA-256. */
export function idOf (payload: Uint8Array): Uint8Array {
  return createHash('sha256').update(payload).digest()
}

/** The sum of ids, modulo 2^256. */
export function sumOf (ids: readonly Uint8Array[]): Uint8Array {
  const sum = new Uint8Array(32)
  for (const id of ids) {
    let carry = 0
    for (let at = 31; at >= 0; at--) {
      const digit = (sum[at] ?? 0) + (id[at] ?? 0) + carry
      sum[at] = digit & 0xff
      carry = digit >> 8
    }
  }
  return sum
}

export const NOTHING = { sum: new Uint8Array(32), count: 0 } as const

function short (...parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('binary').slice(0, SHORT_BYTES)
}
