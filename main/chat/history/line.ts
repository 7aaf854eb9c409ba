import type { Channel } from '../../node/types.ts'
import { broken, HistoryError } from './errors.ts'
import { SESSION_LIMITS, type SessionLimits } from './limits.ts'

/** What a message costs beside its own bytes: length, yamux frame, Noise, both ends' acknowledgement. */
const FRAME = 48
/** Bytes kept for the words that end a session. */
const LAST_WORDS = 256

/**
 * One session's hold on a channel: counts what passes, knows what may still
 * pass, and ends everything that waits when the session has to end.
 */
export class Line {
  readonly #channel: Channel
  readonly #limits: SessionLimits
  readonly #allowance: number
  readonly #began = performance.now()
  readonly #ended = Promise.withResolvers<never>()
  readonly #timer: NodeJS.Timeout
  #used = 0
  #payloads = 0
  #passed = 0
  #roundTrips = 0

  constructor (channel: Channel, limits: SessionLimits = SESSION_LIMITS) {
    this.#channel = channel
    this.#limits = limits
    this.#allowance = allowanceOf(channel, limits)
    this.#ended.promise.catch(() => {})
    this.#timer = setTimeout(() => { this.abort(new HistoryError('ERR_GONE', 'The peer took too long; catching up goes on another time.')) }, limits.hardTime)
    this.#timer.unref()
  }

  get peerId (): string {
    return this.#channel.peerId
  }

  get roundTrips (): number {
    return this.#roundTrips
  }

  /** Bytes of all messages with their lengths, payloads left out. */
  get beyondPosts (): number {
    return this.#passed - this.#payloads
  }

  /** Bytes that this session may still use; 0 when its time or its requests are used up. */
  get left (): number {
    if (performance.now() - this.#began > this.#limits.time || this.#roundTrips >= this.#limits.requests) return 0
    const free = this.#channel.limited && this.#channel.bytesLeft !== undefined ? this.#channel.bytesLeft - this.#limits.keepFree : Infinity
    return Math.max(0, Math.min(this.#allowance - this.#used, free) - LAST_WORDS)
  }

  /** Sends one message. @throws {HistoryError} `ERR_GONE` */
  async send (message: Uint8Array): Promise<void> {
    this.#count(message)
    await this.#wait(this.#channel.send(message))
  }

  /** The next message; undefined where the peer closed its end. @throws {HistoryError} `ERR_GONE` */
  async receive (): Promise<Uint8Array | undefined> {
    const message = await this.#wait(this.#channel.receive())
    if (message !== undefined) this.#count(message)
    return message
  }

  /** The next message, where there has to be one. @throws {HistoryError} `ERR_GONE` */
  async expect (): Promise<Uint8Array> {
    const message = await this.receive()
    if (message === undefined) throw new HistoryError('ERR_GONE', 'The peer hung up; catching up goes on another time.')
    return message
  }

  /** A request was answered, or is about to be. */
  countRoundTrip (): void {
    this.#roundTrips += 1
  }

  /** So many of the bytes that passed are payloads. */
  countPayloads (payloads: readonly Uint8Array[]): void {
    for (const { byteLength } of payloads) this.#payloads += byteLength
  }

  /** Ends at once whatever waits. */
  abort (reason: HistoryError): void {
    this.#ended.reject(reason)
    this.#channel.abort(reason)
  }

  /** The session is over; the channel stays as it is. */
  release (): void {
    clearTimeout(this.#timer)
  }

  #count ({ byteLength }: Uint8Array): void {
    this.#used += byteLength + FRAME
    this.#passed += byteLength + (byteLength < 128 ? 1 : byteLength < 16_384 ? 2 : 3)
    // An honest peer stays within its own bound, and that is at most twice ours.
    if (this.#passed > 4 * this.#limits.bytes) throw broken('sends without end')
  }

  async #wait<T> (work: Promise<T>): Promise<T> {
    try {
      return await Promise.race([work, this.#ended.promise])
    } catch (cause) {
      if (cause instanceof HistoryError) throw cause
      throw new HistoryError('ERR_GONE', 'The connection to the peer ended; catching up goes on another time.', { cause })
    }
  }
}

/** About half of what a circuit has left, and never so much that live posts find no room. */
function allowanceOf ({ limited, bytesLeft }: Channel, { bytes, share, keepFree, unknown }: SessionLimits): number {
  if (!limited) return bytes
  return bytesLeft === undefined ? unknown : Math.max(0, Math.min(bytesLeft * share, bytesLeft - keepFree, bytes))
}
