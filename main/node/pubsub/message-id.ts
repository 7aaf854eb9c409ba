import { toString } from 'uint8arrays/to-string'
import type { PeerId } from '@libp2p/interface'

/** What both routers call a signed message, as far as its id needs it. */
export interface IdentifiedMessage {
  readonly from: PeerId
  readonly sequenceNumber: bigint
}

/**
 * The id of a message: the author's multihash ‖ sequence number as 8 bytes,
 * big-endian. So do Go peers; libp2p's JavaScript default puts the public key's
 * protobuf in front, and then Go's IHAVE never match ours.
 */
export function messageId (message: IdentifiedMessage): Uint8Array {
  const from = message.from.toMultihash().bytes
  const id = new Uint8Array(from.byteLength + 8)
  id.set(from)
  new DataView(id.buffer).setBigUint64(from.byteLength, BigInt.asUintN(64, message.sequenceNumber))
  return id
}

/** {@link messageId} as base64url, to be used as a key. */
export function messageKey (message: IdentifiedMessage): string {
  return toString(messageId(message), 'base64url')
}
