import { crc32 } from 'node:zlib'

/** PNG, third edition (https://www.w3.org/TR/png-3/), section 5.2. */
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
/** Bytes of a chunk beside its data: length, type, checksum. */
const FRAME = 12
/** Pixels of a side: a window's picture on a screen of twice the usual density has fewer. */
const MAX_SIDE = 8_192

/** Whether these bytes are one whole PNG of a size that a window can have drawn, and nothing else. */
export function isPng (bytes: Uint8Array): boolean {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (!view.subarray(0, SIGNATURE.length).equals(SIGNATURE)) return false
  let hasData = false
  for (let at = SIGNATURE.length, first = true; at + FRAME <= view.length; first = false) {
    const length = view.readUInt32BE(at)
    const end = at + FRAME + length
    if (end > view.length || crc32(view.subarray(at + 4, end - 4)) !== view.readUInt32BE(end - 4)) return false
    const type = view.toString('latin1', at + 4, at + 8)
    if (first && !(type === 'IHDR' && length === 13 && isSide(view.readUInt32BE(at + 8)) && isSide(view.readUInt32BE(at + 12)))) return false
    if (type === 'IDAT') hasData = true
    if (type === 'IEND') return hasData && length === 0 && end === view.length
    at = end
  }
  return false
}

function isSide (pixels: number): boolean {
  return pixels > 0 && pixels <= MAX_SIDE
}
