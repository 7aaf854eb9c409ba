import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id'
import { createHash, randomBytes } from 'node:crypto'
import { equals } from 'uint8arrays/equals'
import { EnvelopeError, openEnvelope, sealEnvelope, type EnvelopeKind } from '../../node/signed-envelope.ts'
import { MAX_CLOCK_SKEW, MAX_ENVELOPE_BYTES, MAX_POST_BYTES } from '../limits.ts'
import { cleanName } from '../names.ts'
import { reject, type Decoded, type Dialect, type Incoming } from './dialect.ts'
import { PostSchema, type Post as PostMessage } from './post_pb.ts'

const KIND: EnvelopeKind = { domain: 'natter-post', payloadType: new TextEncoder().encode('/natter/post') }

/** The last millisecond that a JavaScript date can show (ECMA-262, 21.4.1.1). */
const LAST_TIME = 8_640_000_000_000_000n

/**
 * Natter's own payload: a signed envelope around a small protobuf. Author,
 * name, time, text and topic are all signed, so anybody may hand a post on
 * and nobody can change one or carry it into another topic.
 *
 * @param key our own, which signs what we post
 */
export function createNatterDialect (key: PrivateKey): Dialect {
  const self = peerIdFromPrivateKey(key)
  return {
    encode: async ({ topic, authorName, text, time }) => {
      const payload = await sealEnvelope(KIND, toBinary(PostSchema, create(PostSchema, {
        author: self.toMultihash().bytes,
        displayName: authorName,
        timeMs: BigInt(time),
        body: text,
        topic,
        nonce: randomBytes(8)
      })), key)
      return { payload, post: { id: idOf(payload), author: self.toString(), authorName, time, order: time, text } }
    },
    decode
  }
}

async function decode ({ topic, data, receivedAt }: Incoming): Promise<Decoded> {
  if (data.byteLength > MAX_ENVELOPE_BYTES) return reject('too-large')
  let signer: string
  let message: PostMessage
  try {
    const opened = await openEnvelope(KIND, data)
    signer = opened.signer
    // Strings that are no UTF-8 make this throw.
    message = fromBinary(PostSchema, opened.payload)
  } catch (error) {
    return reject(error instanceof EnvelopeError ? error.fault : 'malformed')
  }
  const { author, displayName, timeMs, body } = message
  if (!equals(author, peerIdFromString(signer).toMultihash().bytes)) return reject('wrong-author')
  if (message.topic !== topic) return reject('wrong-topic')
  if (body.trim() === '') return reject('empty')
  if (Buffer.byteLength(body) > MAX_POST_BYTES) return reject('too-large')
  const time = timeMs === 0n || timeMs > LAST_TIME ? receivedAt : Number(timeMs)
  return { ok: true, post: { id: idOf(data), author: signer, authorName: cleanName(displayName), time, order: orderOf(time, receivedAt), text: body } }
}

/**
 * Where a post stands: at its author's time if that is near ours, so that
 * everybody sees a conversation in the same order; else at the moment we got
 * it, so that a clock wrong by years neither buries nor pins a post.
 */
function orderOf (time: number, receivedAt: number): number {
  return Math.abs(time - receivedAt) <= MAX_CLOCK_SKEW ? time : receivedAt
}

/** The signed envelope's SHA-256 in base64url: the same wherever the post comes from. */
function idOf (envelope: Uint8Array): string {
  return createHash('sha256').update(envelope).digest('base64url')
}
