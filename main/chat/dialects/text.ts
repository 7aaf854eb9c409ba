import { randomBytes } from 'node:crypto'
import { isBlank } from '../../../text/unseen.ts'
import { MAX_POST_BYTES } from '../limits.ts'
import { reject, type Dialect } from './dialect.ts'

/**
 * Raw UTF-8, as universal-connectivity and other libp2p programs send it. The
 * author is whom pubsub proves; name and time are not carried, so the time is
 * when we read it, and the id is the pubsub message's.
 *
 * @param author our own peer id
 */
export function createTextDialect (author: string): Dialect {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  return {
    encode: async ({ text, time }) => ({
      payload: new TextEncoder().encode(text),
      // Pubsub gives the message its id when it leaves, which may be much later; its own never comes back.
      post: { id: `own-${randomBytes(16).toString('base64url')}`, author, authorName: '', time, at: time, stamp: undefined, text }
    }),

    decode: async ({ data, from, id, receivedAt }) => {
      if (data.byteLength > MAX_POST_BYTES) return reject('too-large')
      let text: string
      try {
        text = decoder.decode(data)
      } catch {
        return reject('not-text')
      }
      if (isBlank(text)) return reject('empty')
      return { ok: true, post: { id, author: from, authorName: '', time: receivedAt, at: receivedAt, stamp: undefined, text } }
    }
  }
}
