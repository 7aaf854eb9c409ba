import type { Connection, IdentifyResult, Libp2pEvents, PeerId, TypedEventTarget } from '@libp2p/interface'
import { isNatter, isOlderNatter } from '../../agent.ts'
import { MAX_SHOWN } from '../../limits.ts'
import { SeenTopics } from '../seen-topics.ts'
import { announce, type Announced } from './announcement.ts'
import { TopicNaming, type NamingRouter } from './topic-naming.ts'

/** What {@link Neighbours} need of libp2p. */
export interface NeighboursComponents {
  readonly events: TypedEventTarget<Libp2pEvents>
  readonly connectionManager: { readonly getConnections: (peer: PeerId) => readonly Connection[] }
}

/** How {@link Neighbours} are set up. */
export interface NeighboursOptions {
  /** `everybody`: we name all our topics to each neighbour. `who-named-it`: a topic to those alone who named it first. */
  readonly naming: 'everybody' | 'who-named-it'
  /** Neighbours came to these topics, or left them. */
  readonly onChange: (topics: readonly string[]) => void
}

/** A router that is told what it forgot of others. */
export interface ListeningRouter extends NamingRouter {
  /** Whether the router takes a peer to be on a topic. */
  readonly knows: (peer: string, topic: string) => boolean
  /** Hears this of a peer as if the peer said so now. */
  readonly hear: (peer: string, announced: readonly Announced[]) => void
}

/** Milliseconds after which a Natter 0.1.0 that opened a stream has named its topics: one that is on none says nothing. */
const NAMED_WITHIN = 1_000

/** Which topics connected peers are on, and which of ours they are told of, whatever router runs. */
export class Neighbours {
  readonly naming: TopicNaming
  readonly seen = new SeenTopics()
  readonly #components: NeighboursComponents
  readonly #options: NeighboursOptions
  /** Agent versions of connected peers. */
  readonly #agents = new Map<string, string>()
  #router: ListeningRouter | undefined

  constructor (components: NeighboursComponents, options: NeighboursOptions) {
    this.#components = components
    this.#options = options
    this.naming = new TopicNaming({
      mayName: options.naming === 'everybody' ? () => true : (peer, topic) => this.seen.has(peer, topic),
      isForeign: (peer) => this.isForeign(peer),
      gathers: options.naming === 'who-named-it'
    })
  }

  start (): void {
    this.#components.events.addEventListener('peer:identify', this.#onIdentify)
    this.#components.events.addEventListener('peer:disconnect', this.#onDisconnect)
  }

  stop (): void {
    this.#components.events.removeEventListener('peer:identify', this.#onIdentify)
    this.#components.events.removeEventListener('peer:disconnect', this.#onDisconnect)
  }

  /** Whether a peer said that it is another program than Natter. */
  isForeign (peer: string): boolean {
    return isNatter(this.#agents.get(peer)) === false
  }

  /** This router speaks and hears for us from now on. */
  readonly use = (router: ListeningRouter): void => {
    this.#router = router
    this.naming.use(router)
  }

  /** A peer said which topics it is on. */
  heard (peer: string, announced: readonly Announced[]): void {
    this.#options.onChange(this.seen.change(peer, announced))
    // It may know of more by it.
    this.naming.say(peer, announced.filter(({ subscribe }) => subscribe).map(({ topic }) => topic), true)
  }

  /**
   * A peer opened a stream to us. A Natter names all its topics on each, so that
   * it left what it does not name. From others, topics last until they
   * unsubscribe or disconnect: Rust names its own on its first connection alone.
   */
  onStream (peer: string): void {
    const agent = this.#agents.get(peer)
    if (isNatter(agent) === true) this.seen.renew(peer)
    if (isOlderNatter(agent)) setTimeout(() => { this.#options.onChange(this.seen.expire(peer)) }, NAMED_WITHIN).unref()
    this.naming.onStream(peer)
  }

  /** A stream of ours to a peer stands. */
  onOpen (peer: string): void {
    this.naming.say(peer, [], true)
    this.remind(peer)
  }

  /** A router has a new stream with a peer: it hears again what it forgot, or what only the router before it heard. */
  readonly remind = (peer: string): void => {
    const router = this.#router
    if (router === undefined || isNatter(this.#agents.get(peer)) === true) return
    const forgotten = this.seen.topicsOf(peer).filter((topic) => !router.knows(peer, topic))
    if (forgotten.length > 0) router.hear(peer, announce(forgotten, true))
  }

  readonly #onIdentify = ({ detail }: CustomEvent<IdentifyResult>): void => {
    if (this.#components.connectionManager.getConnections(detail.peerId).length === 0) return
    this.#agents.set(detail.peerId.toString(), (detail.agentVersion ?? '').slice(0, MAX_SHOWN.agent))
  }

  readonly #onDisconnect = ({ detail }: CustomEvent<PeerId>): void => {
    const peer = detail.toString()
    this.#agents.delete(peer)
    this.naming.forget(peer)
    this.#options.onChange(this.seen.remove(peer))
  }
}
