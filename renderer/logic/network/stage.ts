import type { Pass } from '../../../preload/contract/index.ts'
import { drawPicture, inView, type View } from './draw.ts'
import type { Graph } from './graph.ts'
import { Layout, MANY, type Place } from './layout.ts'
import type { Palette } from './palette.ts'
import { Passing } from './passing.ts'
import { Faces, radiusOf } from './shapes.ts'

/** Pixels around the picture: room for names below nodes, and for what the signs mean. */
const EDGE = { side: 70, top: 32, bottom: 76 } as const
/** A room that is wider than the picture spreads it so much further across than down, and the other way round. */
const STRETCH = 1.7
/** A few people are not drawn larger than this. */
const LARGEST = 1.25
/** Part of the way to where the picture should lie that each frame goes. */
const EASE = 0.15
/** Pixels beside a node that still mean it. */
const NEAR = 6

/** How a {@link Stage} is set up. */
export interface StageOptions {
  readonly palette: Palette
  readonly font: string
  /** Nothing moves by itself. */
  readonly still: boolean
}

/** Keeps the picture of the network on a canvas. Draws only while something moves. */
export class Stage {
  readonly #canvas: HTMLCanvasElement
  readonly #layout = new Layout()
  readonly #passing = new Passing()
  readonly #faces = new Faces()
  #graph: Graph = { nodes: [], edges: [], routes: new Map() }
  #options: StageOptions
  #size = { width: 0, height: 0, ratio: 1 }
  #view: View | undefined
  #selected: string | undefined
  #pointed: string | undefined
  #frame = 0

  constructor (canvas: HTMLCanvasElement, options: StageOptions) {
    this.#canvas = canvas
    this.#options = options
  }

  set options (options: StageOptions) {
    this.#options = options
    this.#wake()
  }

  set graph (graph: Graph) {
    this.#graph = graph
    this.#faces.trim(4 * graph.nodes.length + 100)
    if (this.#layout.update(graph) && this.#options.still) this.#layout.settle()
    this.#wake()
  }

  set selected (peerId: string | undefined) {
    this.#selected = peerId
    this.#wake()
  }

  set pointed (peerId: string | undefined) {
    if (peerId === this.#pointed) return
    this.#pointed = peerId
    this.#wake()
  }

  resize (width: number, height: number, ratio: number): void {
    this.#size = { width, height, ratio }
    this.#canvas.width = Math.round(width * ratio)
    this.#canvas.height = Math.round(height * ratio)
    this.#view = undefined
    this.#wake()
  }

  pass (passes: readonly Pass[]): void {
    this.#passing.add(passes, this.#graph.routes, performance.now())
    this.#wake()
  }

  /** Who is drawn at a place on the canvas; undefined for ourselves and for nobody. */
  peerAt (x: number, y: number): string | undefined {
    const view = this.#view
    if (view === undefined) return undefined
    const crowded = this.#graph.nodes.length > MANY
    let best: { readonly id: string, readonly away: number } | undefined
    for (const { id, role } of this.#graph.nodes) {
      const place = this.#layout.placeOf(id)
      if (place === undefined || role === 'self') continue
      const drawn = inView(place, view)
      const away = Math.hypot(drawn.x - x, drawn.y - y) - radiusOf(role, crowded)
      if (away < (best?.away ?? NEAR)) best = { id, away }
    }
    return best?.id
  }

  destroy (): void {
    cancelAnimationFrame(this.#frame)
    this.#frame = -1
  }

  #wake (): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame((now) => { this.#draw(now) })
  }

  #draw (now: number): void {
    this.#frame = 0
    const context = this.#canvas.getContext('2d')
    const { width, height, ratio } = this.#size
    if (context === null || width === 0 || height === 0) return
    const { palette, font, still } = this.#options
    const moves = this.#layout.tick()
    const target = this.#fit()
    const view = this.#view === undefined || still ? target : towards(this.#view, target)
    this.#view = view
    const placeOf = (id: string): Place | undefined => this.#layout.placeOf(id)
    const dots = this.#passing.at(now, placeOf, still)
    drawPicture(context, { width, height, ratio, view, graph: this.#graph, placeOf, palette, faces: this.#faces, font, selected: this.#selected, pointed: this.#pointed, dots })
    if (moves || view !== target || this.#passing.busy) this.#wake()
  }

  /** The view in which everybody is seen. */
  #fit (): View {
    const places = this.#graph.nodes.flatMap(({ id }) => this.#layout.placeOf(id) ?? [])
    const xs = places.map(({ x }) => x)
    const ys = places.map(({ y }) => y)
    const [left, right, top, bottom] = [Math.min(0, ...xs), Math.max(0, ...xs), Math.min(0, ...ys), Math.max(0, ...ys)]
    const { width, height } = this.#size
    const wide = Math.min(LARGEST, Math.max(1, width - 2 * EDGE.side) / Math.max(1, right - left))
    const high = Math.min(LARGEST, Math.max(1, height - EDGE.top - EDGE.bottom) / Math.max(1, bottom - top))
    const [across, down] = [Math.min(wide, high * STRETCH), Math.min(high, wide * STRETCH)]
    return { x: width / 2 - across * (left + right) / 2, y: EDGE.top + (height - EDGE.top - EDGE.bottom) / 2 - down * (top + bottom) / 2, across, down }
  }
}

/** A step from one view to another; the other itself where they are the same to the eye. */
function towards (from: View, to: View): View {
  if (Math.abs(from.x - to.x) + Math.abs(from.y - to.y) < 1 && Math.abs(from.across - to.across) + Math.abs(from.down - to.down) < 0.004) return to
  const step = (a: number, b: number): number => a + (b - a) * EASE
  return { x: step(from.x, to.x), y: step(from.y, to.y), across: step(from.across, to.across), down: step(from.down, to.down) }
}
