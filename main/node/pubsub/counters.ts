import type { PeerId, Stream } from '@libp2p/interface'
import type { ControlCount, PostCount } from '../../../preload/contract/index.ts'
import { MAX_COUNTED } from '../limits.ts'
import type { PeerControl, PeerCount, PubsubTotals } from '../types.ts'
import { FrameScanner, type Gossip, type PostSpan, type Span } from './counters-frames.ts'

/** What a {@link Counters} is set up with. */
export interface CountersOptions {
  readonly self: PeerId
  /** Whether we are on a topic: others name any topics, which would fill memory. */
  readonly isOurs: (topic: string) => boolean
  /** Told of each post that came or went, once it is known whether it was a duplicate. */
  readonly onTraffic: (peer: string, topic: string, direction: 'in' | 'out', duplicate: boolean) => void
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }

interface Tally {
  readonly control: Writable<PeerControl>
  readonly topics: Map<string, Writable<PeerCount>>
  streams: number
}

/** What passes by a router: one set a protocol, which outlives the router. */
export class Counters {
  readonly #options: CountersOptions
  readonly #self: Uint8Array
  /** By peer id; those whose streams ended last stand last. */
  readonly #tallies = new Map<string, Tally>()
  #entries = 0
  readonly #totals: Writable<PubsubTotals> = { first: 0, duplicates: 0, bytesIn: 0 }
  /** Those of them without a stream. */
  #gone = 0

  constructor (options: CountersOptions) {
    this.#options = options
    this.#self = options.self.toMultihash().bytes
  }

  /** Counts what a peer sends on a stream from now on. */
  watchInbound (stream: Stream, peer: string): void {
    const { scanner } = this.#open(stream, peer, 'in')
    const dispatch = stream.dispatchEvent.bind(stream)
    // Below all who read: a listener of its own would take what comes before the router listens.
    stream.dispatchEvent = (event) => {
      if (event.type === 'message') scanner.push(inOnePiece((event as StreamMessage).data))
      return dispatch(event)
    }
  }

  /** Counts what is sent to a peer on a stream from now on. */
  watchOutbound (stream: Stream, peer: string): void {
    const { scanner } = this.#open(stream, peer, 'out')
    const send = stream.send.bind(stream)
    stream.send = (data) => {
      // After it: on a stream that is closed this throws.
      const goesOn = send(data)
      scanner.push(data)
      return goesOn
    }
  }

  /** The router's word on a copy of a post: the first, or one of what it had. */
  judge (peer: string, topic: string, duplicate: boolean): void {
    const count = this.#countOf(peer, this.#tallyOf(peer), topic)
    if (duplicate) count.duplicates++
    else count.first++
    this.#totals[duplicate ? 'duplicates' : 'first']++
    this.#options.onTraffic(peer, topic, 'in', duplicate)
  }

