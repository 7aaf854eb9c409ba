/** Caps on what {@link HubTopics} admits. */
export interface TopicCaps {
  /** Topics for which one client counts. */
  readonly topicsPerClient: number
  /** Topics in all. */
  readonly topics: number
}

/** What an update changed: clients that came to a topic, and that left it. */
export interface TopicChange {
  readonly topic: string
  readonly came: readonly string[]
  readonly left: readonly string[]
}

/**
 * Which client counts for which topic. What is over a cap is kept aside, and
 * admitted when the client, or the last client of another topic, makes room.
 */
export class HubTopics {
  readonly #caps: TopicCaps
  /** Admitted clients, by topic; never empty. */
  readonly #members = new Map<string, Set<string>>()
  readonly #topicsOf = new Map<string, Set<string>>()
  readonly #refused = new Map<string, Set<string>>()

  constructor (caps: TopicCaps) {
    this.#caps = caps
  }

  get size (): number {
    return this.#members.size
  }

  /** Subscriptions that wait for room. */
  get refused (): number {
    return [...this.#refused.values()].reduce((sum, topics) => sum + topics.size, 0)
  }

  /** Clients on a topic. */
  members (topic: string): ReadonlySet<string> {
    return this.#members.get(topic) ?? NOBODY
  }

  /** Topics that a client counts for. */
  topicsOf (client: string): ReadonlySet<string> {
    return this.#topicsOf.get(client) ?? NOBODY
  }

  isRefused (client: string, topic: string): boolean {
    return this.#refused.get(client)?.has(topic) === true
  }

  /** Takes in who is on a topic now; answers what changed, here and on topics that got room by it. */
  update (topic: string, clients: readonly string[]): TopicChange[] {
    const now = new Set(clients)
    const left = [...this.members(topic)].filter((client) => !now.has(client))
    for (const client of left) {
      remove(this.#members, topic, client)
      remove(this.#topicsOf, client, topic)
    }
    for (const [client, topics] of this.#refused) {
      if (topics.has(topic) && !now.has(client)) {
        remove(this.#refused, client, topic)
      }
    }
    const came = clients.filter((client) => !this.members(topic).has(client) && this.#admit(topic, client))
    const changes = left.length + came.length > 0 ? [{ topic, came, left }] : []
    return left.length > 0 ? [...changes, ...this.#fill(left, this.#members.has(topic))] : changes
  }

  #admit (topic: string, client: string): boolean {
    const room = this.topicsOf(client).size < this.#caps.topicsPerClient &&
      (this.#members.has(topic) || this.#members.size < this.#caps.topics)
    if (room) {
      add(this.#members, topic, client)
      add(this.#topicsOf, client, topic)
      remove(this.#refused, client, topic)
    } else {
      add(this.#refused, client, topic)
    }
    return room
  }

  /** Gives the room that these clients left to those who wait; a topic that ended leaves room for everybody. */
  #fill (clients: readonly string[], stillHeld: boolean): TopicChange[] {
    const changes: TopicChange[] = []
    for (const client of stillHeld ? clients : [...this.#refused.keys()]) {
      for (const topic of [...this.#refused.get(client) ?? []]) {
        if (this.#admit(topic, client)) {
          changes.push({ topic, came: [client], left: [] })
        }
      }
    }
    return changes
  }
}

const NOBODY: ReadonlySet<string> = new Set()

function add (sets: Map<string, Set<string>>, key: string, value: string): void {
  const set = sets.get(key) ?? new Set()
  sets.set(key, set.add(value))
}

function remove (sets: Map<string, Set<string>>, key: string, value: string): void {
  const set = sets.get(key)
  set?.delete(value)
  if (set?.size === 0) {
    sets.delete(key)
  }
}
