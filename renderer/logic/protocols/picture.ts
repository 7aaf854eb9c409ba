import type { Protocol } from '../../../preload/contract/index.ts'
import { protocolName } from '../words.ts'
import { colourOf, isBroken, type Look } from './plots.ts'

/** A plot of the picture: what stands above it, and its canvas. */
export interface PicturePart { readonly title: string, readonly canvas: HTMLCanvasElement }

/** Pixels of the room around everything, between parts, and of a line of text; times the screen's density. */
const PAD = 24
const GAP = 16
const LINE = 22

/**
 * Puts plots that are drawn already beside each other on one canvas, with a
 * headline, what was compared, and which protocol looks how.
 *
 * @returns a PNG
 * @throws where the browser draws none
 */
export async function drawPicture (parts: readonly PicturePart[], { title, lines, protocols }: { readonly title: string, readonly lines: readonly string[], readonly protocols: readonly Protocol[] }, { palette, font }: Look): Promise<Uint8Array<ArrayBuffer>> {
  const density = devicePixelRatio
  const [pad, gap, line] = [PAD * density, GAP * density, LINE * density]
  const canvas = document.createElement('canvas')
  const pen = canvas.getContext('2d')
  if (pen === null) throw new Error('no canvas')
  const top = pad + line * (lines.length + 3)
  canvas.width = 2 * pad + parts.reduce((sum, part) => sum + part.canvas.width, 0) + gap * Math.max(0, parts.length - 1)
  canvas.height = Math.round(top + line + Math.max(0, ...parts.map((part) => part.canvas.height)) + pad)
  pen.fillStyle = palette.ground
  pen.fillRect(0, 0, canvas.width, canvas.height)
  pen.textBaseline = 'top'
  const write = (text: string, size: number, x: number, y: number, room: number): void => {
    pen.font = `${String(size * density)}px ${font}`
    pen.fillStyle = palette.ink
    pen.fillText(text, x, y, room)
  }
  write(title, 16, pad, pad, canvas.width - 2 * pad)
  lines.forEach((text, at) => { write(text, 13, pad, pad + line * (at + 1.2), canvas.width - 2 * pad) })
  let x = pad
  for (const protocol of protocols) {
    const y = pad + line * (lines.length + 1.4)
    pen.fillStyle = colourOf(protocol, palette)
    pen.strokeStyle = pen.fillStyle
    pen.lineWidth = 2 * density
    if (isBroken(protocol)) pen.strokeRect(x + density, y + density, 10 * density, 10 * density)
    else pen.fillRect(x, y, 12 * density, 12 * density)
    write(`${protocolName(protocol)}${isBroken(protocol) ? ', hatched or dashed' : ''}`, 13, x + 18 * density, y, 200 * density)
    x += 220 * density
  }
  x = pad
  for (const part of parts) {
    write(part.title, 12, x, top, part.canvas.width)
    pen.drawImage(part.canvas, x, top + line)
    x += part.canvas.width + gap
  }
  const blob = await new Promise<Blob | null>((resolve) => { canvas.toBlob(resolve, 'image/png') })
  if (blob === null) throw new Error('no picture')
  return new Uint8Array(await blob.arrayBuffer())
}
