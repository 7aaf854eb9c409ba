import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { generateKeyPairSync, sign } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readHeader, readLine, writeHeader, writeLine } from '../../../main/desktop/files/format.ts'
import { readKeyFile } from '../../../main/desktop/keys/key-file.ts'
import { readEntry, writeEntry } from '../../../main/desktop/login/desktop-entry.ts'
import { createPostNumbers } from '../../../main/desktop/post-numbers.ts'
import { listBytes, openList } from '../../../main/desktop/relay-sources/lists/signed-list.ts'
import { readRelease } from '../../../main/desktop/updates/release.ts'
import { signatureLine, signedBytes, verifyFeed } from '../../../main/desktop/updates/signature.ts'
import { readFile as readToml } from '../../../main/relay/config/toml.ts'
import { generateIdentity } from '../../../main/node/identity.ts'
import { DEFAULT_PRIVATE, DEFAULT_SETTINGS, oldText, plainText, privateText, readPlainFile, readPrivateText } from '../../../main/settings/schema.ts'
import { seal, sealingKeyOf, unseal } from '../../../main/settings/sealed.ts'
import { ofBytes, ofText, type Decoder } from './fuzz.ts'

const folder = mkdtempSync(join(tmpdir(), 'natter-fuzz-'))
process.on('exit', () => { rmSync(folder, { recursive: true, force: true }) })

/** Reads a file that holds this. */
async function inFile (content: Uint8Array | string, read: (path: string) => unknown): Promise<unknown> {
  const path = join(folder, 'file')
  writeFileSync(path, content)
  return read(path)
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value)
const sealing = sealingKeyOf(await generateIdentity())
const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const x = publicKey.export({ format: 'jwk' }).x ?? ''
const keys = [{ id: 'one', key: Buffer.from(x, 'base64url').toString('base64') }]
const signed = (body: Uint8Array, of: Uint8Array): Buffer => Buffer.concat([body, Buffer.from(`${signatureLine({ keyId: 'one', signature: sign(null, of, privateKey) })}\n`)])
const signedList = (body: Uint8Array): Buffer => signed(body, listBytes(body))
const signedFeed = (body: Uint8Array): Buffer => signed(body, signedBytes('feed.yml', body))
const LIST = text(`${JSON.stringify({ title: 'Relays of the town', sequence: 4, expires: '2027-01-01T00:00:00Z', relays: ['/ip4/192.0.2.1/tcp/4001/p2p/12D3KooWBHvsSSKHeragACma3HUodK5FcPUpXccLu2vHooNsDf9k'] })}\n`)
const FEED = text(`version: 1.2.3
files:
  - url: natter-1.2.3-x64.AppImage
    sha512: ${Buffer.alloc(64, 1).toString('base64')}
    size: 123456
releaseDate: '2026-11-30T00:00:00.000Z'
releaseNotes: |
  What is new.
`)
const post = { id: 'a'.repeat(64), topic: '/natter/1/garden', author: '12D3', name: 'Ada', time: 1_780_000_000_000, text: 'Who is in?', payload: new Uint8Array(40) }

/** What lies on the disk, or comes as a file. */
export const FILE_DECODERS: readonly Decoder[] = [
  ofText('settings as plain text', [plainText(DEFAULT_SETTINGS, true), oldText({ ...DEFAULT_SETTINGS, subscriptions: ['/natter/1/garden'] })], readPlainFile),
  ofText('private settings, unsealed', [privateText(DEFAULT_PRIVATE, 'ab'.repeat(32))], readPrivateText),
  ofBytes('sealed file', [seal(sealing, text('{"version":1}'))], (bytes) => unseal(sealing, Buffer.from(bytes))),
  ofText('key file', [JSON.stringify({ version: 1, peerId: '12D3', protection: 'none', key: 'CAESQA==' })], async (content) => inFile(content, readKeyFile)),
  ofText('numbers of posts', ['1780000000000000000\n'], async (content) => inFile(content, async (path) => createPostNumbers(path).load())),
  ofText('first line of an export', [writeHeader('/natter/1/garden', 0), writeHeader(undefined, 0)], readHeader),
  ofText('line of an export', [writeLine(post, true), writeLine(post, false)], readLine),
  ofBytes('list of relays', [signedList(LIST)], (bytes) => openList(bytes, x), ['NodeError']),
  ofBytes('list of relays that its maker signed', [LIST], (body) => openList(signedList(body), x), ['NodeError']),
  ofBytes('update feed', [signedFeed(FEED)], (bytes) => verifyFeed(bytes, 'feed.yml', keys), ['UpdateError']),
  ofBytes('update feed that its maker signed', [FEED], (body) => readRelease(verifyFeed(signedFeed(body), 'feed.yml', keys)), ['UpdateError']),
  ofText('configuration of a relay', ['[listen]\naddresses = ["/ip4/0.0.0.0/tcp/4001"]\n# words\nannounce = []\n[limits]\nmax-reservations = 500\n'], async (content) => inFile(content, readToml), ['ConfigError']),
  ofText('entry of the desktop', [writeEntry({ name: 'Natter', comment: 'Chat', icon: 'natter', exec: ['/usr/bin/natter', '--hidden'] })], readEntry)
]
