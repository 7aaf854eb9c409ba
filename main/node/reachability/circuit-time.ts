/**
 * Milliseconds in one unit of the time that a relay gives a circuit.
 *
 * Trap: js-libp2p relays send a circuit's duration in milliseconds where the
 * specification says seconds, and clients believe it to be seconds.
 *
 * @param agent the relay's agent version, '' where it is not known
 */
export function circuitTimeUnit (agent: string): 1 | 1_000 {
  return agent.includes('js-libp2p') ? 1 : 1_000
}
