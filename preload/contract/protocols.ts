import * as v from 'valibot'
import type { Protocol } from './model.ts'

/** What passed under one protocol in a span of time. Spans without posts and bytes are left out. */
export interface ProtocolSample {
  readonly protocol: Protocol
  /** When the span began and ended, in milliseconds since the Unix epoch; the last one goes on. */
  readonly from: number
  readonly to: number
  /** Posts of others that came for the first time. */
  readonly posts: number
  /** Copies of what was there already. */
  readonly duplicates: number
  /** Bytes that came on pubsub streams, before encryption: all copies of posts, and what the protocol says beside them. */
  readonly bytes: number
  /** Milliseconds from when its author wrote a post, by the author's clock, until it came, by ours; never below 0. Of the first 200 posts in the span. */
  readonly times: readonly number[]
}

/** Nodes of a simulated network, and neighbours of each. */
export const SIMULATED_NODES = { least: 4, most: 100 } as const
export const SIMULATED_DEGREE = { least: 2, most: 20 } as const
/** Posts that a simulation measures; each takes at least 50 ms a protocol. */
export const SIMULATED_POSTS = { least: 1, most: 200 } as const
/** Bytes of a picture that is saved: 1,600 × 1,200 pixels of plots take under 300 kB (measured). */
export const MAX_PICTURE_BYTES = 8_388_608

const within = ({ least, most }: { readonly least: number, readonly most: number }) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most))

/** A network that is made inside this computer, and how many posts go through it under each protocol. */
export const SimulationRequest = v.strictObject({
  graph: v.variant('kind', [
    /** 1–2, 1–3, 2–4, 3–4, where 1 is the author of all posts. */
    v.strictObject({ kind: v.literal('diamond') }),
    v.pipe(
      v.strictObject({ kind: v.literal('random'), nodes: within(SIMULATED_NODES), degree: within(SIMULATED_DEGREE) }),
      v.check(({ nodes, degree }) => degree < nodes)
    )
  ]),
  posts: within(SIMULATED_POSTS)
})
export type SimulationRequest = v.InferOutput<typeof SimulationRequest>

/** What one protocol needed in a simulated network. */
export interface SimulationResult {
  readonly protocol: Protocol
  readonly nodes: number
  readonly degree: number
  /** Share of (post, reader) pairs in which the post came. */
  readonly delivered: number
  /** Copies that came to each node, a post, in the order of the nodes; an author's own posts included, as 0. */
  readonly copies: readonly number[]
  /** Copies that were not needed, a post and node. */
  readonly duplicatesPerPost: number
  /** Bytes that came on pubsub streams, a post and node, gossip and mesh included, before encryption. */
  readonly bytesPerPost: number
  /** Milliseconds from author to reader: half of the deliveries took no longer, and 99 of 100. */
  readonly p50Ms: number
  readonly p99Ms: number
}

/** How far a simulation is. `warming`: posts that are not counted, until the code is compiled. */
export interface SimulationStep {
  readonly protocol: Protocol
  readonly stage: 'connecting' | 'settling' | 'warming' | 'posting'
  readonly done: number
  readonly of: number
}

/** The same posts in the same network, under both protocols. */
export interface Simulation {
  readonly id: number
  readonly request: SimulationRequest
  readonly state: 'running' | 'done' | 'stopped' | 'failed'
  readonly startedAt: number
  /** Milliseconds; once it ended. */
  readonly took?: number
  /** While it runs. */
  readonly step?: SimulationStep
  /** `done`: one for each protocol, Floodsub first. */
  readonly results: readonly SimulationResult[]
  /** `failed`: why, in a sentence. */
  readonly trouble?: string
}
