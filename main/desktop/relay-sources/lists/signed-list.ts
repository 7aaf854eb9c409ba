import { createPublicKey, verify } from 'node:crypto'
import * as v from 'valibot'
import { readRelayAddress } from '../../../node/addresses/relay-address.ts'
import { NodeError } from '../../../node/errors.ts'
import { splitFeed } from '../../updates/signature.ts'

/** What a list says, once its signature was found to hold. */
export interface SignedList {
  readonly title: string
  /** Rises with each list; an older one is never followed. */
  readonly sequence: number
  /** Milliseconds since the Unix epoch until which it holds. */
  readonly expires: number
  /** Multiaddrs, each with its relay's peer id. */
  readonly addresses: readonly string[]
}

/** Bytes that a list may have. */
export const MAX_LIST_BYTES = 65_536
/** Addresses on a list that are taken in: sixteen relays with four each. */
export const MAX_LISTED = 64
/** Keeps a signature for one purpose from passing for another. */
const DOMAIN = 'natter-relay-list-v1\n'

const listFile = v.object({
  title: v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(80)),
  sequence: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  expires: v.pipe(v.string(), v.isoTimestamp()),
  relays: v.array(v.pipe(v.string(), v.maxLength(1_024)))
})

/** The bytes that are signed. */
export function listBytes (body: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(DOMAIN), body])
}

/**
 * What the bytes of a list say. Nothing of them is read before the signature held.
 *
 * @throws {NodeError} `ERR_BAD_ADDRESS`, with one sentence for the person
 */
export function openList (bytes: Uint8Array, key: string): SignedList {
  if (bytes.byteLength > MAX_LIST_BYTES) throw bad('This list of relays is larger than a list may be.')
  const { body, signatures } = splitFeed(bytes)
  const publicKey = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: key } })
  const message = listBytes(body)
  if (!signatures.some(({ signature }) => verify(null, message, publicKey, signature))) throw bad('This list of relays is not signed with the key that its reference names. It was not used.')
  const { title, sequence, expires, relays } = read(body)
  return { title, sequence, expires: Date.parse(expires), addresses: relays.flatMap(addressOf).slice(0, MAX_LISTED) }
}

function read (body: Uint8Array): v.InferOutput<typeof listFile> {
  try {
    return v.parse(listFile, JSON.parse(Buffer.from(body).toString('utf8')))
  } catch (cause) {
    throw bad('This list of relays is signed, but is not written as a list is.', cause)
  }
}

function addressOf (text: string): readonly string[] {
  try {
    return [readRelayAddress(text).multiaddr.toString()]
  } catch {
    // For a newer Natter, or mistyped: the others may do.
    return []
  }
}

function bad (message: string, cause?: unknown): NodeError {
  return new NodeError('ERR_BAD_ADDRESS', message, { cause })
}
