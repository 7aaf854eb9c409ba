import type { PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { monotonicNow } from '../clock.ts'
import type { CreatedNode } from '../create-node.ts'
import { onWake } from '../wake.ts'
import { circuitTrouble } from '../reachability/circuit-refused.ts'
import { planDial, type OpenedRecord } from './records.ts'

/** Milliseconds between two looks at whom to dial. */
const LOOK = 500
/** Milliseconds that one try may take: a circuit stands after 22–80 ms, a dead address needs 6 s (measured). */
const DIAL = 8_000
/** Milliseconds before the next try: doubled from the first to the last. */
const RETRY = { first: 1_000, last: 30_000 } as const
/** Of two who know of each other the one with the greater peer id gives way this long, so that one connection comes of it. */
const GIVE_WAY = 1_500
/** People of a topic whom we connect to by ourselves: Gossipsub's mesh of 6 with room; hubs and mesh carry posts to the others. */
const ENOUGH = 8
const PARALLEL = 4
/** People whose records are held: more than a desktop has connections on any topic, and at most 8 KiB each. */
const MAX_WANTED = 2_000
const UNKNOWN_RELAYS = 'They are reachable through relays that we do not use.'
const NO_ANSWER = 'None of their addresses answers.'

/** Somebody to be connected to. */
interface Wanted {
  record: OpenedRecord
  readonly topics: Set<string>
  /** A hub or they themselves named where they are; an invite or an earlier run did not. */
  readonly isNamed: boolean
  failures: number
  nextTry: number
  dialling: boolean
  /** Why the last try brought no connection, in one sentence for people. */
  trouble: string | undefined
}

/** What {@link Dialer} needs to know and tells. */
export interface DialerOptions {
  readonly relays: () => ReadonlyMap<string, Multiaddr>
  readonly isOurTopic: (topic: string) => boolean
  /** Connected people on a topic. */
  readonly connectedOn: (topic: string) => number
  readonly onUnknownRelay: (address: Multiaddr, from: PeerId) => void
  /** What is in the way to somebody on these topics changed. */
  readonly onTrouble: (topics: readonly string[]) => void
  readonly allowPrivate: boolean
}

/** Connects to people on our topics whose signed records we hold, and again when they are gone. */
export class Dialer {
  readonly #node: CreatedNode
  readonly #options: DialerOptions
  readonly #wanted = new Map<string, Wanted>()
  #timer: NodeJS.Timeout | undefined
  #unwake: () => void = () => {}

  constructor (node: CreatedNode, options: DialerOptions) {
    this.#node = node
    this.#options = options
  }

  start (): void {
    this.#timer = setInterval(() => { this.#look() }, LOOK)
    this.#unwake = onWake(() => { this.retryAll() })
  }

  stop (): void {
    clearInterval(this.#timer)
    this.#unwake()
    this.#timer = undefined
  }

  /**
   * Takes in where somebody is; an older record than the one held changes only the topics.
   *
   * @param mutual they were told of us as well, so that one of the two has to give way
   */
  want (record: OpenedRecord, topics: Iterable<string>, mutual: boolean): void {
    const peer = record.peerId.toString()
    if (record.peerId.equals(this.#node.components.peerId)) {
      return
    }
    const known = this.#wanted.get(peer)
    const wanted = known ?? {
      record,
      topics: new Set(),
      isNamed: mutual,
      failures: 0,
      nextTry: monotonicNow() + (mutual && this.#node.components.peerId.toString() > peer ? GIVE_WAY : 0),
      dialling: false,
      trouble: undefined
    }
    for (const topic of topics) {
      wanted.topics.add(topic)
    }
    if (record.sequence > wanted.record.sequence) {
      wanted.record = record
      wanted.nextTry = Math.min(wanted.nextTry, monotonicNow() + GIVE_WAY)
    }
    this.#wanted.set(peer, wanted)
    this.#forget()
    this.#look()
  }

  /** Hubs name whom they like: beyond {@link MAX_WANTED} the one they named longest ago is forgotten. */
  #forget (): void {
    if (this.#wanted.size <= MAX_WANTED) return
    for (const [peer, { dialling, isNamed }] of this.#wanted) {
      if (isNamed && !dialling) {
        this.#wanted.delete(peer)
        return
      }
    }
  }

  /** Why we have no connection to somebody whom we try to reach, in one sentence; undefined where no try failed. */
  troubleWith (peer: string): string | undefined {
    return this.#wanted.get(peer)?.trouble
  }

  /** The newest record that we hold of somebody. */
  recordOf (peer: string): OpenedRecord | undefined {
    return this.#wanted.get(peer)?.record
  }

  /** Our ways changed (a relay came back, the computer slept): everybody is worth a new try. */
  retryAll (): void {
    for (const wanted of this.#wanted.values()) {
      wanted.failures = 0
      wanted.nextTry = Math.min(wanted.nextTry, monotonicNow())
    }
    this.#look()
  }

  #look (): void {
    if (this.#timer === undefined) {
      return
    }
    const now = monotonicNow()
    let free = PARALLEL - [...this.#wanted.values()].filter(({ dialling }) => dialling).length
    for (const wanted of this.#wanted.values()) {
      if (free <= 0) {
        return
      }
      if (!wanted.dialling && wanted.nextTry <= now && this.#node.libp2p.getConnections(wanted.record.peerId).length === 0 && this.#isUseful(wanted)) {
        free--
        void this.#dial(wanted)
      }
    }
  }

  #isUseful ({ topics }: Wanted): boolean {
    return [...topics].some((topic) => this.#options.isOurTopic(topic) && this.#options.connectedOn(topic) < ENOUGH)
  }

  async #dial (wanted: Wanted): Promise<void> {
    const { addresses, unknownRelays } = planDial(wanted.record, this.#options.relays(), this.#options.allowPrivate)
    if (addresses.length === 0) {
      wanted.nextTry = monotonicNow() + RETRY.last
      this.#note(wanted, unknownRelays.length > 0 ? UNKNOWN_RELAYS : undefined)
      for (const relay of unknownRelays) {
        this.#options.onUnknownRelay(relay, wanted.record.peerId)
      }
      return
    }
    wanted.dialling = true
    try {
      await this.#node.libp2p.dial([...addresses], { signal: AbortSignal.timeout(DIAL) })
      wanted.failures = 0
      this.#note(wanted, undefined)
      // Should the connection end at once, the next look must not dial in a loop.
      wanted.nextTry = monotonicNow() + RETRY.first
    } catch (error) {
      wanted.failures++
      this.#note(wanted, circuitTrouble(error) ?? NO_ANSWER)
      wanted.nextTry = monotonicNow() + Math.min(RETRY.last, RETRY.first * 2 ** (wanted.failures - 1))
    } finally {
      wanted.dialling = false
    }
  }
  #note (wanted: Wanted, trouble: string | undefined): void {
    if (wanted.trouble !== trouble) {
      wanted.trouble = trouble
      this.#options.onTrouble([...wanted.topics])
    }
  }
}
