// Makes the icons of every size, of Windows and of macOS from the one drawing, resources/icons/natter.svg.
// rsvg-convert (Debian: librsvg2-bin) draws; the two containers hold PNGs and are written here.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isEntry, root } from './paths.mjs'

export const iconFolder = join(root, 'resources/icons')
/** Widths in pixels of what the icon themes of Linux look for, and of what the containers need. */
export const sizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024]
/** What Windows shows somewhere; greater ones are not allowed in the container. */
const icoSizes = [16, 24, 32, 48, 64, 128, 256]
/** macOS calls each size by four letters; those with a second name are of displays with two dots a point. */
const icnsTypes = /** @type {const} */ ([['icp4', 16], ['ic11', 32], ['icp5', 32], ['ic12', 64], ['ic07', 128], ['ic13', 256], ['ic08', 256], ['ic14', 512], ['ic09', 512], ['ic10', 1024]])

const icoHeaderBytes = 6
const icoEntryBytes = 16
const icnsHeaderBytes = 8

/** @param {number} size width and height in pixels @returns {Buffer} a PNG */
export function draw(size) {
  return execFileSync('rsvg-convert', ['--width', String(size), '--height', String(size), join(iconFolder, 'natter.svg')])
}

/** A Windows icon. @param {(size: number) => Buffer} png @returns {Buffer} */
export function ico(png) {
  const images = icoSizes.map((size) => ({ size, image: png(size) }))
  const header = Buffer.alloc(icoHeaderBytes + icoEntryBytes * images.length)
  // Type 1 is an icon.
  header.writeUInt16LE(1, 2)
  header.writeUInt16LE(images.length, 4)
  let offset = header.length
  for (const [index, { size, image }] of images.entries()) {
    const entry = icoHeaderBytes + icoEntryBytes * index
    // A byte each, in which 256 is written as 0.
    header.writeUInt8(size % 256, entry)
    header.writeUInt8(size % 256, entry + 1)
    // One plane of 32 bits a pixel.
    header.writeUInt16LE(1, entry + 4)
    header.writeUInt16LE(32, entry + 6)
    header.writeUInt32LE(image.length, entry + 8)
    header.writeUInt32LE(offset, entry + 12)
    offset += image.length
  }
  return Buffer.concat([header, ...images.map(({ image }) => image)])
}

/** A macOS icon. @param {(size: number) => Buffer} png @returns {Buffer} */
export function icns(png) {
  const parts = icnsTypes.map(([type, size]) => chunk(type, png(size)))
  return chunk('icns', Buffer.concat(parts))
}

/** @param {string} type @param {Buffer} content */
function chunk(type, content) {
  const header = Buffer.alloc(icnsHeaderBytes)
  header.write(type, 'latin1')
  header.writeUInt32BE(icnsHeaderBytes + content.length, 4)
  return Buffer.concat([header, content])
}

/** All files that are made, by name. @returns {Map<string, Buffer>} */
export function makeIcons() {
  const drawn = new Map(sizes.map((size) => [size, draw(size)]))
  /** @param {number} size */
  const png = (size) => drawn.get(size) ?? draw(size)
  return new Map([
    ...sizes.map((size) => /** @type {const} */ ([`${String(size)}x${String(size)}.png`, png(size)])),
    ['natter.ico', ico(png)],
    ['natter.icns', icns(png)],
    // Tells a test whether they are of the drawing as it is.
    ['drawn-from.sha256', Buffer.from(`${createHash('sha256').update(readFileSync(join(iconFolder, 'natter.svg'))).digest('hex')}\n`)]
  ])
}

if (isEntry(import.meta.url)) {
  for (const [name, content] of makeIcons()) {
    writeFileSync(join(iconFolder, name), content)
    console.log(`natter: ${name}, ${String(content.length)} bytes`)
  }
}
