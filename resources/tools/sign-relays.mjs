// `npm run sign-relays -- --key-file FILE LIST`: signs a list of relays, in its place, with a key that `npm run update-key`
// made, and prints what people and packages name it by. A list is JSON:
//   { "title": "…", "sequence": 1, "expires": "2027-06-01T00:00:00Z", "relays": ["/dns4/…/tcp/4001/p2p/12D3…"] }
// Raise `sequence` with each change: who read a list never follows an older one.
import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { listBytes, openList } from '../../main/desktop/relay-sources/lists/signed-list.ts'
import { signatureLine, splitFeed } from '../../main/desktop/updates/signature.ts'
import { isEntry } from './paths.mjs'
import { KeyLineError, readKeyLine } from './update-key.mjs'

/** What a private Ed25519 key has before its 32 bytes (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')

/**
 * @param {Uint8Array} bytes of a list, signed or not
 * @param {import('./update-key.mjs').SigningKey} key
 * @returns {{ readonly bytes: Buffer, readonly key: string }} the list with its signature, and the public key in base64url
 */
export function signRelayList(bytes, { id, seed }) {
  const { body: old } = splitFeed(bytes)
  const body = old.at(-1) === 0x0a ? old : Buffer.concat([old, Buffer.from('\n')])
  const privateKey = createPrivateKey({ format: 'der', type: 'pkcs8', key: Buffer.concat([PKCS8, Buffer.from(seed, 'base64')]) })
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' })
  const signed = Buffer.concat([body, Buffer.from(`${signatureLine({ keyId: id, signature: sign(null, listBytes(body), privateKey) })}\n`)])
  return { bytes: signed, key: x }
}

function main() {
  const { values, positionals: [file, ...rest] } = parseArgs({ allowPositionals: true, options: { 'key-file': { type: 'string' } } })
  if (file === undefined || values['key-file'] === undefined || rest.length > 0) throw new KeyLineError('npm run sign-relays -- --key-file FILE LIST')
  const { bytes, key } = signRelayList(readFileSync(file), readKeyLine(readFileSync(values['key-file'], 'utf8')))
  // Read as Natter will: what it would not take is not signed.
  const { title, sequence, addresses } = openList(bytes, key)
  writeFileSync(file, bytes)
  console.log(`natter: signed '${title}', number ${String(sequence)}, which holds ${addresses.length === 1 ? '1 address' : `${String(addresses.length)} addresses`}; it is named by`)
  console.log(`natter-relays:${key}@https://…`)
}

if (isEntry(import.meta.url)) {
  try {
    main()
  } catch (error) {
    if (!(error instanceof Error) || !(error instanceof KeyLineError || error.name === 'NodeError' || 'code' in error)) throw error
    console.error(`natter: ${error.message}`)
    process.exitCode = 2
  }
}
