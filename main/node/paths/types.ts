/** One call to somebody's addresses, of a try for a direct connection. */
export interface PathCall {
  /** `open`: at addresses that let everybody in; `both`: both ends call at the same moment. */
  readonly kind: 'open' | 'both'
  /** `host:port` of each place that was called. */
  readonly places: readonly string[]
  /** `refused`: somebody said no; `silent`: nothing came back; `noWay`: this network leads nowhere near; `broken`: somebody answered, and no connection came of it. */
  readonly outcome: 'met' | 'refused' | 'silent' | 'noWay' | 'broken'
  /** Milliseconds that it took. */
  readonly took: number
  /** When it ended, by `monotonicNow`. */
  readonly at: number
}

/** How it stands with a direct connection to somebody. */
export interface PathFinding {
  readonly peerId: string
  readonly state: 'trying' | 'direct' | 'relayed'
  /** In a sentence; `relayed`: why. */
  readonly words: string
  /** When, by `monotonicNow`. */
  readonly at: number
  /** `direct`: milliseconds from the start of the try until the connection stood. */
  readonly took?: number
  /** What came of each call of the last try, the first one first. */
  readonly calls: readonly PathCall[]
}

/**
 * What a network does with the ports of connections that leave it.
 * `kept`: they come out as they went in; `same`: one went to two relays and came
 * out alike; `changing`: it came out differently, so that nobody can know where
 * a third one comes out; `unknown`: changed, and seen by one relay alone.
 */
export type PortMapping = 'kept' | 'same' | 'changing' | 'unknown'

/** Direct connections in place of circuits: what was tried, and what our relays show of our own network. */
export interface Paths {
  /** Circuits are turned into direct connections at all. */
  readonly isOn: boolean
  readonly findings: readonly PathFinding[]
  /** Why somebody is reached through a relay, in a sentence. */
  readonly why: (peerId: string) => string
  /** Undefined: no relay told anything under this version of IP. */
  readonly mapping: (family: 4 | 6) => PortMapping | undefined
}
