import { createHash } from 'node:crypto'
import { NodeError } from '../../../node/errors.ts'

/** Where a signed list of relays is, and whose signature on it counts. */
export interface ListReference {
  /** As it was written: `natter-relays:<key>@<web address>`. */
  readonly text: string
  /** The 32 bytes of an Ed25519 public key, in base64url. */
  readonly key: string
  readonly url: URL
}

/** Whether a text means to name a list; whether it does rightly is {@link readListReference}'s to say. */
export function looksLikeList (text: string): boolean {
  return /^\s*natter-relays:/iu.test(text)
}

/**
 * Reads `natter-relays:<key>@https://…`.
 *
 * @param withFiles files of this computer count too: for references that its own folders hold
 * @throws {NodeError} `ERR_BAD_ADDRESS`
 */
export function readListReference (text: string, withFiles = false): ListReference {
  const match = /^natter-relays:(?<key>[A-Za-z0-9_-]{43})@(?<url>\S{1,2048})$/u.exec(text.trim())?.groups
  if (match === undefined) throw bad('A list of relays is named as natter-relays:, the key that signs it, @, and its web address. Copy the whole of it again.')
  const { key = '', url: place = '' } = match
  const url = URL.canParse(place) ? new URL(place) : undefined
  const isAllowed = url?.protocol === 'https:' || (withFiles && url?.protocol === 'file:')
  if (url === undefined || !isAllowed || url.username !== '' || url.password !== '') throw bad('A list of relays is read from an address that begins with https: and carries no name or password.')
  return { text: `natter-relays:${key}@${url.href}`, key, url }
}

/** What a list is known by: it says nothing of where it is. */
export function listId (reference: string): string {
  return createHash('sha256').update(reference).digest('hex').slice(0, 16)
}

function bad (message: string): NodeError {
  return new NodeError('ERR_BAD_ADDRESS', message)
}
