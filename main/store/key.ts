import { hkdfSync } from 'node:crypto'

/**
 * What the key is for, so that no other use of the identity key gives the same
 * bytes (RFC 5869, sections 3.1 and 3.2). Changing either makes every database unreadable.
 */
const SALT = 'natter store key'
const INFO = 'natter posts.db 1'

/** Bytes of a raw SQLCipher key: 256 bits. */
const KEY_BYTES = 32

/**
 * The key that the database of posts is encrypted with: HKDF-SHA256 over the
 * identity key's raw bytes. Nothing more has to be kept, and it stays the same
 * whatever passphrase or key store wraps the identity key.
 */
export function storeKeyOf ({ raw }: { readonly raw: Uint8Array }): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', raw, SALT, INFO, KEY_BYTES))
}