  /** A copy of the sums over all peers, those forgotten included. */
  totals (): PubsubTotals {
    return { ...this.#totals }
  }

  /** Copies of all counts. */
  counts (): { readonly topics: PeerCount[], readonly control: PeerControl[] } {
    const all = [...this.#tallies.values()]
    return { topics: all.flatMap(({ topics }) => [...topics.values()].map((count) => ({ ...count }))), control: all.map(({ control }) => ({ ...control })) }
  }

  /** Copies of what passed with one peer; undefined: nothing ever did. */
  with (peer: string): { readonly topics: PostCount[], readonly control: ControlCount } | undefined {
    const tally = this.#tallies.get(peer)
    if (tally === undefined) return undefined
    const { peer: _, ...control } = tally.control
    return { topics: [...tally.topics.values()].map(({ peer: _, ...count }) => count), control }
  }

  #open (stream: Stream, peer: string, direction: 'in' | 'out'): { readonly scanner: FrameScanner } {
    const tally = this.#tallyOf(peer)
    if (stream.status === 'open') {
      if (tally.streams++ === 0) this.#gone--
      stream.addEventListener('close', () => {
        if (--tally.streams > 0) return
        this.#gone++
        this.#tallies.delete(peer)
        this.#tallies.set(peer, tally)
      }, { once: true })
    }
    const { control } = tally
    const [bytes, ids, payload] = direction === 'in' ? ['controlIn', { ihave: 'ihaveIn', iwant: 'iwantIn', idontwant: 'idontwantIn' }, 'payloadIn'] as const
      : ['controlOut', { ihave: 'ihaveOut', iwant: 'iwantOut', idontwant: 'idontwantOut' }, 'payloadOut'] as const
    const name = createNames()
    return {
      scanner: new FrameScanner({
        onControl: (count) => {
          control[bytes] += count
          if (direction === 'in') this.#totals.bytesIn += count
        },
        onGossip: (kind: Gossip, count) => { control[ids[kind]] += count },
        onPost: (post) => {
          const { bytes: passed, from, size } = post
          const topic = name(post)
          const count = this.#countOf(peer, tally, topic)
          count[payload] += size
          if (direction === 'in') {
            this.#totals.bytesIn += size
          } else {
            if (!isAt(passed, from, this.#self)) count.forwarded++
            this.#options.onTraffic(peer, topic, 'out', false)
          }
        }
      })
    }
  }

  #tallyOf (peer: string): Tally {
    const known = this.#tallies.get(peer)
    if (known !== undefined) return known
    const control = { peer, controlIn: 0, controlOut: 0, ihaveIn: 0, ihaveOut: 0, iwantIn: 0, iwantOut: 0, idontwantIn: 0, idontwantOut: 0 }
    const tally = { control, topics: new Map<string, Writable<PeerCount>>(), streams: 0 }
    if (this.#tallies.size >= MAX_COUNTED.peers) this.#forget()
    this.#tallies.set(peer, tally)
    this.#gone++
    return tally
  }

  #countOf (peer: string, tally: Tally, name: string): Writable<PeerCount> {
    const topic = this.#options.isOurs(name) ? name : ''
    const known = tally.topics.get(topic)
    if (known !== undefined) return known
    if (this.#entries >= MAX_COUNTED.entries) this.#forget(tally)
    // Where all are still here, what is new is counted together.
    const key = this.#entries < MAX_COUNTED.entries ? topic : ''
    const count = tally.topics.get(key) ?? { topic: key, peer, first: 0, duplicates: 0, forwarded: 0, payloadIn: 0, payloadOut: 0 }
    if (!tally.topics.has(key)) this.#entries++
    tally.topics.set(key, count)
    return count
  }

  /** Forgets those who are gone, the earliest first, until there is room; those who are here are never forgotten. */
  #forget (keep?: Tally): void {
    for (const [peer, tally] of this.#gone > 0 ? this.#tallies : []) {
      if (this.#tallies.size < MAX_COUNTED.peers && this.#entries < MAX_COUNTED.entries) return
      if (tally.streams === 0 && tally !== keep) {
        this.#tallies.delete(peer)
        this.#gone--
        this.#entries -= tally.topics.size
      }
    }
  }
}

/** The event by which a stream hands over what came. */
type StreamMessage = Event & { readonly data: Parameters<FrameScanner['push']>[0] }

/** Nearly always it is one already; handing out pieces one after the other takes longer than to put together a few. */
function inOnePiece (data: StreamMessage['data']): Uint8Array {
  return data instanceof Uint8Array ? data : data.subarray()
}

/** Reads topics; one that is the same as the last is not decoded again. */
function createNames (): (post: PostSpan) => string {
  let last: Uint8Array = new Uint8Array(0)
  let name = ''
  return ({ bytes, topic }) => {
    if (!isAt(bytes, topic, last)) {
      last = bytes.slice(topic.start, topic.end)
      name = Buffer.from(last).toString()
    }
    return name
  }
}

/** Whether a part of some bytes is the same as others. */
function isAt (bytes: Uint8Array, { start, end }: Span, others: Uint8Array): boolean {
  if (end - start !== others.byteLength) return false
  for (let at = 0; at < others.byteLength; at++) {
    if (bytes[start + at] !== others[at]) return false
  }
  return true
}
