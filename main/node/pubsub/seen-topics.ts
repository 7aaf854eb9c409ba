import { MAX_TOPIC_NAME_BYTES, MAX_TOPICS_PER_PEER } from '../limits.ts'

/** Topics that connected peers are seen to subscribe to, whatever router runs. */
export class SeenTopics {
  readonly #byPeer = new Map<string, Set<string>>()

  /** Takes in what a peer announced; answers the topics that changed. */
  change (peer: string, changes: readonly { readonly topic: string, readonly subscribe: boolean }[]): string[] {
    const topics = this.#byPeer.get(peer) ?? new Set()
    this.#byPeer.set(peer, topics)
    return changes.filter(({ topic, subscribe }) => {
      if (!subscribe) {
        return topics.delete(topic)
      }
      if (topics.has(topic) || topics.size >= MAX_TOPICS_PER_PEER || Buffer.byteLength(topic) > MAX_TOPIC_NAME_BYTES) {
        return false
      }
      topics.add(topic)
      return true
    }).map(({ topic }) => topic)
  }

  /** Forgets a peer; answers the topics that it was on. */
  remove (peer: string): string[] {
    const topics = [...this.#byPeer.get(peer) ?? []]
    this.#byPeer.delete(peer)
    return topics
  }

  /** Peers on a topic. */
  peersOn (topic: string): string[] {
    return [...this.#byPeer].filter(([, topics]) => topics.has(topic)).map(([peer]) => peer)
  }

  topicsOf (peer: string): readonly string[] {
    return [...this.#byPeer.get(peer) ?? []]
  }

  all (): string[] {
    return [...new Set([...this.#byPeer.values()].flatMap((topics) => [...topics]))]
  }
}
