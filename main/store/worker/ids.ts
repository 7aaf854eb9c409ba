import { createHash } from 'node:crypto'
import type { Value } from './driver.ts'

/** A post's id as it is kept, and the bytes that it is found and ordered by. */
export interface StoredId {
  /** 32 bytes where the id is their base64url, as Natter's are; else the id itself. */
  readonly value: string | Uint8Array
  /** 32 bytes, evenly spread: those of the id, or its SHA-256 where it is another dialect's. */
  readonly bytes: Uint8Array
}

/** 32 bytes in base64url, whose last character carries four bits. */
const NATTER_ID = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/

/** How an id is kept. */
export function storedId (id: string): StoredId {
  if (NATTER_ID.test(id)) {
    const bytes = Buffer.from(id, 'base64url')
    return { value: bytes, bytes }
  }
  return { value: id, bytes: hash(id) }
}

/** The id that a column holds. */
export function readId (value: Value | undefined): string {
  return value instanceof Uint8Array ? asBuffer(value).toString('base64url') : String(value)
}

/** {@link StoredId.bytes} of what a column holds. */
export function idBytes (value: Value | undefined): Uint8Array {
  return value instanceof Uint8Array ? value : hash(String(value))
}

/** The first 53 bits of an id's bytes: a safe integer, for `post.idh`. */
export function idHash (bytes: Uint8Array): number {
  const buffer = asBuffer(bytes)
  return buffer.readUInt32BE(0) * 2 ** 21 + (buffer.readUInt32BE(4) >>> 11)
}

/** Whether two ids are the same, as columns hold them. */
export function isSameId (a: Value | undefined, b: string | Uint8Array): boolean {
  if (a instanceof Uint8Array) return b instanceof Uint8Array && asBuffer(a).equals(b)
  return a === b
}

function hash (id: string): Uint8Array {
  return createHash('sha256').update(id).digest()
}

function asBuffer (bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
