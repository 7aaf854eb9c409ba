// `npm run sign-feed -- [--key-file FILE]... [--add] [--staging PERCENT] FOLDER`: signs the update metadata of a release folder,
// after a look at whether the files that it names are there and are what it says. Keys come from the
// files and from NATTER_UPDATE_KEY; with several, each file is signed by all of them.
//   --add      keep the signatures that are there
//   --staging  let so many of a hundred have the version; 100 lets all
import { createHash, createPrivateKey, sign } from 'node:crypto'
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { readRelease } from '../../main/desktop/updates/release.ts'
import { signatureLine, signedBytes, splitFeed } from '../../main/desktop/updates/signature.ts'
import { isEntry } from './paths.mjs'
import { KeyLineError, readKeyLine } from './update-key.mjs'

/** @typedef {import('./update-key.mjs').SigningKey} SigningKey */

/** What a private Ed25519 key has before its 32 bytes (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')

/** Its message is for the person at the terminal. */
class FeedError extends Error {
  /** @override */
  name = 'FeedError'
}

/**
 * @param {Uint8Array} bytes of the metadata, signed or not
 * @param {string} fileName under which it will lie in the feed
 * @param {readonly SigningKey[]} keys
 * @param {{ add?: boolean }} [options]
 * @returns {Buffer} the same with the signatures behind it
 */
export function signFeed(bytes, fileName, keys, { add = false } = {}) {
  const { body: old, signatures } = splitFeed(bytes)
  const body = old.at(-1) === 0x0a ? old : Buffer.concat([old, Buffer.from('\n')])
  const message = signedBytes(fileName, body)
  const kept = add ? signatures.filter(({ keyId }) => !keys.some(({ id }) => id === keyId)) : []
  const fresh = keys.map(({ id, seed }) => ({
    keyId: id,
    signature: sign(null, message, createPrivateKey({ format: 'der', type: 'pkcs8', key: Buffer.concat([PKCS8, Buffer.from(seed, 'base64')]) }))
  }))
  return Buffer.concat([body, Buffer.from([...kept, ...fresh].map((one) => `${signatureLine(one)}\n`).join(''))])
}

/** @param {Uint8Array} body @param {string} folder @throws {FeedError} where a file is missing or another than it says */
function checkFiles(body, folder) {
  for (const { url, size, sha512 } of readRelease(body).files) {
    const path = join(folder, url)
    const isThat = statSync(path, { throwIfNoEntry: false })?.size === size && createHash('sha512').update(readFileSync(path)).digest('base64') === sha512
    if (!isThat) throw new FeedError(`${path} is missing, or is not what the metadata says.`)
  }
}

/** @param {Uint8Array} bytes @param {string} percent @returns {Uint8Array} */
function stage(bytes, percent) {
  const number = Number(percent)
  if (!Number.isInteger(number) || number < 0 || number > 100) throw new FeedError('--staging takes a whole number from 0 to 100.')
  const text = Buffer.from(splitFeed(bytes).body).toString('utf8').replace(/^stagingPercentage:.*\n/m, '')
  return Buffer.from(number === 100 ? text : `${text}stagingPercentage: ${String(number)}\n`)
}

function readOptions() {
  try {
    return parseArgs({ allowPositionals: true, options: { 'key-file': { type: 'string', multiple: true, default: [] }, add: { type: 'boolean', default: false }, staging: { type: 'string' } } })
  } catch (error) {
    throw new FeedError(error instanceof Error ? error.message : String(error))
  }
}

function main() {
  const { values, positionals } = readOptions()
  const [folder, ...rest] = positionals
  if (folder === undefined || rest.length > 0) throw new FeedError('npm run sign-feed -- [--key-file FILE]... [--add] [--staging PERCENT] FOLDER')
  if (values.add && values.staging !== undefined) throw new FeedError('--staging changes what is signed, so old signatures cannot stay: leave --add away.')
  const lines = values['key-file'].map((file) => readFileSync(file, 'utf8'))
  const fromEnvironment = process.env['NATTER_UPDATE_KEY']
  if (fromEnvironment) lines.push(fromEnvironment)
  const keys = lines.map(readKeyLine)
  if (keys.length === 0) throw new FeedError('there is no key: name one with --key-file, or put its line into NATTER_UPDATE_KEY.')
  const names = readdirSync(folder).filter((name) => /^latest(-[a-z0-9-]+)?\.yml$/.test(name))
  if (names.length === 0) throw new FeedError(`${folder} holds no latest*.yml.`)
  for (const name of names) {
    const path = join(folder, name)
    const bytes = values.staging === undefined ? readFileSync(path) : stage(readFileSync(path), values.staging)
    checkFiles(splitFeed(bytes).body, folder)
    writeFileSync(path, signFeed(bytes, name, keys, { add: values.add }))
    console.log(`natter: signed ${name} with ${keys.map(({ id }) => id).join(', ')}`)
  }
}

if (isEntry(import.meta.url)) {
  try {
    main()
  } catch (error) {
    if (!(error instanceof Error) || !(error instanceof FeedError || error instanceof KeyLineError || error.name === 'UpdateError' || 'code' in error)) throw error
    console.error(`natter: ${error.message}`)
    process.exitCode = 2
  }
}
