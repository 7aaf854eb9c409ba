/** Why a payload is not taken; counted, never logged with what it held. */
export type Rejection =
  | 'too-large'
  | 'malformed'
  | 'bad-signature'
  | 'wrong-author'
  | 'wrong-topic'
  | 'not-text'
  | 'empty'

/** A payload as it came in. */
export interface Incoming {
  readonly topic: string
  /** Peer id of who published it; somebody who hands a post on is not its author. */
  readonly from: string
  /** The pubsub message's id. */
  readonly id: string
  readonly data: Uint8Array
  /** Our clock, milliseconds since the Unix epoch. */
  readonly receivedAt: number
}

/** What a dialect reads out of a payload. */
export interface ReadPost {
  readonly id: string
  /** Peer id of the author. */
  readonly author: string
  /** The signed name, cleaned for display; '' where there is none. */
  readonly authorName: string
  readonly time: number
  /** Where it is shown, see `topics/placing.ts`. */
  readonly at: number
  /** The place that it carries; undefined where the dialect signs none. */
  readonly stamp: number | undefined
  readonly text: string
}

/** Outcome of {@link Dialect.decode}. */
export type Decoded = { readonly ok: true, readonly post: ReadPost } | Rejected

/** A payload that is not taken. */
export interface Rejected {
  readonly ok: false
  readonly reason: Rejection
  /** Its author did sign it for this topic: whoever hands it on does nothing wrong, and later versions may read it. */
  readonly genuine: boolean
}

/** An own text that is to travel. */
export interface Draft {
  readonly topic: string
  readonly authorName: string
  readonly text: string
  /** Our clock, milliseconds since the Unix epoch. */
  readonly time: number
  /** The greatest stamp of the topic's posts; 0: there is none. */
  readonly newest: number
}

/** One way to write and read a topic's payloads. */
export interface Dialect {
  /** The payload to publish, and the post as others will read it. */
  readonly encode: (draft: Draft) => Promise<{ readonly payload: Uint8Array, readonly post: ReadPost }>
  /** Reads a payload that anybody may have sent. Never rejects. */
  readonly decode: (incoming: Incoming) => Promise<Decoded>
}

/** A {@link Decoded} that says no. */
export function reject (reason: Rejection, genuine = false): Rejected {
  return { ok: false, reason, genuine }
}
