import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { faceOf, facePath } from '../../../renderer/logic/face.ts'
import { root } from '../../../resources/tools/paths.mjs'

const ids = Array.from({ length: 500 }, (_, i) => `12D3KooW${(i * 7_919 + 13).toString(36).repeat(10)}`)

type Rgb = readonly [number, number, number]

/** Linear sRGB of an OKLCH colour. Source: https://bottosson.github.io/posts/oklab/ */
function linear (lightness: number, chroma: number, hue: number): Rgb {
  const a = chroma * Math.cos(hue * Math.PI / 180)
  const b = chroma * Math.sin(hue * Math.PI / 180)
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  const clamp = (value: number): number => Math.min(1, Math.max(0, value))
  return [
    clamp(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    clamp(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    clamp(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s)
  ]
}

const encode = (value: number): number => value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055
const decode = (value: number): number => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
const luminance = ([r, g, b]: Rgb): number => 0.2126 * r + 0.7152 * g + 0.0722 * b

/** What color-mix in sRGB gives: 14 of a hundred parts of the face on its ground. */
function tint (face: Rgb, ground: number): Rgb {
  const mix = (value: number): number => decode(0.14 * encode(value) + 0.86 * ground)
  return [mix(face[0]), mix(face[1]), mix(face[2])]
}

function contrast (one: number, other: number): number {
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
}

describe('faces', () => {
  it('are the same each time, symmetric, and neither empty nor full', () => {
    for (const id of ids) {
      const { cells } = faceOf(id)
      expect(faceOf(id).cells).toEqual(cells)
      for (let row = 0; row < 5; row++) {
        expect(cells[row * 5]).toBe(cells[row * 5 + 4])
        expect(cells[row * 5 + 1]).toBe(cells[row * 5 + 3])
      }
      const filled = cells.filter(Boolean).length
      expect(filled).toBeGreaterThanOrEqual(8)
      expect(filled).toBeLessThanOrEqual(18)
      expect(facePath(faceOf(id)).match(/M/g)).toHaveLength(filled)
    }
  })

  it('differ between people', () => {
    expect(new Set(ids.map((id) => JSON.stringify(faceOf(id)))).size).toBeGreaterThan(ids.length * 0.98)
  })

  it.each([['--face-light', 1], ['--face-dark', 0x21 / 255]])('stand out from their ground 3 to 1: %s', (token, ground) => {
    const theme = readFileSync(join(root, 'renderer/theme.css'), 'utf8')
    const [, lightness, chroma] = new RegExp(`${token}: ([\\d.]+) ([\\d.]+)`).exec(theme) ?? []
    for (let hue = 0; hue < 360; hue += 15) {
      const face = linear(Number(lightness), Number(chroma), hue)
      expect(contrast(luminance(face), luminance(tint(face, ground)))).toBeGreaterThan(3)
    }
  })
})
