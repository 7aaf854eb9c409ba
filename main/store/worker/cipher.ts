import { createDecipheriv, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/** Bytes of a page, and of what SQLCipher 4 keeps at its end: an IV and an HMAC-SHA512. */
const PAGE = 4096
const IV = 16
const MAC = 64
const SALT = 16
/** Pages looked at, spread over the file. */
const SAMPLES = 32
const PLAIN_HEADER = 'SQLite format 3\0'

/**
 * Whether a file that does not open was written with another key, rather than
 * damaged: nothing in it fits the key that we have. The format is SQLCipher's
 * (zetetic.net/sqlcipher/design).
 */
export function isOtherKey (path: string, key: Uint8Array | undefined): boolean {
  const file = openSync(path, 'r')
  try {
    const pages = Math.floor(fstatSync(file).size / PAGE)
    if (pages === 0) return false
    const first = readPage(file, 1)
    const isPlain = first.toString('latin1', 0, PLAIN_HEADER.length) === PLAIN_HEADER
    if (key === undefined) return !isPlain && looksRandom(first)
    if (isPlain) return true
    if (!looksRandom(first)) return false
    if (hasHeader(first, key)) return false
    const step = Math.max(1, Math.floor(pages / SAMPLES))
    const macKey = macKeyOf(first, key)
    for (let number = 1; number <= pages; number += step) if (isGenuine(readPage(file, number), number, macKey)) return false
    return true
  } finally {
    closeSync(file)
  }
}

function readPage (file: number, number: number): Buffer {
  const page = Buffer.alloc(PAGE)
  readSync(file, page, 0, PAGE, (number - 1) * PAGE)
  return page
}

/** Whether the first page, deciphered with the key, begins as a database of ours does: page size, reserved bytes, fractions. */
function hasHeader (page: Buffer, key: Uint8Array): boolean {
  const decipher = createDecipheriv('aes-256-cbc', key, page.subarray(PAGE - IV - MAC, PAGE - MAC)).setAutoPadding(false)
  const header = decipher.update(page.subarray(SALT, SALT + 16))
  return header.readUInt16BE(0) === PAGE && header[4] === IV + MAC && header[5] === 64 && header[6] === 32 && header[7] === 32
}

function macKeyOf (first: Buffer, key: Uint8Array): Buffer {
  const salt = first.subarray(0, SALT).map((byte) => byte ^ 0x3a)
  return pbkdf2Sync(key, salt, 2, 32, 'sha512')
}

function isGenuine (page: Buffer, number: number, macKey: Buffer): boolean {
  const count = Buffer.alloc(4)
  count.writeUInt32LE(number)
  const from = number === 1 ? SALT : 0
  const mac = createHmac('sha512', macKey).update(page.subarray(from, PAGE - MAC)).update(count).digest()
  return timingSafeEqual(mac, page.subarray(PAGE - MAC))
}

/** Enciphered bytes use nearly all 256 values in 4 KiB; zeros and text do not. */
function looksRandom (page: Buffer): boolean {
  return new Set(page).size > 240
}
