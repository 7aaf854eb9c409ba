import { MAX_NEARBY_TOPICS, MAX_WAITING_TOPICS } from '../limits.ts'

/** One neighbour's topics, in the order in which they were seen. */
interface Neighbour {
  /** Those that are shown; at most {@link MAX_NEARBY_TOPICS}. */
  readonly shown: Set<string>
  /** Those that take the place of one that goes; at most {@link MAX_WAITING_TOPICS}. */
  readonly waiting: Set<string>
}

/**
 * Chooses which topics of connected people are shown as seen nearby: ten of
 * each, the first ones seen, so that one neighbour on hundreds of topics does
 * not fill the list.
 */
export class Nearby {
  readonly #neighbours = new Map<string, Neighbour>()
  /** Who is on each topic, as far as it was seen. */
  readonly #peers = new Map<string, Set<string>>()

  /**
   * Takes in who is on a topic now; nobody where it cannot be shown.
   *
   * @returns whether it is one of the ten of any of them, and topics that are shown now in the place of it
   */
  see (topic: string, peers: readonly string[]): { readonly shown: boolean, readonly next: readonly string[] } {
    const before = this.#peers.get(topic) ?? new Set()
    const now = new Set(peers)
    const next = [...before].filter((peer) => !now.has(peer)).flatMap((peer) => this.#leave(peer, topic))
    for (const peer of now) {
      if (!before.has(peer)) this.#join(peer, topic)
    }
    if (now.size === 0) this.#peers.delete(topic)
    else this.#peers.set(topic, now)
    return { shown: peers.some((peer) => this.#neighbours.get(peer)?.shown.has(topic) === true), next }
  }

  #join (peer: string, topic: string): void {
    const { shown, waiting } = this.#neighbours.get(peer) ?? { shown: new Set(), waiting: new Set() }
    this.#neighbours.set(peer, { shown, waiting })
    if (shown.size < MAX_NEARBY_TOPICS) shown.add(topic)
    else if (waiting.size < MAX_WAITING_TOPICS) waiting.add(topic)
  }

  #leave (peer: string, topic: string): string[] {
    const neighbour = this.#neighbours.get(peer)
    if (neighbour === undefined) return []
    const { shown, waiting } = neighbour
    waiting.delete(topic)
    if (!shown.delete(topic)) return []
    const [next] = waiting
    if (next === undefined) {
      if (shown.size === 0) this.#neighbours.delete(peer)
      return []
    }
    waiting.delete(next)
    shown.add(next)
    return [next]
  }
}
