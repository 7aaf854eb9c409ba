import type { Delivery, Post } from '../../../preload/contract/index.ts'
import type { StoredPost } from '../types.ts'
import type { Row } from './driver.ts'
import { readId } from './ids.ts'

/** Columns that a post is read from; beside `join peer`. */
export const POST_COLUMNS = 'post.pos, post.topic, post.stamp, post.id, peer.id as author, post.name, post.time, post.own, post.sent, post.held, post.hubs, post.text'
/** What {@link POST_COLUMNS} are selected from. */
export const POST_TABLES = 'post join peer on peer.number = post.author'

/** A post as its row shows it. */
export function readPost (row: Row, topic: string): Post {
  const delivery = readDelivery(row)
  return {
    id: readId(row['id']),
    topic,
    author: String(row['author']),
    authorName: String(row['name']),
    time: Number(row['time']),
    order: Number(row['pos']),
    text: String(row['text']),
    own: row['own'] === 1,
    ...(delivery === undefined ? {} : { delivery })
  }
}

/** A post with its payload, which the row must have. */
export function readStored (row: Row, topic: string): StoredPost {
  const stamp = row['stamp'] ?? null
  return {
    post: readPost(row, topic),
    stamp: stamp === null ? undefined : Number(stamp),
    payload: plainBytes(row['payload'])
  }
}

/** A column's bytes with memory of their own: a driver's may lie in a pool, which would travel along. */
export function plainBytes (value: unknown): Uint8Array {
  return value instanceof Uint8Array ? new Uint8Array(value) : new Uint8Array()
}

/** How an own post's way is kept; `sent` null: nothing is known of it. */
export interface DeliveryColumns { readonly sent: number | null, readonly held: number, readonly hubs: number }

/** The columns for a delivery. */
export function deliveryColumns (delivery: Delivery | undefined): DeliveryColumns {
  switch (delivery?.kind) {
    case undefined: return { sent: null, held: 0, hubs: 0 }
    case 'queued': return { sent: 0, held: 0, hubs: 0 }
    case 'sent': return { sent: delivery.people, held: 0, hubs: 0 }
    case 'held': return { sent: delivery.sent, held: delivery.people, hubs: delivery.hubs }
  }
}

function readDelivery (row: Row): Delivery | undefined {
  if (row['own'] !== 1) return undefined
  const [sent, held, hubs] = [row['sent'] ?? null, Number(row['held']), Number(row['hubs'])]
  if (held > 0 || hubs > 0) return { kind: 'held', people: held, hubs, sent: Number(sent) }
  if (sent === null) return undefined
  return sent === 0 ? { kind: 'queued' } : { kind: 'sent', people: Number(sent) }
}
