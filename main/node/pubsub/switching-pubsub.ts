import { EventEmitter } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { TopicValidatorResult, type Message } from '@chainsafe/libp2p-gossipsub'
import type { PeerId, Startable, Stream } from '@libp2p/interface'
import type { Protocol, ProtocolState } from '../../../preload/contract/index.ts'
import { NodeError } from '../errors.ts'
import { MAX_PAYLOAD_BYTES } from '../limits.ts'
import type { Pubsub, PubsubCounts, PubsubEvents, PubsubTotals } from '../types.ts'
import { Counted } from './counted.ts'
import type { Doorkeeper } from './early-refusal.ts'
import { createFloodsubRouter } from './floodsub-router.ts'
import { createGossipsubRouter, type Mesh } from './gossipsub-router.ts'
import { steadyComponents } from './limited-components.ts'
import { Lines } from './lines.ts'
import { LostStreams } from './lost-streams.ts'
import { messageKey } from './message-id.ts'
import { Neighbours } from './naming/neighbours.ts'
import { pacedComponents, type PaceOptions } from './paced-streams.ts'
import { Reattach, type Identify } from './reattach.ts'
import { isPubsubProtocol, type Router, type RouterComponents } from './router.ts'
import { SequenceNumbers, type NumberStore } from './sequence-numbers.ts'
import { settle } from './settle.ts'

/** How a {@link SwitchingPubsub} is set up. */
export interface SwitchingPubsubOptions {
  readonly protocol: Protocol
  readonly topics: readonly string[]
  /** Whom Gossipsub's mesh takes in. @default desktop */
  readonly mesh?: Mesh
  /** Runs identify on a connection. */
  readonly identify: Identify
  /** Whether a message that `peer` handed us may pass; what may not is neither shown nor forwarded. `author` signed it, where anybody did. @default all may */
  readonly accept?: (peer: string, topic: string, bytes: number, author: string | undefined) => boolean
  /** Keeps which sequence numbers may have been used. @default none does: the clock alone decides */
  readonly numbers?: NumberStore | undefined
  /** Asked before the signature of a message is checked, where `accept` is asked afterwards. @default nobody is */
  readonly doorkeeper?: Doorkeeper
  /** Told of a peer that sends far more than anybody needs. @default nobody is */
  readonly onFlood?: (peer: string) => void
  /** Peers that forward what others send, and are not cut off for it. @default nobody */
  readonly isExempt?: (peer: string) => boolean
}

/** Milliseconds that what was published has to leave before a switch goes on. */
const DRAIN_WITHIN = 500
/** Milliseconds in which streams that were reset have left both sides. Without the wait 0 of 15 switches settled (measured). */
const STREAMS_GONE = 300
/** One service that owns the router and swaps it without a restart of the node. */
export class SwitchingPubsub extends EventEmitter<PubsubEvents> implements Pubsub, Startable {
  readonly [Symbol.toStringTag] = 'natter-pubsub'
  readonly #components: RouterComponents
  readonly #options: SwitchingPubsubOptions
  readonly #topics: Set<string>
  readonly #neighbours: Neighbours
  readonly #lines: Lines
  /** Counts what passes with whom. */
  readonly counted: Counted
  readonly #reattach: Reattach
  readonly #lost: LostStreams
  readonly #numbers: SequenceNumbers
  /** Who handed us a message: routers tell their validators, and nobody else. */
  readonly #via = new WeakMap<Message, string>()
  #protocol: Protocol
  #switchingTo: Protocol | undefined
  #waiting = 0
  #router: Router | undefined
  #settled: Promise<void> = Promise.resolve()
  #lastPublished: Promise<unknown> = Promise.resolve()
  /** Publishes that the router has not finished. */
  readonly #publishing = new Set<Promise<unknown>>()

