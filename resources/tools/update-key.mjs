// `npm run update-key -- ID FILE`: makes a key that signs update feeds. The private half goes into FILE, which
// nobody else can read; the public half is printed, for resources/update.json.
import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import process from 'node:process'
import { isEntry, root } from './paths.mjs'

/**
 * A key that signs.
 * @typedef {object} SigningKey
 * @property {string} id what signatures name it by
 * @property {string} seed the private half: 32 bytes in base64
 */

/** Tells which part of a line is wrong; for the person at the terminal. */
export class KeyLineError extends Error {
  /** @override */
  name = 'KeyLineError'
}

const ID = /^[A-Za-z0-9._-]{1,32}$/

/** @param {string} id @returns {{ signing: SigningKey, public: { id: string, key: string } }} */
export function makeUpdateKey(id) {
  if (!ID.test(id)) throw new KeyLineError('a key is named by up to 32 letters, digits, dots, _ and -, like 2026-a.')
  const { privateKey } = generateKeyPairSync('ed25519')
  const { d = '', x = '' } = privateKey.export({ format: 'jwk' })
  return { signing: { id, seed: toBase64(d) }, public: { id, key: toBase64(x) } }
}

/** The form in which a private key is kept, in a file or in NATTER_UPDATE_KEY. @param {SigningKey} key */
export function keyLine({ id, seed }) {
  return `${id}:${seed}`
}

/** @param {string} line @returns {SigningKey} @throws {KeyLineError} */
export function readKeyLine(line) {
  const match = /^([A-Za-z0-9._-]{1,32}):([A-Za-z0-9+/]{43}=)$/.exec(line.trim())
  if (match?.[1] === undefined || match[2] === undefined) throw new KeyLineError('a private key is one line, ID:BASE64, as update-key writes it.')
  return { id: match[1], seed: match[2] }
}

/** @param {string} base64url */
function toBase64(base64url) {
  return Buffer.from(base64url, 'base64url').toString('base64')
}

/** @param {readonly string[]} argv */
function main([id, file, ...rest]) {
  if (id === undefined || file === undefined || rest.length > 0) throw new KeyLineError('npm run update-key -- ID FILE')
  const path = resolve(file)
  if (!relative(root, path).startsWith('..')) throw new KeyLineError('a private key does not belong into the checkout: name a file outside of it.')
  const made = makeUpdateKey(id)
  writeFileSync(path, `${keyLine(made.signing)}\n`, { mode: 0o600, flag: 'wx' })
  console.log(JSON.stringify(made.public))
  console.error(`natter: the private key is in ${path}; the line above goes into resources/update.json.`)
}

if (isEntry(import.meta.url)) {
  try {
    main(process.argv.slice(2))
  } catch (error) {
    if (!(error instanceof KeyLineError) && !(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    console.error(`natter: ${error.message}`)
    process.exitCode = 2
  }
}
