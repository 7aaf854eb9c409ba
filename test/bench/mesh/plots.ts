import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, View } from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import type { MeshFigures } from './measure.ts'

/** Grey that has a contrast of 4.5 to white and to the dark pages of code hosts: one picture serves both. */
const INK = '#767676'
/** Told apart by shape and dashes too. */
const NAMES = { 'floodsub': 'Floodsub', 'gossipsub': 'Gossipsub, shipped', 'gossipsub-stock': 'Gossipsub, stock' } as const
const COLOURS = ['#d9822b', '#2f81f7', '#8b6fd6']

const PLOTS = [
  ['duplicates', 'duplicatesPerPost', 'Duplicates a post and node'],
  ['bytes', 'bytesPerPost', 'Bytes a post and node'],
  ['delivery', 'p99Ms', 'Delivery time p99, ms'],
  ['cpu', 'cpuMsPer1000', 'CPU ms for 1,000 deliveries']
] as const

/** Draws the figures of `npm run bench -- mesh` as SVG, a file a figure. */
export async function drawMesh ({ rows, defaults }: MeshFigures, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const values = [...rows, ...defaults].map((row) => ({ ...row, protocol: NAMES[row.protocol] }))
  for (const [file, field, title] of PLOTS) {
    const encoding = { field: 'protocol', type: 'nominal', scale: { domain: Object.values(NAMES) }, title: null } as const
    const spec: TopLevelSpec = {
      width: 440,
      height: 220,
      background: 'transparent',
      data: { values },
      mark: { type: 'line', point: { filled: true, size: 60 } },
      encoding: {
        x: { field: 'nodes', type: 'quantitative', title: 'nodes, each with 8 neighbours', axis: { values: [...new Set(rows.map(({ nodes }) => nodes))] } },
        y: { field, type: 'quantitative', title },
        color: { ...encoding, scale: { ...encoding.scale, range: COLOURS } },
        shape: encoding,
        strokeDash: encoding
      },
      config: {
        font: 'sans-serif',
        view: { stroke: null },
        axis: { labelColor: INK, titleColor: INK, domainColor: INK, tickColor: INK, gridColor: INK, gridOpacity: 0.25, labelFontSize: 12, titleFontSize: 12 },
        legend: { labelColor: INK, orient: 'top', labelFontSize: 12, labelLimit: 220 }
      }
    }
    const svg = await new View(parse(compile(spec).spec), { renderer: 'none' }).toSVG()
    writeFileSync(join(folder, `mesh-${file}.svg`), `${svg}\n`)
  }
}
