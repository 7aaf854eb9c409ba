import uPlot from 'uplot'
import type { Protocol } from '../../../preload/contract/index.ts'
import type { Palette } from '../network/palette.ts'
import { protocolName } from '../words.ts'

/** What a plot is drawn with. */
export interface Look { readonly palette: Palette, readonly font: string }

/** Makes the options of a plot of a size, in CSS pixels. */
export type MakePlot = (look: Look, width: number, height: number) => uPlot.Options

/** Pixels of a dash and its gap, and of the lines that fill a bar. */
const DASH = [6, 4]
const HATCH = 6
/** Names up to which each has bars, with their values above them. */
const LABELLED = 8

/** Floodsub is dashed, hollow and hatched; Gossipsub is drawn through. Colours come on top of that. */
export function isBroken (protocol: Protocol): boolean {
  return protocol === 'floodsub'
}

export function colourOf (protocol: Protocol, palette: Palette): string {
  return protocol === 'floodsub' ? palette.warn : palette.accent
}

/** The last 15 minutes of one measure: a line for each protocol. */
export function overTime (protocols: readonly Protocol[], words: (value: number) => string): MakePlot {
  return (look, width, height) => ({
    ...frame(look, width, height),
    scales: { x: { time: false, range: [-15, 0] }, y: { range: fromZero } },
    axes: [
      { ...axis(look), size: 26, splits: () => [-15, -10, -5, 0], values: (_, splits) => splits.map((minutes) => minutes === 0 ? 'now' : `${String(-minutes)} min`) },
      { ...axis(look), size: 54, values: (_, splits) => splits.map(words) }
    ],
    series: [{}, ...protocols.map((protocol): uPlot.Series => {
      const colour = colourOf(protocol, look.palette)
      return {
        label: protocolName(protocol),
        stroke: colour,
        width: 1.5,
        ...(isBroken(protocol) ? { dash: DASH } : {}),
        points: { show: true, size: isBroken(protocol) ? 7 : 6, width: 1.5, stroke: colour, fill: isBroken(protocol) ? look.palette.ground : colour }
      }
    })]
  })
}

/** Figures side by side: for each name a bar of each protocol; lines without names where there are many. */
export function sideBySide (protocols: readonly Protocol[], names: readonly string[], words: (value: number) => string): MakePlot {
  const isMany = names.length > LABELLED
  return (look, width, height) => ({
    ...frame(look, width, height),
    scales: { x: { time: false, range: [-0.5, names.length - 0.5] }, y: { range: fromZero } },
    axes: [
      { ...axis(look), size: 26, grid: { show: false }, ticks: { show: false }, splits: () => names.map((_, at) => at), values: () => isMany ? [] : [...names] },
      { ...axis(look), size: 54, values: (_, splits) => splits.map(words) }
    ],
    series: [{}, ...protocols.map((protocol, at): uPlot.Series => {
      const colour = colourOf(protocol, look.palette)
      return {
        label: protocolName(protocol),
        stroke: colour,
        points: { show: false },
        ...(isMany
          ? { width: 2, ...(isBroken(protocol) ? { dash: DASH } : {}) }
          : { width: 1, fill: isBroken(protocol) ? (plot: uPlot) => hatch(plot.ctx, colour) : colour, ...barPaths(at === 0 ? -1 : 1) })
      }
    })],
    hooks: { draw: [(plot) => { if (!isMany) writeValues(plot, look, words) }] }
  })
}

function barPaths (align: -1 | 1): Pick<uPlot.Series, 'paths'> {
  const paths = uPlot.paths.bars?.({ size: [0.4, 44], align, gap: 2 })
  return paths === undefined ? {} : { paths }
}

/** Each bar's value above it: nobody has to guess it from the axis, or the protocol from the colour. */
function writeValues (plot: uPlot, { palette, font }: Look, words: (value: number) => string): void {
  const { ctx, data } = plot
  ctx.save()
  ctx.font = `${String(11 * devicePixelRatio)}px ${font}`
  ctx.fillStyle = palette.ink
  ctx.textBaseline = 'bottom'
  data.slice(1).forEach((column, series) => {
    ctx.textAlign = series === 0 ? 'right' : 'left'
    column.forEach((value, at) => {
      if (typeof value !== 'number') return
      const x = plot.valToPos(at, 'x', true) + (series === 0 ? -2 : 2) * devicePixelRatio
      ctx.fillText(words(value), x, plot.valToPos(value, 'y', true) - 3 * devicePixelRatio)
    })
  })
  ctx.restore()
}

function hatch (ctx: CanvasRenderingContext2D, colour: string): CanvasPattern | string {
  const tile = document.createElement('canvas')
  const side = Math.round(HATCH * devicePixelRatio)
  tile.width = side
  tile.height = side
  const pen = tile.getContext('2d')
  if (pen === null) return 'transparent'
  pen.strokeStyle = colour
  pen.lineWidth = 1.5 * devicePixelRatio
  pen.beginPath()
  for (const shift of [-side, 0, side]) {
    pen.moveTo(shift, side)
    pen.lineTo(shift + side, 0)
  }
  pen.stroke()
  return ctx.createPattern(tile, 'repeat') ?? 'transparent'
}

function frame (_: Look, width: number, height: number): Pick<uPlot.Options, 'width' | 'height' | 'legend' | 'cursor' | 'select' | 'padding'> {
  return { width, height, legend: { show: false }, cursor: { show: false }, select: { show: false, left: 0, top: 0, width: 0, height: 0 }, padding: [14, 16, 0, 0] }
}

function axis ({ palette, font }: Look): uPlot.Axis {
  return { stroke: palette.ink, font: `12px ${font}`, grid: { stroke: palette.line, width: 0.25 }, ticks: { stroke: palette.line, width: 0.5, size: 4 }, gap: 4 }
}

/** From 0 on, with room above for the values. */
function fromZero (_: uPlot, __: number, most: number): [number, number] {
  return [0, Number.isFinite(most) && most > 0 ? most * 1.15 : 1]
}
