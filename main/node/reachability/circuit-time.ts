/**
 * Milliseconds in one unit of the time that a relay gives a circuit.
 *
 * Trap: js-libp2p relays, and those of Natter 0.1.0, send a circuit's duration
 * in milliseconds where the specification says seconds, and clients believe it
 * to be seconds. Both name js-libp2p in their agent version; Natter's relays no
 * longer do since they send seconds.
 *
 * @param agent the relay's agent version, '' where it is not known
 */
export function circuitTimeUnit (agent: string): 1 | 1_000 {
  return agent.includes('js-libp2p') ? 1 : 1_000
}