  constructor (components: RouterComponents, options: SwitchingPubsubOptions) {
    super()
    const { mesh, isExempt = () => false, onFlood = () => {} } = options
    this.#lines = new Lines(onFlood)
    const pace: PaceOptions = { lines: this.#lines, counts: mesh === 'hub' ? 'all' : 'small', isExempt, onFlood }
    this.#components = steadyComponents(pacedComponents(components, pace), (stream, connection) => {
      this.#neighbours.onStream(connection.remotePeer.toString())
      this.#lost.watch(stream, connection)
    })
    this.#options = options
    this.#neighbours = new Neighbours(components, {
      naming: options.mesh === 'hub' ? 'who-named-it' : 'everybody',
      onChange: (topics) => { if (topics.length > 0) this.emit('subscribers:change', { topics }) }
    })
    this.#numbers = new SequenceNumbers(options.numbers)
    this.#protocol = options.protocol
    this.#topics = new Set(options.topics)
    this.#reattach = new Reattach(components, options.identify)
    this.#lost = new LostStreams({
      getConnections: (peer) => components.connectionManager.getConnections(peer),
      isForeign: (peer) => this.#neighbours.isForeign(peer),
      beginAnew: (peer) => { this.#reattach.beginAnew(peer) }
    })
    this.counted = new Counted(components.peerId, this)
  }

  get state (): ProtocolState {
    const state = { current: this.#protocol, waiting: this.#waiting }
    return this.#switchingTo === undefined ? state : { ...state, switchingTo: this.#switchingTo }
  }

  get topics (): readonly string[] { return [...this.#topics] }

  async start (): Promise<void> {
    this.#neighbours.start()
    await this.#up(this.#protocol)
    this.#reattach.start()
  }

  async stop (): Promise<void> {
    this.#neighbours.stop()
    this.#reattach.stop()
    await this.#settled
    await this.#down()
  }

  subscribe (topic: string): void {
    this.#topics.add(topic)
    this.#router?.topicValidators.set(topic, this.#validate)
    this.#router?.subscribe(topic)
    this.emit('topics:change')
  }

  unsubscribe (topic: string): void {
    this.#topics.delete(topic)
    this.#router?.unsubscribe(topic)
    this.#router?.topicValidators.delete(topic)
    this.emit('topics:change')
  }

  subscribers (topic: string): readonly string[] {
    return this.#neighbours.seen.peersOn(topic)
  }

  /** Whether we subscribe to a topic. */
  has (topic: string): boolean { return this.#topics.has(topic) }

  /** Topics of ours that a connected peer is on. */
  sharedWith (peer: string): string[] {
    return this.#neighbours.seen.topicsOf(peer).filter((topic) => this.#topics.has(topic))
  }

  /** Neighbours that the router keeps on a topic. */
  meshOn (topic: string): readonly string[] { return this.#router?.getMeshPeers?.(topic) ?? [] }

  seenTopics (): readonly string[] { return this.#neighbours.seen.all() }

  async publish (topic: string, data: Uint8Array): Promise<{ readonly recipients: readonly string[] }> {
    if (data.byteLength > MAX_PAYLOAD_BYTES) {
      throw new NodeError('ERR_TOO_LARGE', `A message of ${data.byteLength} bytes is more than the ${MAX_PAYLOAD_BYTES} that the network carries.`)
    }
    if (this.#isSwitching()) {
      this.#count(1)
      // More than one switch may stand in line.
      do {
        await this.#settled
      } while (this.#isSwitching())
      this.#count(-1)
    }
    if (this.#router === undefined) {
      throw new NodeError('ERR_STOPPED', 'The node has stopped.')
    }
    const publishing = this.#inTurn(this.#router, topic, data)
    this.#publishing.add(publishing)
    try {
      const { recipients } = await publishing
      return { recipients: recipients.map((peer) => peer.toString()) }
    } finally {
      this.#publishing.delete(publishing)
    }
  }

  /** One after the other: of two that are signed at once the later may leave first, and strict peers refuse the earlier one then. */
  async #inTurn (router: Router, topic: string, data: Uint8Array): ReturnType<Router['publish']> {
    const publishing = this.#lastPublished.then(async () => router.publish(topic, data))
    this.#lastPublished = publishing.catch(() => {})
    return publishing
  }

  #isSwitching (): boolean {
    return this.#switchingTo !== undefined
  }

  async switchTo (protocol: Protocol): Promise<void> {
    const swap = this.#settled.then(async () => this.#swap(protocol))
    this.#settled = swap.catch(() => {})
    return swap
  }

  counts (protocol: Protocol = this.#protocol): PubsubCounts {
    return this.counted.counts(protocol, protocol === this.#protocol ? this.#router : undefined)
  }

  totals (protocol: Protocol): PubsubTotals { return this.counted.totals(protocol) }

  async #swap (protocol: Protocol): Promise<void> {
    if (protocol === this.#protocol || this.#router === undefined) {
      return
    }
    this.#switchingTo = protocol
    this.#announce()
    const before = new Map([...this.#topics].map((topic) => [topic, this.#router?.getSubscribers(topic) ?? []]))
    try {
      await this.#drain()
      this.#abortInbound()
      await this.#down()
      await delay(STREAMS_GONE)
      await this.#up(protocol)
      await this.#reattach.all()
      await settle({
        getConnections: (peer) => this.#components.connectionManager.getConnections(peer),
        subscribers: (topic) => this.#router?.getSubscribers(topic) ?? [],
        identifyAll: async () => this.#reattach.all()
      }, before)
    } finally {
      this.#switchingTo = undefined
      this.#announce()
    }
  }

  async #up (protocol: Protocol): Promise<void> {
    const [components, judge] = [this.counted.components(this.#components, protocol), this.counted.judge(protocol)]
    const neighbours = this.#neighbours
    const { onFlood = () => {} } = this.#options
    const options = { ...this.#options, judge, neighbours, nextNumber: async () => this.#numbers.next(), lines: this.#lines, onFlood }
    const router = protocol === 'gossipsub' ? createGossipsubRouter(components, options) : createFloodsubRouter(components, options)
    router.addEventListener('message', (event) => { this.#onMessage(event.detail) })
    router.addEventListener('subscription-change', ({ detail }) => { neighbours.heard(detail.peerId.toString(), detail.subscriptions) })
    await router.start()
    this.#router = router
    this.#protocol = protocol
    for (const topic of this.#topics) {
      router.topicValidators.set(topic, this.#validate)
      router.subscribe(topic)
    }
  }

  async #down (): Promise<void> {
    const router = this.#router
    this.#router = undefined
    await router?.stop()
  }

  /** Lets everything that was published leave: what a reset overtakes is lost at the other end. */
  async #drain (): Promise<void> {
    await Promise.allSettled(this.#publishing)
    const signal = AbortSignal.timeout(DRAIN_WITHIN)
    await Promise.all(this.#streams('outbound').map(async (stream) => {
      try {
        await stream.close({ signal })
      } catch (error) {
        // A peer that takes nothing in for so long would not take in more.
        stream.abort(error instanceof Error ? error : new Error(String(error)))
      }
    }))
  }

  #abortInbound (): void {
    for (const stream of this.#streams('inbound')) {
      stream.abort(new Error('the pubsub protocol is switched'))
    }
  }

  #streams (direction: Stream['direction']): Stream[] {
    return this.#components.connectionManager.getConnections()
      .flatMap(({ streams }) => streams)
      .filter((stream) => stream.direction === direction && isPubsubProtocol(stream.protocol))
  }

  #onMessage (message: Message): void {
    if (message.type !== 'signed' || message.from.equals(this.#components.peerId)) {
      return
    }
    this.emit('message', { topic: message.topic, from: message.from.toString(), data: message.data, id: messageKey(message), via: this.#via.get(message) ?? '' })
  }

  /** Trap: routers take in messages of up to 4 MiB, whatever we ourselves may send. */
  readonly #validate = (peer: PeerId, message: Message): TopicValidatorResult => {
    const { byteLength } = message.data
    this.#via.set(message, peer.toString())
    if (byteLength > MAX_PAYLOAD_BYTES) return TopicValidatorResult.Reject
    return this.#options.accept?.(peer.toString(), message.topic, byteLength, message.type === 'signed' ? message.from.toString() : undefined) === false
      ? TopicValidatorResult.Ignore
      : TopicValidatorResult.Accept
  }

  #count (by: number): void {
    this.#waiting += by
    this.#announce()
  }

  #announce (): void {
    this.emit('protocol:change', this.state)
  }
}
