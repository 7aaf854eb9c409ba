import { monotonicNow } from '../../clock.ts'
import { MAX_NAMED, MAX_TOPICS_PER_PEER } from '../../limits.ts'
import { Quota } from '../../quota.ts'
import { announce, NOTHING, type Announced } from './announcement.ts'

/** What a router lets be said in its name. */
export interface NamingRouter {
  /** Topics that we are on. */
  readonly topics: ReadonlySet<string>
  /** The stream on which a peer hears us; undefined where none stands. */
  readonly streamTo: (peer: string) => object | undefined
  readonly send: (peer: string, announced: readonly Announced[]) => void
}

/** How a {@link TopicNaming} is set up. */
export interface TopicNamingOptions {
  /** Whether a topic of ours may be named to a peer: the one place that decides, for both routers. */
  readonly mayName: (peer: string, topic: string) => boolean
  /** Whether a peer is known to be no Natter. */
  readonly isForeign: (peer: string) => boolean
  /** What is said to a peer in one turn leaves in one message: a hub is on thousands of topics. @default false */
  readonly gathers?: boolean
}

/** What a connected peer was told. */
interface Listener {
  /** The stream on which `told` was said: on another one everything is said anew. */
  stream: object | undefined
  told: Set<string>
  /** When all of it was said, by the monotonic clock. */
  since: number
  /** Topics that were named to it on any stream. */
  readonly ever: Set<string>
  /** Streams that it opened. */
  streams: number
  later: NodeJS.Timeout | undefined
  /** What waits for the end of this turn. */
  waiting: Announced[]
}

/** Milliseconds for which what was said on a new stream is not said again when the peer opens its first one as well. */
const JUST_SAID = 1_000

/** Names our topics to others, for whichever router runs. */
export class TopicNaming {
  readonly #options: TopicNamingOptions
  /** By peer id, for as long as the peer is connected. */
  readonly #listeners = new Map<string, Listener>()
  readonly #allowance = new Quota({ perWindow: MAX_NAMED.atOnce, window: MAX_NAMED.atOnce * MAX_NAMED.every })
  #router: NamingRouter | undefined

  constructor (options: TopicNamingOptions) {
    this.#options = options
  }

  /** The router that speaks for us from now on. */
  use (router: NamingRouter): void {
    this.#router = router
  }

  /** We came to topics, left them, or may name them to a peer from now on. */
  say (peer: string, topics: readonly string[], subscribe: boolean): void {
    const router = this.#router
    const stream = router?.streamTo(peer)
    if (router === undefined || stream === undefined) return
    const listener = this.#listenerOf(peer)
    if (listener.stream !== stream) {
      this.#sayAllInTime(peer, listener)
      return
    }
    const { told } = listener
    if (!subscribe) {
      this.#send(peer, listener, announce(topics.filter((topic) => told.delete(topic)), false))
      return
    }
    const news = topics.filter((topic) => !told.has(topic) && router.topics.has(topic) && this.#options.mayName(peer, topic))
    news.forEach((topic) => { tell(listener, topic) })
    this.#send(peer, listener, announce(news, true))
  }

  /**
   * A peer opened a stream to us. Trap: Go forgets our topics when its own
   * stream to us ends with its connection, and sends us nothing until we name
   * them again (0 of 20, measured). So all are named on each new stream.
   */
  onStream (peer: string): void {
    const listener = this.#listenerOf(peer)
    const isFirst = listener.streams++ === 0
    const stream = this.#router?.streamTo(peer)
    // Where nothing was said yet, all is as soon as our stream stands.
    if (stream === undefined || stream !== listener.stream) return
    if (isFirst && monotonicNow() - listener.since < JUST_SAID) return
    this.#sayAllInTime(peer, listener)
  }

  /** A peer is gone. */
  forget (peer: string): void {
    clearTimeout(this.#listeners.get(peer)?.later)
    this.#listeners.delete(peer)
  }

  /** Not more often than {@link MAX_NAMED}; beyond that a little later, and once for all that came meanwhile. */
  #sayAllInTime (peer: string, listener: Listener): void {
    if (this.#allowance.take(peer)) {
      this.#sayAll(peer)
      return
    }
    listener.later ??= setTimeout(() => {
      listener.later = undefined
      this.#sayAll(peer)
    }, MAX_NAMED.every).unref()
  }

  /**
   * Names all topics that a peer may know, and says of those that it was told of
   * earlier that we left them: it may not have heard it, and others than Natter
   * keep what was named on an earlier stream.
   */
  #sayAll (peer: string): void {
    const router = this.#router
    const stream = router?.streamTo(peer)
    if (router === undefined || stream === undefined) return
    const listener = this.#listenerOf(peer)
    const left = [...listener.ever].filter((topic) => !router.topics.has(topic))
    const topics = [...router.topics].filter((topic) => this.#options.mayName(peer, topic))
    listener.stream = stream
    listener.since = monotonicNow()
    listener.told = new Set()
    topics.forEach((topic) => { tell(listener, topic) })
    const all = [...announce(left, false), ...announce(topics, true)]
    this.#send(peer, listener, all.length > 0 || this.#options.isForeign(peer) ? all : NOTHING)
  }

  #listenerOf (peer: string): Listener {
    const listener = this.#listeners.get(peer) ?? { stream: undefined, told: new Set(), since: -Infinity, ever: new Set(), streams: 0, later: undefined, waiting: [] }
    this.#listeners.set(peer, listener)
    return listener
  }

  #send (peer: string, listener: Listener, announced: readonly Announced[]): void {
    if (announced.length === 0) return
    if (this.#options.gathers !== true) {
      this.#router?.send(peer, announced)
      return
    }
    if (listener.waiting.length === 0) {
      queueMicrotask(() => {
        const all = listener.waiting
        listener.waiting = []
        this.#router?.send(peer, all)
      })
    }
    listener.waiting.push(...announced)
  }
}

function tell ({ told, ever }: Listener, topic: string): void {
  told.add(topic)
  // Named last, it is forgotten last. Others take in no more than so many either.
  ever.delete(topic)
  ever.add(topic)
  if (ever.size > MAX_TOPICS_PER_PEER) {
    const [first] = ever
    ever.delete(first as string)
  }
}
