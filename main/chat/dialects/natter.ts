import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { randomBytes } from 'node:crypto'
import { isBlank } from '../../../text/unseen.ts'
import { sealEnvelope } from '../../node/signed-envelope.ts'
import { MAX_POST_BYTES } from '../limits.ts'
import { cleanName } from '../names.ts'
import { nextOrder, placeOf } from '../topics/placing.ts'
import { reject, type Decoded, type Dialect, type Incoming } from './dialect.ts'
import { openPost, POST_ENVELOPE, postIdOf } from './natter-post.ts'
import { PostSchema, type Post as PostMessage } from './post_pb.ts'

/**
 * Natter's own payload: a signed envelope around a small protobuf. Author,
 * name, time, place, text and topic are all signed, so anybody may hand a post
 * on and nobody can change one or carry it into another topic.
 *
 * @param key our own, which signs what we post
 */
export function createNatterDialect (key: PrivateKey): Dialect {
  const self = peerIdFromPrivateKey(key)
  return {
    encode: async ({ topic, authorName, text, time, newest }) => {
      const stamp = nextOrder(time, newest)
      const payload = await sealEnvelope(POST_ENVELOPE, toBinary(PostSchema, create(PostSchema, {
        author: self.toMultihash().bytes,
        displayName: authorName,
        timeMs: BigInt(time),
        body: text,
        topic,
        nonce: randomBytes(8),
        order: BigInt(stamp)
      })), key)
      const at = placeOf({ stamp, time, receivedAt: time })
      return { payload, post: { id: postIdOf(payload), author: self.toString(), authorName, time, at, stamp, text } }
    },
    decode
  }
}

async function decode ({ topic, data, receivedAt }: Incoming): Promise<Decoded> {
  const opened = await openPost(data, receivedAt)
  if (!opened.ok) return reject(opened.reason)
  if (opened.post.topic !== topic) return reject('wrong-topic')
  // What follows is what the author wrote; a hub that keeps posts does not look at it.
  const { content, topic: _topic, ...proved } = opened.post
  let message: PostMessage
  try {
    // Strings that are no UTF-8 make this throw.
    message = fromBinary(PostSchema, content)
  } catch {
    return reject('malformed', true)
  }
  const { body, displayName } = message
  if (isBlank(body)) return reject('empty', true)
  if (Buffer.byteLength(body) > MAX_POST_BYTES) return reject('too-large', true)
  return { ok: true, post: { ...proved, authorName: cleanName(displayName), text: body } }
}
