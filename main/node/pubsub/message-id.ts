import { toString } from 'uint8arrays/to-string'
import type { PeerId } from '@libp2p/interface'
import { numberBytesOf } from './number-bytes.ts'

/** What both routers call a signed message, as far as its id needs it. */
export interface IdentifiedMessage {
  readonly from: PeerId
  readonly sequenceNumber: bigint
  /** As the router hands it on; see number-bytes.ts. */
  readonly data?: Uint8Array
}

/**
 * The id of a message: the author's multihash ‖ sequence number as it
 * travelled, 8 bytes, big-endian. So do Go peers; libp2p's JavaScript default
 * puts the public key's protobuf in front, and then Go's IHAVE never match ours.
 */
export function messageId (message: IdentifiedMessage): Uint8Array {
  const from = message.from.toMultihash().bytes
  const number = numberBytesOf(message)
  const id = new Uint8Array(from.byteLength + number.byteLength)
  id.set(from)
  id.set(number, from.byteLength)
  return id
}

/** {@link messageId} as base64url, to be used as a key. */
export function messageKey (message: IdentifiedMessage): string {
  return toString(messageId(message), 'base64url')
}
