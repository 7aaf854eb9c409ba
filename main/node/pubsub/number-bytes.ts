/**
 * Symptom: every post of a Python peer on Floodsub is refused, since its numbers
 * count seconds and so begin with zeros (0 of 100, measured); and of what
 * js-libp2p sends on Floodsub one post in 256 is, whose number has 7 bytes.
 *
 * Cause: Floodsub (11.0.28) turns a number into a bigint and back, which drops
 * leading zeros, before it checks the signature over it, and when it passes the
 * post on. Gossipsub (17.1.1) takes numbers of exactly 8 bytes, where the
 * specification does not say how long they are in a signed message and Go takes any.
 *
 * Fix: the bytes of a number are kept beside the message that they came in, and
 * both the check and what is passed on go by them. See floodsub-numbers.ts and
 * gossipsub-numbers.ts for where each router asks. It can go when both routers
 * keep the bytes themselves: js-libp2p#3626 (open) does so for Floodsub, and would
 * refuse the short ones.
 */

/** A sequence number is a uint64, so that it has no more bytes; Go's and Rust's have all 8. */
const MOST_BYTES = 8

/** By the message's data: both routers hand that on as the same object, from the wire to the id. */
const kept = new WeakMap<Uint8Array, Uint8Array>()

/** Remembers as what bytes a message's number came. */
export function keepNumberBytes (data: Uint8Array, bytes: Uint8Array): void {
  kept.set(data, bytes)
}

/** A message's number as it travelled. */
export function numberBytesOf ({ data, sequenceNumber }: { readonly data?: Uint8Array, readonly sequenceNumber: bigint }): Uint8Array {
  return (data === undefined ? undefined : kept.get(data)) ?? numberBytes(sequenceNumber)
}

/** The number as it came with this data; undefined where nothing was kept. */
export function keptNumberBytes (data: Uint8Array): Uint8Array | undefined {
  return kept.get(data)
}

/** Whether what came as a number can be one. */
export function isNumber (bytes: Uint8Array): boolean {
  return bytes.byteLength > 0 && bytes.byteLength <= MOST_BYTES
}

/** A number as 8 bytes, big-endian. */
export function numberBytes (number: bigint): Uint8Array {
  const bytes = new Uint8Array(MOST_BYTES)
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, number))
  return bytes
}

/** Bytes as a number, big-endian. */
export function numberOf (bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
}
