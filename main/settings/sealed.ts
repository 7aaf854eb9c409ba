import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

/**
 * What the key is for, so that no other use of the identity key gives the same
 * bytes (RFC 5869, sections 3.1 and 3.2). Changing any of them makes every
 * sealed file unreadable. The database of posts has another key (`store/key.ts`),
 * and may be replaced without this one.
 */
const SALT = 'natter settings key'
const INFO = { key: 'natter settings.sealed 1', id: 'natter settings.sealed 1 key id' } as const

/** First bytes of a sealed file: what it is, and the version of what follows. */
const MAGIC = Buffer.from('natter sealed 1\n', 'latin1')
/** Bytes that name the key without giving it away, of AES-GCM's nonce, and of its tag (NIST SP 800-38D). */
const KEY_ID = 16
const NONCE = 12
const TAG = 16
const HEAD = MAGIC.length + KEY_ID + NONCE
/** Sizes are rounded up to this many bytes, so that they hardly tell how many topics there are. */
const STEP = 4_096
const CIPHER = 'aes-256-gcm'

/** What settings are sealed with. */
export interface SealingKey {
  readonly key: Uint8Array
  /** Tells a file of another identity from a damaged one. */
  readonly id: Uint8Array
}

/** The key for settings: HKDF-SHA256 over the identity key's raw bytes, whatever wraps that key. */
export function sealingKeyOf ({ raw }: { readonly raw: Uint8Array }): SealingKey {
  const derive = (info: string, length: number): Uint8Array => new Uint8Array(hkdfSync('sha256', raw, SALT, info, length))
  return { key: derive(INFO.key, 32), id: derive(INFO.id, KEY_ID) }
}

/**
 * Seals bytes with AES-256-GCM under a fresh random nonce; header and key id are authenticated too.
 * One key may seal 2^32 times before nonces could repeat; settings are written a few times a day.
 */
export function seal ({ key, id }: SealingKey, content: Uint8Array): Buffer {
  const head = Buffer.concat([MAGIC, id, randomBytes(NONCE)])
  const cipher = createCipheriv(CIPHER, key, head.subarray(HEAD - NONCE))
  cipher.setAAD(head)
  return Buffer.concat([head, cipher.update(pad(content)), cipher.final(), cipher.getAuthTag()])
}

/** Outcome of {@link unseal}. */
export type Unsealed = { readonly kind: 'open', readonly content: Buffer } | { readonly kind: 'damaged' } | { readonly kind: 'newer' } | { readonly kind: 'other-key' }

/** Opens what {@link seal} made. Never throws. */
export function unseal ({ key, id }: SealingKey, file: Buffer): Unsealed {
  const version = /^natter sealed (?<version>\d{1,6})\n/u.exec(file.toString('latin1', 0, 24))?.groups?.['version']
  if (version !== undefined && Number(version) > 1) return { kind: 'newer' }
  if (file.length < HEAD + TAG || !file.subarray(0, MAGIC.length).equals(MAGIC)) return { kind: 'damaged' }
  if (!file.subarray(MAGIC.length, MAGIC.length + KEY_ID).equals(id)) return { kind: 'other-key' }
  const decipher = createDecipheriv(CIPHER, key, file.subarray(HEAD - NONCE, HEAD), { authTagLength: TAG })
  decipher.setAAD(file.subarray(0, HEAD))
  decipher.setAuthTag(file.subarray(-TAG))
  try {
    return unpad(Buffer.concat([decipher.update(file.subarray(HEAD, -TAG)), decipher.final()]))
  } catch {
    return { kind: 'damaged' }
  }
}

/** The length of what follows, in four bytes, and zeros behind it. */
function pad (content: Uint8Array): Buffer {
  const padded = Buffer.alloc(Math.ceil((4 + content.length) / STEP) * STEP)
  padded.writeUInt32BE(content.length)
  padded.set(content, 4)
  return padded
}

function unpad (padded: Buffer): Unsealed {
  const length = padded.readUInt32BE()
  return 4 + length <= padded.length ? { kind: 'open', content: padded.subarray(4, 4 + length) } : { kind: 'damaged' }
}
