import { faceOf, facePath } from '../face.ts'
import type { GraphNode } from './graph.ts'
import type { Palette } from './palette.ts'

/** Half the width of a node, in pixels. */
export function radiusOf (role: GraphNode['role'], crowded: boolean): number {
  if (role === 'self') return crowded ? 14 : 18
  if (role === 'hub' || role === 'relay') return crowded ? 12 : 16
  return crowded ? 8 : 15
}

/** A hexagon with a point on top: relays and hubs. */
export function hexagon (context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.beginPath()
  for (let corner = 0; corner < 6; corner++) {
    const angle = Math.PI * (corner / 3 - 0.5)
    context.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle))
  }
  context.closePath()
}

/** Faces are drawn once for each size and theme: a picture of 200 people would draw 3,000 cells a frame. */
export class Faces {
  readonly #drawn = new Map<string, HTMLCanvasElement>()
  #theme = ''

  /** The face of a peer as a picture with sides of `size` × `ratio` pixels. */
  of (peerId: string, size: number, ratio: number, palette: Palette): HTMLCanvasElement {
    const theme = `${palette.ground} ${palette.ink}`
    if (theme !== this.#theme) this.#drawn.clear()
    this.#theme = theme
    const key = `${peerId} ${String(size)} ${String(ratio)}`
    const drawn = this.#drawn.get(key) ?? draw(peerId, size * ratio, palette)
    this.#drawn.set(key, drawn)
    return drawn
  }

  /** Forgets faces of those who left. */
  trim (most: number): void {
    if (this.#drawn.size > most) this.#drawn.clear()
  }
}

function draw (peerId: string, size: number, palette: Palette): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = Math.ceil(size)
  const context = canvas.getContext('2d')
  if (context === null) return canvas
  const face = faceOf(peerId)
  // The figures are the theme's --face-light and --face-dark.
  const colour = palette.forced ? palette.ink : `oklch(${palette.dark ? '0.78 0.13' : '0.54 0.15'} ${String(face.hue)})`
  context.beginPath()
  context.roundRect(0, 0, size, size, size * 0.28)
  context.fillStyle = palette.ground
  context.fill()
  context.globalAlpha = palette.forced ? 0 : 0.18
  context.fillStyle = colour
  context.fill()
  context.globalAlpha = 1
  const cell = size * 0.65625 / 5
  context.translate(size * 0.171875, size * 0.171875)
  context.scale(cell, cell)
  context.fillStyle = colour
  context.fill(new Path2D(facePath(face)))
  return canvas
}
