import type { Stream } from '@libp2p/interface'

/** Where the fields of a post stand among bytes that passed. The same object for all posts: good during the call. */
export interface PostSpan {
  readonly bytes: Uint8Array
  /** Where the field begins and ends; both 0: the post has none. */
  readonly topic: Span
  readonly from: Span
  /** All that the post takes on the stream. */
  readonly size: number
}

/** A part of some bytes. */
export interface Span { readonly start: number, readonly end: number }

/** What is told of each frame of a pubsub stream. */
export interface FrameSink {
  readonly onPost: (post: PostSpan) => void
  /** Posts that a control message names by their ids. */
  readonly onGossip: (kind: Gossip, ids: number) => void
  /** The bytes of a frame that are no post's: its length, subscriptions, control messages. */
  readonly onControl: (bytes: number) => void
}
export type Gossip = 'ihave' | 'iwant' | 'idontwant'

/** Bytes of a frame from which on a stream is counted no further; both routers reset it at 4 MiB, so that it has ended by then. */
const MAX_FRAME = 5 * 1_024 * 1_024

/** Fields of the RPC's protobuf (gossipsub v1.2; Floodsub has the first two), as number << 3 | 2. */
const RPC = { post: 0x12, control: 0x1a } as const
const POST = { from: 0x0a, topic: 0x22 } as const
const CONTROL = { ihave: 0x0a, iwant: 0x12, idontwant: 0x2a } as const

/**
 * Reads the frames of a pubsub stream as they pass, to count them.
 *
 * It looks at lengths and skips what they enclose, copies nothing that comes in
 * one piece, and makes no objects, views included: so it costs a small part of
 * what the router takes to decode the same bytes. What is not to be understood counts as
 * control; it never throws.
 */
export class FrameScanner {
  readonly #sink: FrameSink
  /** Of the frame that is under way: the bytes of its length, what that says, and what of it came in earlier pieces. */
  #prefix = 0
  #length = 0
  /** What the next byte of the length is worth. */
  #unit = 1
  #isOpen = false
  #pieces: Uint8Array[] = []
  #have = 0
  #isLost = false
  readonly #fields = new Fields()
  readonly #inner = new Fields()
  readonly #found = { bytes: new Uint8Array(0) as Uint8Array, topic: { start: 0, end: 0 }, from: { start: 0, end: 0 }, size: 0 }

  constructor (sink: FrameSink) {
    this.#sink = sink
  }

  push (data: Parameters<Stream['send']>[0]): void {
    if (data instanceof Uint8Array) {
      this.#take(data)
      return
    }
    for (const piece of data) this.#take(piece)
  }

  #take (piece: Uint8Array): void {
    let at = 0
    while (at < piece.byteLength && !this.#isLost) {
      if (!this.#isOpen) {
        // Empty frames: 65,000 of them fit into one piece, and at 60 ns each kept a relay's loop busy (measured).
        const first = this.#prefix === 0 ? skipZeros(piece, at) : at
        if (first > at) this.#sink.onControl(first - at)
        else this.#readLength(piece[at++] as number)
        at = Math.max(at, first)
        continue
      }
      const end = Math.min(piece.byteLength, at + this.#length - this.#have)
      if (this.#have === 0 && end - at === this.#length) {
        this.#frame(piece, at, end)
      } else {
        this.#pieces.push(piece.subarray(at, end))
        this.#have += end - at
        if (this.#have === this.#length) this.#frame(Buffer.concat(this.#pieces), 0, this.#length)
      }
      at = end
    }
  }

  #readLength (byte: number): void {
    this.#length += (byte & 0x7f) * this.#unit
    this.#unit *= 128
    this.#prefix++
    if (this.#length > MAX_FRAME || this.#prefix > 5) {
      this.#isLost = true
    } else if (byte < 0x80) {
      this.#isOpen = true
      if (this.#length === 0) this.#close(0)
    }
  }

  #frame (bytes: Uint8Array, start: number, end: number): void {
    const fields = this.#fields.over(bytes, start, end)
    let posts = 0
    while (fields.next()) {
      if (fields.tag === RPC.post) {
        posts += fields.end - fields.start
        this.#post(bytes, fields)
      } else if (fields.tag === RPC.control) {
        this.#control(bytes, fields.value, fields.end)
      }
    }
    this.#close(end - start - posts)
  }

  #close (control: number): void {
    this.#sink.onControl(this.#prefix + control)
    this.#prefix = 0
    this.#length = 0
    this.#unit = 1
    this.#isOpen = false
    this.#have = 0
    if (this.#pieces.length > 0) this.#pieces = []
  }

  #post (bytes: Uint8Array, post: Fields): void {
    const fields = this.#inner.over(bytes, post.value, post.end)
    const { topic, from } = this.#found
    topic.start = topic.end = from.start = from.end = 0
    while (fields.next()) {
      const span = fields.tag === POST.topic ? topic : fields.tag === POST.from ? from : undefined
      if (span === undefined) continue
      span.start = fields.value
      span.end = fields.end
    }
    this.#found.bytes = bytes
    this.#found.size = post.end - post.start
    this.#sink.onPost(this.#found)
  }

  #control (bytes: Uint8Array, start: number, end: number): void {
    const fields = this.#inner.over(bytes, start, end)
    while (fields.next()) {
      if (fields.tag === CONTROL.ihave) this.#sink.onGossip('ihave', countIds(bytes, fields, 0x12))
      else if (fields.tag === CONTROL.iwant) this.#sink.onGossip('iwant', countIds(bytes, fields, 0x0a))
      else if (fields.tag === CONTROL.idontwant) this.#sink.onGossip('idontwant', countIds(bytes, fields, 0x0a))
    }
  }
}

/** Where what is not zero begins, or the end. */
function skipZeros (bytes: Uint8Array, from: number): number {
  let at = from
  while (at < bytes.byteLength && bytes[at] === 0) at++
  return at
}

function countIds (bytes: Uint8Array, message: Fields, tag: number): number {
  const fields = new Fields().over(bytes, message.value, message.end)
  let ids = 0
  while (fields.next()) {
    if (fields.tag === tag) ids++
  }
  return ids
}

/** Walks over the fields of a protobuf that have a length; ends at the first that it does not understand. */
class Fields {
  tag = 0
  /** Where the field begins, where its value does, and where it ends. */
  start = 0
  value = 0
  end = 0
  #bytes: Uint8Array = new Uint8Array(0)
  #limit = 0

  over (bytes: Uint8Array, start: number, end: number): this {
    this.#bytes = bytes
    this.#limit = end
    this.end = start
    return this
  }

  next (): boolean {
    this.start = this.end
    this.value = this.start
    this.tag = this.#varint()
    const type = this.tag & 7
    const size = type === 0 ? Math.min(0, this.#varint()) : type === 1 ? 8 : type === 2 ? this.#varint() : type === 5 ? 4 : -1
    this.end = this.value + size
    return this.tag > 0 && size >= 0 && this.end <= this.#limit
  }

  /** -1: there is none. */
  #varint (): number {
    // Nearly all of them have one byte.
    const first = this.value < this.#limit ? this.#bytes[this.value] as number : 0x80
    if (first < 0x80) {
      this.value++
      return first
    }
    let number = 0
    for (let shift = 1; shift <= 2 ** 63 && this.value < this.#limit; shift *= 128) {
      const byte = this.#bytes[this.value++] as number
      number += (byte & 0x7f) * shift
      if (byte < 0x80) return number
    }
    return -1
  }
}
