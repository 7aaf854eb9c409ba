import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import * as v from 'valibot'
import { KeyError } from './errors.ts'

/**
 * What a new key is wrapped with: 128 MiB and about 0.4 s a guess
 * (OWASP Password Storage Cheat Sheet, scrypt).
 */
const PARAMETERS = { N: 2 ** 17, r: 8, p: 1 } as const
/** Bytes that a key file may make us use: it may come from a backup that somebody else touched. */
const MAX_MEMORY = 512 * 1024 * 1024

const bytes = (length: number) => v.pipe(v.string(), v.base64(), v.check((text) => Buffer.from(text, 'base64').byteLength === length))
const powerOfTwo = v.check((value: number) => Number.isInteger(Math.log2(value)))

/** A key wrapped by a passphrase, as JSON: scrypt makes the key that AES-256-GCM seals with. */
export const WrappedKey = v.pipe(
  v.object({
    kdf: v.literal('scrypt'),
    // Less than 2^14 would be no protection; a file that says so was tampered with.
    N: v.pipe(v.number(), v.integer(), v.minValue(2 ** 14), v.maxValue(2 ** 20), powerOfTwo),
    r: v.pipe(v.number(), v.integer(), v.minValue(8), v.maxValue(32)),
    p: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4)),
    salt: bytes(16),
    cipher: v.literal('aes-256-gcm'),
    nonce: bytes(12),
    tag: bytes(16),
    sealed: v.pipe(v.string(), v.base64(), v.maxLength(1_024))
  }),
  v.check(({ N, r }) => 128 * N * r <= MAX_MEMORY)
)
export type WrappedKey = v.InferOutput<typeof WrappedKey>

/** Wraps secret bytes. Takes about half a second, on another thread. */
export async function wrap (secret: Uint8Array, passphrase: string): Promise<WrappedKey> {
  const header = { kdf: 'scrypt', ...PARAMETERS, salt: randomBytes(16).toString('base64'), cipher: 'aes-256-gcm', nonce: randomBytes(12).toString('base64') } as const
  const cipher = createCipheriv('aes-256-gcm', await derive(passphrase, header), Buffer.from(header.nonce, 'base64'))
  cipher.setAAD(boundTo(header))
  const sealed = Buffer.concat([cipher.update(secret), cipher.final()])
  return { ...header, tag: cipher.getAuthTag().toString('base64'), sealed: sealed.toString('base64') }
}

/**
 * Opens what {@link wrap} made.
 *
 * @throws {KeyError} `ERR_WRONG_PASSPHRASE`; a changed file looks the same
 */
export async function unwrap (wrapped: WrappedKey, passphrase: string): Promise<Uint8Array> {
  const decipher = createDecipheriv('aes-256-gcm', await derive(passphrase, wrapped), Buffer.from(wrapped.nonce, 'base64'), { authTagLength: 16 })
  decipher.setAAD(boundTo(wrapped))
  decipher.setAuthTag(Buffer.from(wrapped.tag, 'base64'))
  try {
    return new Uint8Array(Buffer.concat([decipher.update(Buffer.from(wrapped.sealed, 'base64')), decipher.final()]))
  } catch {
    throw new KeyError('ERR_WRONG_PASSPHRASE', 'This passphrase does not open the key: look at capital letters and the keyboard\'s language, and try again.')
  }
}

type Header = Pick<WrappedKey, 'kdf' | 'N' | 'r' | 'p' | 'salt' | 'cipher'>

/** The parameters are part of what is authenticated. */
function boundTo ({ kdf, N, r, p, salt, cipher }: Header): Buffer {
  return Buffer.from(JSON.stringify(['natter-key-1', kdf, N, r, p, salt, cipher]))
}

async function derive (passphrase: string, { N, r, p, salt }: Header): Promise<Buffer> {
  // The same letters typed on another keyboard must give the same bytes (RFC 8265 asks for NFC).
  const text = passphrase.normalize('NFC')
  return new Promise((resolve, reject) => {
    scrypt(text, Buffer.from(salt, 'base64'), 32, { N, r, p, maxmem: 2 * MAX_MEMORY }, (error, key) => {
      if (error === null) resolve(key)
      else reject(error)
    })
  })
}
