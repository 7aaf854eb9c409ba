import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Connection } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Components } from '../components.ts'
import { HUB_LIMITS, type HubLimits } from '../limits.ts'
import type { Pubsub } from '../types.ts'
import { HubMembers } from './hub-members.ts'
import { HubPosts, type DropReason } from './hub-posts.ts'
import { HubTopics, type TopicChange } from './hub-topics.ts'

/** How a {@link Hub} is set up. */
export interface HubOptions {
  /** @default {@link HUB_LIMITS} */
  readonly limits?: Partial<HubLimits>
  /**
   * Milliseconds that a topic is kept after its last client left, and up to a quarter more. Gossipsub
   * peers do not take one another back into a mesh that they left for 10 s, so
   * that posts are lost for up to 12.6 s (measured) if a hub leaves at once.
   *
   * @default 30,000
   */
  readonly linger?: number
}

/** What a hub does at the moment, and since its start. */
export interface HubStats {
  readonly topics: number
  /** Subscriptions over a cap, which wait for room. */
  readonly refusedSubscriptions: number
  readonly forwarded: number
  readonly dropped: Readonly<Record<DropReason, number>>
  /** Messages about members that clients took in. */
  readonly memberPushes: number
}

const LINGER = 30_000
/** Topics that are followed in one turn of the event loop. */
const A_TURN = 8

/**
 * Takes part in pubsub for the topics of those who are connected: two people
 * behind firewalls get each other's posts even when no circuit stands between
 * them. A node forwards only topics that it subscribes to itself (0 of 20
 * posts otherwise, measured).
 */
export class Hub {
  readonly #options: HubOptions
  readonly #limits: HubLimits
  readonly #topics: HubTopics
  readonly #posts: HubPosts
  readonly #ending = new Map<string, NodeJS.Timeout>()
  /** Topics whose clients changed, to be looked at. */
  readonly #changed = new Set<string>()
  #components: Components | undefined
  #pubsub: Pubsub | undefined
  #members: HubMembers | undefined
  #onFlood: (client: string) => void = () => {}

  constructor (options: HubOptions = {}) {
    this.#options = options
    this.#limits = { ...HUB_LIMITS, ...options.limits }
    this.#topics = new HubTopics(this.#limits)
    this.#posts = new HubPosts(this.#limits)
  }

  get stats (): HubStats {
    return {
      topics: this.#topics.size,
      refusedSubscriptions: this.#topics.refused,
      forwarded: this.#posts.forwarded,
      dropped: this.#posts.dropped,
      memberPushes: this.#members?.pushes ?? 0
    }
  }

  /** For createNode's pubsub: whether a message that a client handed us is forwarded. */
  readonly accept = (client: string, topic: string, bytes: number): boolean => {
    const reason = this.#posts.take(client, bytes, this.#topics.isRefused(client, topic))
    if (reason !== undefined && this.#posts.isShutOut(client)) {
      this.#onFlood(client)
      this.#components?.connectionManager.closeConnections(peerIdFromString(client)).catch(() => {})
    }
    return reason === undefined
  }

  /**
   * Before the node starts, so that the first to connect sees that this is a hub.
   *
   * @param onFlood told of a client that goes on far beyond its caps
   */
  async start (components: Components, pubsub: Pubsub, onFlood: (client: string) => void): Promise<void> {
    this.#onFlood = onFlood
    this.#components = components
    this.#pubsub = pubsub
    this.#members = new HubMembers(components, this.#topics, this.#limits.membersPerTopic)
    await this.#members.start()
    pubsub.on('subscribers:change', this.#onSubscribers)
    components.events.addEventListener('connection:open', this.#onConnection)
  }

  async stop (): Promise<void> {
    this.#pubsub?.off('subscribers:change', this.#onSubscribers)
    this.#components?.events.removeEventListener('connection:open', this.#onConnection)
    for (const timer of this.#ending.values()) {
      clearTimeout(timer)
    }
    this.#ending.clear()
    this.#changed.clear()
    await this.#members?.stop()
  }

  readonly #onSubscribers = ({ topics }: { readonly topics: readonly string[] }): void => {
    const isUnderWay = this.#changed.size > 0
    for (const topic of topics) {
      this.#changed.add(topic)
    }
    if (!isUnderWay) {
      void this.#followAll()
    }
  }

  /** Few topics at once; of many, a few each turn, so that nobody waits for somebody who comes with hundreds. */
  async #followAll (): Promise<void> {
    let count = 0
    for (const topic of this.#changed) {
      if (++count % A_TURN === 0) await nextTurn()
      // Read now: it may have changed again since.
      this.#changed.delete(topic)
      const changes = this.#topics.update(topic, this.#pubsub?.subscribers(topic) ?? [])
      for (const change of changes) {
        this.#follow(change)
      }
      this.#members?.changed(changes)
    }
  }

  #follow ({ topic }: TopicChange): void {
    if (this.#topics.members(topic).size === 0) {
      this.#makeRoom()
      const linger = this.#options.linger ?? LINGER
      // Not all at one moment, where somebody had hundreds: that kept others waiting for 450 ms (measured).
      this.#ending.set(topic, setTimeout(() => { this.#leave(topic) }, linger * (1 + Math.random() / 4)).unref())
      return
    }
    clearTimeout(this.#ending.get(topic))
    if (!this.#ending.delete(topic) && this.#pubsub?.topics.includes(topic) === false) {
      this.#makeRoom()
      this.#pubsub.subscribe(topic)
    }
  }

  /** Topics that linger give way to those that have somebody. */
  #makeRoom (): void {
    const [longest] = this.#ending.keys()
    if (longest !== undefined && this.#topics.size + this.#ending.size > this.#limits.topics) {
      this.#leave(longest)
    }
  }

  #leave (topic: string): void {
    clearTimeout(this.#ending.get(topic))
    this.#ending.delete(topic)
    this.#pubsub?.unsubscribe(topic)
  }

  readonly #onConnection = (event: CustomEvent<Connection>): void => {
    if (this.#posts.isShutOut(event.detail.remotePeer.toString())) {
      event.detail.abort(new Error('it sent far more than is allowed'))
    }
  }
}
