/** Authors heard through hubs that are remembered in all: whoever signs with another key each time must not fill memory. */
const MAX_HEARD = 1_000

/** People whose posts a hub handed us, by hub and topic. Holds as long as the connection to the hub. */
export class HeardPeople {
  /** Hub, then topic, then peer ids; who was heard last stands last. */
  readonly #hubs = new Map<string, Map<string, Set<string>>>()
  /** All of them in the order in which they were heard first. */
  readonly #order = new Map<string, readonly [hub: string, topic: string, peer: string]>()

  /** Answers whether somebody was not heard there before. */
  hear (hub: string, topic: string, peer: string): boolean {
    const topics = this.#hubs.get(hub) ?? new Map<string, Set<string>>()
    this.#hubs.set(hub, topics)
    const peers = topics.get(topic) ?? new Set()
    topics.set(topic, peers)
    const isNew = !peers.delete(peer)
    peers.add(peer)
    if (isNew) this.#remember(hub, topic, peer)
    return isNew
  }

  /** Those who were heard, the last one last. */
  through (hub: string, topic: string): readonly string[] {
    return [...this.#hubs.get(hub)?.get(topic) ?? []]
  }

  /** The connection to a hub is gone. */
  drop (hub: string): void {
    for (const [topic, peers] of this.#hubs.get(hub) ?? []) {
      for (const peer of peers) this.#order.delete(keyOf(hub, topic, peer))
    }
    this.#hubs.delete(hub)
  }

  #remember (hub: string, topic: string, peer: string): void {
    this.#order.set(keyOf(hub, topic, peer), [hub, topic, peer])
    if (this.#order.size <= MAX_HEARD) return
    const [oldest] = this.#order
    if (oldest === undefined) return
    const [key, [oldHub, oldTopic, oldPeer]] = oldest
    this.#order.delete(key)
    const topics = this.#hubs.get(oldHub)
    topics?.get(oldTopic)?.delete(oldPeer)
    if (topics?.get(oldTopic)?.size === 0) topics.delete(oldTopic)
  }
}

function keyOf (...parts: readonly string[]): string {
  return parts.join('\n')
}
