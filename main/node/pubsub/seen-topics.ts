import { MAX_TOPIC_NAME_BYTES, MAX_TOPICS_PER_PEER } from '../limits.ts'

/** Topics that connected peers are seen to subscribe to, whatever router runs. */
export class SeenTopics {
  readonly #byPeer = new Map<string, Set<string>>()
  /** The same by topic: a hub asks at each change, and looking through all was 24 % of its time when 2,400 left at once (measured). */
  readonly #byTopic = new Map<string, Set<string>>()
  readonly #renewed = new Set<string>()

  /** Takes in what a peer announced; answers the topics that changed. */
  change (peer: string, changes: readonly { readonly topic: string, readonly subscribe: boolean }[]): string[] {
    const topics = this.#byPeer.get(peer) ?? new Set()
    this.#byPeer.set(peer, topics)
    const named = new Set(changes.map(({ topic }) => topic))
    const unnamed = this.#renewed.delete(peer) ? [...topics].filter((topic) => !named.has(topic)) : []
    return [...unnamed.map((topic) => ({ topic, subscribe: false })), ...changes].filter(({ topic, subscribe }) => {
      if (!subscribe) {
        this.#leave(peer, topic)
        return topics.delete(topic)
      }
      if (topics.has(topic) || topics.size >= MAX_TOPICS_PER_PEER || Buffer.byteLength(topic) > MAX_TOPIC_NAME_BYTES) {
        return false
      }
      topics.add(topic)
      this.#join(peer, topic)
      return true
    }).map(({ topic }) => topic)
  }

  /**
   * A peer begins anew, after a switch of protocol or on another connection:
   * what its next announcement does not name, it left while it was not heard.
   */
  renew (peer: string): void {
    if (this.#byPeer.has(peer)) {
      this.#renewed.add(peer)
    }
  }

  /** Forgets the topics of a peer that began anew and announced none; answers these. */
  expire (peer: string): string[] {
    return this.#renewed.has(peer) ? this.remove(peer) : []
  }

  /** Forgets a peer; answers the topics that it was on. */
  remove (peer: string): string[] {
    const topics = [...this.#byPeer.get(peer) ?? []]
    this.#byPeer.delete(peer)
    this.#renewed.delete(peer)
    topics.forEach((topic) => { this.#leave(peer, topic) })
    return topics
  }

  /** Peers on a topic. */
  peersOn (topic: string): string[] {
    return [...this.#byTopic.get(topic) ?? []]
  }

  has (peer: string, topic: string): boolean {
    return this.#byPeer.get(peer)?.has(topic) === true
  }

  topicsOf (peer: string): readonly string[] {
    return [...this.#byPeer.get(peer) ?? []]
  }

  all (): string[] {
    return [...this.#byTopic.keys()]
  }

  #join (peer: string, topic: string): void {
    const peers = this.#byTopic.get(topic) ?? new Set()
    this.#byTopic.set(topic, peers.add(peer))
  }

  #leave (peer: string, topic: string): void {
    const peers = this.#byTopic.get(topic)
    peers?.delete(peer)
    if (peers?.size === 0) this.#byTopic.delete(topic)
  }
}
