import { createPublicKey, verify } from 'node:crypto'
import { UpdateError } from './errors.ts'

/** A public key that signs our releases. */
export interface UpdateKey {
  /** What signatures name it by: letters, digits, `.`, `_` and `-`. */
  readonly id: string
  /** Its 32 bytes, in base64. */
  readonly key: string
}

/** One line of a feed's file that holds a signature. */
export interface FeedSignature {
  readonly keyId: string
  readonly signature: Uint8Array
}

/** Keeps a signature for one purpose from passing for another. */
const DOMAIN = 'natter-update-feed-v1'
/** Signature lines that are read: the keys of a rotation, and some to spare. */
const MAX_SIGNATURES = 8
const LINE = /^# natter-signature ([A-Za-z0-9._-]{1,32}) ([A-Za-z0-9+/]{86}==)$/u
const NEWLINE = 0x0a

/**
 * Divides a feed's file into what is signed and the signatures behind it: the
 * last lines that have the form of one. They are comments to everybody else
 * who reads the file, and stand in it so that the two are always of one moment.
 */
export function splitFeed (bytes: Uint8Array): { readonly body: Uint8Array, readonly signatures: readonly FeedSignature[] } {
  const signatures: FeedSignature[] = []
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === NEWLINE && signatures.length < MAX_SIGNATURES) {
    const start = bytes.lastIndexOf(NEWLINE, end - 2) + 1
    const match = LINE.exec(Buffer.from(bytes.subarray(start, end - 1)).toString('latin1'))
    if (match?.[1] === undefined || match[2] === undefined) break
    const signature = Buffer.from(match[2], 'base64')
    // Base64 has several texts for some bytes; one form alone is a signature.
    if (signature.toString('base64') !== match[2]) break
    signatures.unshift({ keyId: match[1], signature })
    end = start
  }
  return { body: bytes.subarray(0, end), signatures }
}

/** A line for {@link splitFeed} to find, without its end. */
export function signatureLine ({ keyId, signature }: FeedSignature): string {
  return `# natter-signature ${keyId} ${Buffer.from(signature).toString('base64')}`
}

/**
 * The bytes that are signed.
 *
 * @param fileName bound in, so that the file of one platform cannot stand for another's
 */
export function signedBytes (fileName: string, body: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${DOMAIN}\n${fileName}\n`, 'utf8'), body])
}

/**
 * What a feed's file says, once one of our keys is found to have signed it.
 * One is enough: while keys change, a file carries a signature of each.
 *
 * @returns the signed bytes alone
 * @throws {UpdateError} `ERR_FEED_SIGNATURE`
 */
export function verifyFeed (bytes: Uint8Array, fileName: string, keys: readonly UpdateKey[]): Uint8Array {
  const { body, signatures } = splitFeed(bytes)
  if (signatures.length === 0) throw refused('it carries no signature')
  const known = signatures.flatMap(({ keyId, signature }) => keys.filter(({ id }) => id === keyId).map(({ key }) => ({ key, signature })))
  if (known.length === 0) throw refused('it is signed with a key that this version of Natter does not know')
  const message = signedBytes(fileName, body)
  if (!known.some(({ key, signature }) => verify(null, message, publicKey(key), signature))) throw refused('its signature does not belong to what it says')
  return body
}

function publicKey (key: string): ReturnType<typeof createPublicKey> {
  return createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key, 'base64').toString('base64url') } })
}

function refused (why: string): UpdateError {
  return new UpdateError('ERR_FEED_SIGNATURE', `The update feed cannot be trusted: ${why}. Nothing was downloaded. If this stays, get Natter from where you got it first.`)
}
