import type { EdgeKind, Graph, GraphNode } from './graph.ts'
import { MANY, type Place } from './layout.ts'
import type { Palette } from './palette.ts'
import type { Dot } from './passing.ts'
import { hexagon, radiusOf, type Faces } from './shapes.ts'

/** Where the picture's middle lies on the canvas, and how far places are spread each way. */
export interface View { readonly x: number, readonly y: number, readonly across: number, readonly down: number }

/** A place on the canvas. */
export function inView ({ x, y }: Place, view: View): Place {
  return { x: view.x + x * view.across, y: view.y + y * view.down }
}

/** One drawing. */
export interface Scene {
  readonly width: number
  readonly height: number
  /** Device pixels in a pixel. */
  readonly ratio: number
  readonly view: View
  readonly graph: Graph
  readonly placeOf: (id: string) => Place | undefined
  readonly palette: Palette
  readonly faces: Faces
  /** System face of the page. */
  readonly font: string
  readonly selected: string | undefined
  readonly pointed: string | undefined
  readonly dots: readonly Dot[]
}

/** Dash and gap in pixels: what tells lines apart besides their colour. */
const DASHES = { direct: [], circuit: [7, 5], hub: [1, 5] } as const satisfies Record<EdgeKind, readonly number[]>
const BAND = 9
const LABEL = 12
const LABEL_LENGTH = 20

/** Draws everything. Sizes are the same at every scale; only places spread. */
export function drawPicture (context: CanvasRenderingContext2D, scene: Scene): void {
  const { width, height, ratio, view, placeOf } = scene
  const on = (id: string): Place | undefined => {
    const place = placeOf(id)
    return place === undefined ? undefined : inView(place, view)
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, width, height)
  // A canvas keeps what was set: each drawing begins alike.
  context.lineJoin = 'round'
  drawLines(context, scene, on)
  // Whoever has a name in a crowd stands before those without one, and who is selected before all.
  for (const rank of [0, 1, 2] as const) {
    for (const node of scene.graph.nodes) if (rankOf(node, scene) === rank) drawNode(context, scene, node, on(node.id))
  }
  drawDots(context, scene)
}

function drawLines (context: CanvasRenderingContext2D, { graph, palette, selected }: Scene, on: (id: string) => Place | undefined): void {
  const route = new Set(selected === undefined ? [] : graph.routes.get(selected))
  context.lineCap = 'round'
  const stroke = (wanted: (edge: Graph['edges'][number]) => boolean): void => {
    context.beginPath()
    for (const edge of graph.edges) {
      if (!wanted(edge)) continue
      const [from, to] = [on(edge.from), on(edge.to)]
      if (from === undefined || to === undefined) continue
      context.moveTo(from.x, from.y)
      context.lineTo(to.x, to.y)
    }
    context.stroke()
  }
  context.strokeStyle = palette.accent
  context.globalAlpha = palette.forced ? 0.6 : 0.24
  context.lineWidth = BAND
  stroke(({ mesh }) => mesh)
  context.globalAlpha = 1
  for (const kind of ['hub', 'circuit', 'direct'] as const) {
    context.setLineDash([...DASHES[kind]])
    context.strokeStyle = palette.line
    context.lineWidth = kind === 'hub' ? 2 : 1.5
    stroke((edge) => edge.kind === kind && !isOn(edge))
    context.strokeStyle = palette.accent
    context.lineWidth = 2.5
    stroke((edge) => edge.kind === kind && isOn(edge))
  }
  context.setLineDash([])

  function isOn ({ from, to }: Graph['edges'][number]): boolean {
    return route.has(from) && route.has(to)
  }
}

function rankOf ({ id, role }: GraphNode, { selected, pointed }: Scene): 0 | 1 | 2 {
  if (id === selected || id === pointed) return 2
  return role === 'person' || role === 'unknown' ? 0 : 1
}

function drawNode (context: CanvasRenderingContext2D, scene: Scene, node: GraphNode, place: Place | undefined): void {
  if (place === undefined) return
  const { palette, graph, faces, ratio } = scene
  const { x, y } = place
  const crowded = graph.nodes.length > MANY
  const radius = radiusOf(node.role, crowded)
  const isSelected = node.id === scene.selected
  const isPointed = node.id === scene.pointed
  context.lineWidth = 2
  if (node.role === 'self') {
    disc(context, x, y, radius, palette.accent)
    context.fillStyle = palette.onAccent
    write(context, scene, 'You', x, y + 4, '600')
  } else if (node.role === 'hub' || node.role === 'relay') {
    hexagon(context, x, y, radius)
    context.fillStyle = palette.ground
    context.fill()
    context.strokeStyle = palette.ink
    context.stroke()
    if (node.role === 'hub') disc(context, x, y, radius * 0.4, palette.ink)
  } else if (node.role === 'person') {
    context.drawImage(faces.of(node.id, 2 * radius, ratio, palette), x - radius, y - radius, 2 * radius, 2 * radius)
  } else {
    disc(context, x, y, radius * 0.7, palette.ground)
    context.strokeStyle = palette.line
    context.stroke()
  }
  if (isSelected || isPointed) {
    context.beginPath()
    context.roundRect(x - radius - 4, y - radius - 4, 2 * radius + 8, 2 * radius + 8, node.role === 'person' ? radius * 0.5 + 4 : radius + 4)
    context.strokeStyle = palette.accent
    context.lineWidth = isSelected ? 2.5 : 1.5
    context.stroke()
  }
  const isBetween = node.role === 'hub' || node.role === 'relay'
  if (node.role !== 'self' && (!crowded || isSelected || isPointed || isBetween)) {
    context.lineWidth = 3
    context.strokeStyle = palette.ground
    context.fillStyle = palette.ink
    write(context, scene, cut(node.label), x, y + radius + (isSelected || isPointed ? 18 : 15), isSelected ? '600' : '400', true)
  }
}

function drawDots (context: CanvasRenderingContext2D, { dots, view, palette }: Scene): void {
  context.lineWidth = 2
  for (const dot of dots) {
    const { x, y } = inView(dot, view)
    const { duplicate } = dot
    disc(context, x, y, 5, duplicate ? palette.ground : palette.accent)
    context.strokeStyle = duplicate ? palette.warn : palette.ground
    context.stroke()
  }
}

function disc (context: CanvasRenderingContext2D, x: number, y: number, radius: number, colour: string): void {
  context.beginPath()
  context.arc(x, y, radius, 0, 2 * Math.PI)
  context.fillStyle = colour
  context.fill()
}

function write (context: CanvasRenderingContext2D, { font }: Scene, text: string, x: number, y: number, weight: string, halo = false): void {
  context.font = `${weight} ${String(LABEL)}px ${font}`
  context.textAlign = 'center'
  if (halo) context.strokeText(text, x, y)
  context.fillText(text, x, y)
}

/** By characters as they are drawn, so that none is cut in half. */
function cut (label: string): string {
  const characters = [...label]
  return characters.length <= LABEL_LENGTH ? label : `${characters.slice(0, LABEL_LENGTH - 1).join('')}…`
}
