import type { Protocol, SimulationResult } from '../../../preload/contract/index.ts'

/** What is compared: a protocol as Natter ships it, or Gossipsub with the mesh that it makes by itself. */
export type Contender = Protocol | 'gossipsub-stock'

/** Who is connected to whom. The diamond: 1–2, 1–3, 2–4, 3–4, and 1 is the author of all posts, so that 4 has two ways to them. In a random network authors are picked at random. */
export type GraphShape = { readonly kind: 'diamond' } | {
  readonly kind: 'random'
  /** 4 to 100. */
  readonly nodes: number
  /** Neighbours of each, 2 to 20 and fewer than nodes. Where it and the nodes are odd, one has one fewer. */
  readonly degree: number
}

/** What a simulation does: each contender gets the same network and the same posts. */
export interface SimulationOptions {
  readonly graph: GraphShape
  readonly contenders: readonly Contender[]
  /** 1 to 1,000. */
  readonly posts: number
  /** Bytes of a post's payload, 16 to 65,536. @default 200, about a signed post of one line */
  readonly bytes?: number
  /** The same seed makes the same network and the same authors. @default 1 */
  readonly seed?: number
}

/** What one contender needed. Everything is of one network in one thread: to compare contenders, not to foretell times over the internet. */
export interface SimulationRow extends Omit<SimulationResult, 'protocol'> {
  readonly protocol: Contender
  /** Milliseconds of the thread's CPU for 1,000 deliveries, sending and forwarding included; NaN on a Node before 23.9, which cannot tell. */
  readonly cpuMsPer1000: number
}

/** What is told of the way. */
export interface SimulationProgress {
  readonly contender: Contender
  /** `warming`: posts that are not measured. */
  readonly stage: 'connecting' | 'settling' | 'warming' | 'posting'
  /** Steps done of this stage, and how many there are. */
  readonly done: number
  readonly of: number
}
