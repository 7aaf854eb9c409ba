import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { icns, ico, iconFolder, sizes } from '../../../resources/tools/icons.mjs'

const read = (name: string): Buffer => readFileSync(join(iconFolder, name))
const png = (size: number): Buffer => read(`${String(size)}x${String(size)}.png`)

/** Where a PNG keeps its width and height. */
const WIDTH_AT = 16

describe('the icons', () => {
  it('were made from the drawing as it is; `node resources/tools/icons.mjs` makes them again', () => {
    // Versions of the program that draws differ by a shade, so the drawing is compared and not the pixels.
    expect(read('drawn-from.sha256').toString().trim()).toBe(createHash('sha256').update(read('natter.svg')).digest('hex'))
  })

  it.each(sizes)('are %i pixels wide and high', (size) => {
    expect([png(size).readUInt32BE(WIDTH_AT), png(size).readUInt32BE(WIDTH_AT + 4)]).toEqual([size, size])
  })

  it('of Windows and macOS hold those very pictures', () => {
    expect(read('natter.ico').equals(ico(png))).toBe(true)
    expect(read('natter.icns').equals(icns(png))).toBe(true)
  })
})
