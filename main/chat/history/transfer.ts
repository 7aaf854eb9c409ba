import type { Entry } from '../../store/types.ts'
import { unpackBits } from './bytes.ts'
import { encodeRequest, read } from './codec.ts'
import type { Lacked } from './compare.ts'
import { inTurns } from '../turns.ts'
import { broken, ours } from './errors.ts'
import { idOf, shortId } from './fingerprint.ts'
import { EXCHANGE_PAYLOADS, MESSAGE_PAYLOADS, READ_AT_ONCE } from './limits.ts'
import type { Line } from './line.ts'
import type { HistoryDeps, HistoryStore, Verdict } from './types.ts'
import type { Unwanted } from './unwanted.ts'

/** What an {@link Intake} stands on. */
interface IntakeOptions extends Pick<HistoryDeps, 'take'> {
  readonly peerId: string
  readonly topic: string
  readonly salt: Uint8Array
  readonly lacked: readonly Lacked[]
  /** Bytes of payloads that may come. */
  readonly room: number
  readonly unwanted: Unwanted
}

/** Takes in the payloads that answer one exchange, and nothing else. */
export class Intake {
  readonly #options: IntakeOptions
  /** Short id to stamp. */
  readonly #asked: Map<string, number>
  #bytes = 0
  #later = 0

  constructor (options: IntakeOptions) {
    this.#options = options
    this.#asked = new Map(options.lacked.flatMap(({ entries }) => entries.map(({ short, stamp }) => [short, stamp] as const)))
  }

  /** Whether nothing came. */
  get isEmpty (): boolean {
    return this.#bytes === 0
  }

  /** Posts that came and for which there was no room. */
  get later (): number {
    return this.#later
  }

  /** Posts that were asked for and did not come. */
  get missing (): number {
    return this.#asked.size
  }

  /** The same, to be asked for again. */
  get rest (): Lacked[] {
    return this.#options.lacked
      .map(({ entries, ...asked }) => ({ ...asked, entries: entries.filter(({ short }) => this.#asked.has(short)) }))
      .filter(({ entries }) => entries.length > 0)
  }

  /**
   * Keeps payloads of one message, which come newest first.
   *
   * @returns how many are kept that were not there
   * @throws {HistoryError} for what was not asked for, comes twice, is too much or is no post
   */
  async add (payloads: readonly Uint8Array[]): Promise<number> {
    const { peerId, topic, salt, room, unwanted, take } = this.#options
    if (payloads.length === 0) throw broken('sent nothing, and at length')
    const posts = (await inTurns(payloads, (payload) => {
      const id = idOf(payload)
      const short = shortId(salt, id)
      const stamp = this.#asked.get(short)
      if (stamp === undefined || !this.#asked.delete(short)) throw broken('sent what was not asked for')
      this.#bytes += payload.byteLength
      return { id, stamp, payload }
    })).reverse()
    if (this.#bytes > room) throw broken('sent more than it was allowed to')
    const verdicts = await ours(take(topic, posts.map(({ payload }) => payload), peerId))
    posts.forEach(({ id, stamp }, at) => {
      const verdict = verdicts[at]
      if (verdict === 'unwanted' || verdict === 'later') unwanted.add(topic, id, stamp, verdict)
      if (verdict === 'later') this.#later += 1
    })
    return countKept(verdicts)
  }
}

/** @throws {HistoryError} where one of them is no post */
export function countKept (verdicts: readonly Verdict[]): number {
  if (verdicts.includes('refused')) throw broken('sent what is no genuine post of this topic')
  return verdicts.filter((verdict) => verdict === 'kept').length
}

/** Gathers payloads into messages of bounded size. */
export class Parcels {
  readonly #send: (payloads: readonly Uint8Array[]) => Promise<void>
  #waiting: Uint8Array[] = []
  #bytes = 0

  constructor (send: (payloads: readonly Uint8Array[]) => Promise<void>) {
    this.#send = send
  }

  async add (payload: Uint8Array): Promise<void> {
    if (this.#bytes + payload.byteLength > MESSAGE_PAYLOADS) await this.flush()
    this.#waiting.push(payload)
    this.#bytes += payload.byteLength
  }

  async flush (): Promise<void> {
    if (this.#waiting.length === 0) return
    const payloads = this.#waiting
    this.#waiting = []
    this.#bytes = 0
    await this.#send(payloads)
  }
}

/** Payloads of posts, a piece of them at a time, those left out that are gone or too long to travel. @throws {HistoryError} `ERR_STORE` */
export async function * payloadsOf (store: HistoryStore, topic: string, entries: readonly Entry[]): AsyncGenerator<{ readonly entry: Entry, readonly payload: Uint8Array }> {
  for (let at = 0; at < entries.length; at += READ_AT_ONCE) {
    const piece = entries.slice(at, at + READ_AT_ONCE)
    const payloads = await ours(store.payloads(topic, piece.map(({ id }) => id)))
    for (const [index, entry] of piece.entries()) {
      const payload = payloads[index]
      if (payload !== undefined && payload.byteLength <= MESSAGE_PAYLOADS) yield { entry, payload }
    }
  }
}

/** What came of {@link putPosts}. */
interface PutResult {
  readonly put: readonly Entry[]
  /** Wanted posts for which there was no room. */
  readonly rest: readonly Entry[]
}

/** Those of a list for which the peer set a bit. @throws {HistoryError} where the bits do not fit the list */
export function marked<T> (list: readonly T[], bits: Uint8Array): T[] {
  const set = read(() => unpackBits(bits, list.length))
  return list.filter((_, at) => set[at])
}

/** Sends posts that the peer wants, in this order, as far as there is room. */
export async function putPosts (line: Line, store: HistoryStore, topic: string, wanted: readonly Entry[]): Promise<PutResult> {
  const put: Entry[] = []
  const rest: Entry[] = []
  const parcels = new Parcels(async (payloads) => {
    line.countPayloads(payloads)
    await line.send(encodeRequest({ case: 'put', value: { payloads: [...payloads], last: false } }))
  })
  let room = Math.min(line.left, EXCHANGE_PAYLOADS)
  for await (const { entry, payload } of payloadsOf(store, topic, wanted)) {
    if (payload.byteLength > room) {
      rest.push(entry)
      continue
    }
    room -= payload.byteLength
    await parcels.add(payload)
    put.push(entry)
  }
  await parcels.flush()
  await line.send(encodeRequest({ case: 'put', value: { payloads: [], last: true } }))
  return { put, rest }
}
