import type { Pass } from '../../../preload/contract/index.ts'
import type { Place } from './layout.ts'

/** Milliseconds that a post takes over its whole way in the picture; long enough to be followed with the eye. */
const TRAVEL = 700
/** Posts under way at once; more of them would be a blur. */
const MOST = 150
/** Milliseconds over which those told of together set out one after the other: what is told comes four times a second. */
const SPREAD = 200

/** A post on its way through the picture. */
interface Traveller {
  readonly route: readonly string[]
  readonly duplicate: boolean
  readonly begin: number
}

/** Where a post is now, and whether we had it already. */
export interface Dot extends Place { readonly duplicate: boolean }

/** Posts that run along their lines. */
export class Passing {
  #under: readonly Traveller[] = []

  /** @param routes the nodes on the way from us to each peer */
  add (passes: readonly Pass[], routes: ReadonlyMap<string, readonly string[]>, now: number): void {
    const all = passes.flatMap(({ peerId, direction, duplicate }, at) => {
      const route = routes.get(peerId)
      return route === undefined ? [] : [{ route: direction === 'out' ? route : route.toReversed(), duplicate, begin: now + SPREAD * at / passes.length }]
    })
    this.#under = [...this.#under, ...all].slice(-MOST)
  }

  /**
   * Where everything under way is; those that arrived are forgotten.
   *
   * @param still nothing is to move: each stands in the middle of its last line
   */
  at (now: number, placeOf: (id: string) => Place | undefined, still = false): readonly Dot[] {
    this.#under = this.#under.filter(({ begin }) => now < begin + TRAVEL)
    return this.#under.flatMap(({ route, duplicate, begin }) => {
      const legs = route.length - 1
      const part = still ? 1 - 0.5 / legs : (now - begin) / TRAVEL
      if (part < 0) return []
      const leg = Math.min(legs - 1, Math.floor(part * legs))
      const [from, to] = [placeOf(route[leg] ?? ''), placeOf(route[leg + 1] ?? '')]
      if (from === undefined || to === undefined) return []
      const along = part * legs - leg
      return [{ x: from.x + (to.x - from.x) * along, y: from.y + (to.y - from.y) * along, duplicate }]
    })
  }

  get busy (): boolean {
    return this.#under.length > 0
  }
}
