import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY, type ForceLink, type Simulation, type SimulationLinkDatum, type SimulationNodeDatum } from 'd3-force'
import type { EdgeKind, Graph } from './graph.ts'

/** A node's place, in pixels from the middle at scale 1. */
export interface Place { readonly x: number, readonly y: number }

interface Body extends SimulationNodeDatum { readonly id: string }
interface Spring extends SimulationLinkDatum<Body> { readonly kind: EdgeKind }

/** Pixels that a line of each kind has at rest. */
const LENGTH = { direct: 150, circuit: 95, hub: 95 } as const satisfies Record<EdgeKind, number>
const TURN = 2 * Math.PI
/** From so many nodes on they stand closer: names are then shown for those under the pointer alone. */
export const MANY = 60
/** Ticks before the first drawing, so that a view opens nearly settled instead of bursting; one takes 1.0 to 1.4 ms with 200 nodes (measured), so a crowd gets fewer. */
const FIRST_TICKS = { few: 120, many: 30 } as const
/** How warm the layout becomes when somebody comes or goes; 1 is a fresh start. */
const REHEAT = 0.3

/** Where nodes stand: forces pull them apart, ourselves in the middle. Moves only by {@link Layout.tick}. */
export class Layout {
  readonly #simulation: Simulation<Body, Spring>
  readonly #springs: ForceLink<Body, Spring>
  readonly #bodies = new Map<string, Body>()
  #shape = ''

  constructor () {
    this.#springs = forceLink<Body, Spring>().id(({ id }) => id).distance(({ kind }) => LENGTH[kind]).strength(0.5)
    this.#simulation = forceSimulation<Body, Spring>()
      .force('springs', this.#springs)
      .force('x', forceX<Body>().strength(0.04))
      .force('y', forceY<Body>().strength(0.04))
      .stop()
  }

  /** Takes the nodes and lines as they now are; who stays keeps their place. Answers whether anything will move. */
  update ({ nodes, edges }: Graph): boolean {
    const shape = [...nodes.map(({ id }) => id), ...edges.map(({ id }) => id)].join('\n')
    if (shape === this.#shape) return false
    const isFirst = this.#shape === ''
    this.#shape = shape
    const parents = new Map(edges.map(({ from, to }) => [to, from]))
    const staying = new Set(nodes.map(({ id }) => id))
    for (const id of this.#bodies.keys()) if (!staying.has(id)) this.#bodies.delete(id)
    const self = nodes.find(({ role }) => role === 'self')?.id
    // Those next to us first: who comes behind them begins beside them.
    const inner = nodes.filter(({ id }) => parents.get(id) === self)
    const outer = nodes.filter(({ id }) => id !== self && parents.get(id) !== self)
    if (self !== undefined) this.#bodies.set(self, { id: self, fx: 0, fy: 0, x: 0, y: 0 })
    inner.forEach(({ id }, at) => { this.#begin(id, { x: 0, y: 0 }, TURN * at / inner.length, LENGTH.direct) })
    outer.forEach(({ id }, at) => {
      const { x, y } = this.placeOf(parents.get(id) ?? '') ?? { x: 0, y: 0 }
      // Away from us, to one side and the other.
      this.#begin(id, { x, y }, Math.atan2(y, x) + (at % 7 - 3) * 0.25, LENGTH.circuit)
    })
    const bodies = [...this.#bodies.values()]
    const crowded = nodes.length > MANY
    this.#simulation.nodes(bodies)
      .force('apart', forceManyBody<Body>().strength(crowded ? -90 : -320).distanceMax(420))
      .force('room', forceCollide<Body>(crowded ? 15 : 34))
    this.#springs.links(edges.map(({ from, to, kind }) => ({ source: from, target: to, kind })))
    this.#simulation.alpha(isFirst ? 1 : REHEAT)
    if (isFirst) this.#simulation.tick(crowded ? FIRST_TICKS.many : FIRST_TICKS.few)
    return true
  }

  /** One step; answers whether there are further ones to make. */
  tick (): boolean {
    if (this.#simulation.alpha() < this.#simulation.alphaMin()) return false
    this.#simulation.tick()
    return true
  }

  /** All steps at once, for who wants nothing to move. */
  settle (): void {
    while (this.tick()) { /* Each step cools it. */ }
  }

  placeOf (id: string): Place | undefined {
    const body = this.#bodies.get(id)
    return body === undefined ? undefined : { x: body.x ?? 0, y: body.y ?? 0 }
  }

  /** Puts somebody who is new at an angle and a distance from a place; who is there already stays. */
  #begin (id: string, from: Place, angle: number, away: number): void {
    if (this.#bodies.has(id)) return
    this.#bodies.set(id, { id, x: from.x + away * Math.cos(angle), y: from.y + away * Math.sin(angle) })
  }
}
