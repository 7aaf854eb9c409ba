import { fromBinary } from '@bufbuild/protobuf'
import { peerIdFromString } from '@libp2p/peer-id'
import { createHash } from 'node:crypto'
import { equals } from 'uint8arrays/equals'
import { EnvelopeError, openEnvelope, type EnvelopeKind } from '../../node/signed-envelope.ts'
import { MAX_ENVELOPE_BYTES } from '../limits.ts'
import { placeOf, stampOf } from '../topics/placing.ts'
import type { Rejection } from './dialect.ts'
import { PostHeadSchema, type PostHead } from './post_pb.ts'

/** What a post's envelope is signed as. */
export const POST_ENVELOPE: EnvelopeKind = { domain: 'natter-post', payloadType: new TextEncoder().encode('/natter/post') }

/** The last millisecond that a JavaScript date can show (ECMA-262, 21.4.1.1). */
const LAST_TIME = 8_640_000_000_000_000n

/** What a signed post proves, whatever it says. */
export interface OpenedPost {
  readonly id: string
  /** Peer id of the author, who signed it. */
  readonly author: string
  /** Wire name of the topic that it was written for. */
  readonly topic: string
  /** The author's clock; `receivedAt` where that is no time. */
  readonly time: number
  readonly stamp: number
  /** Where a reader whose clock says `receivedAt` shows it. */
  readonly at: number
  /** The signed bytes, a protobuf `Post`. */
  readonly content: Uint8Array
}

/**
 * Opens a signed envelope and checks who wrote it. What it says is not looked
 * at, so that a post can be kept by somebody who cannot read it. Never rejects.
 *
 * @param receivedAt our clock, milliseconds since the Unix epoch
 */
export async function openPost (payload: Uint8Array, receivedAt: number): Promise<{ readonly ok: true, readonly post: OpenedPost } | { readonly ok: false, readonly reason: Rejection }> {
  if (payload.byteLength > MAX_ENVELOPE_BYTES) return { ok: false, reason: 'too-large' }
  let signer: string
  let content: Uint8Array
  let head: PostHead
  try {
    const opened = await openEnvelope(POST_ENVELOPE, payload)
    signer = opened.signer
    content = opened.payload
    head = fromBinary(PostHeadSchema, content)
  } catch (error) {
    return { ok: false, reason: error instanceof EnvelopeError ? error.fault : 'malformed' }
  }
  const { author, topic, timeMs } = head
  if (!equals(author, peerIdFromString(signer).toMultihash().bytes)) return { ok: false, reason: 'wrong-author' }
  const time = timeMs === 0n || timeMs > LAST_TIME ? receivedAt : Number(timeMs)
  const stamp = stampOf(head)
  return { ok: true, post: { id: postIdOf(payload), author: signer, topic, time, stamp, at: placeOf({ stamp, time, receivedAt }), content } }
}

/** The signed envelope's SHA-256 in base64url: the same wherever the post comes from. */
export function postIdOf (envelope: Uint8Array): string {
  return createHash('sha256').update(envelope).digest('base64url')
}
