import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import { PeerRecord, RecordEnvelope } from '@libp2p/peer-record'
import { multiaddr } from '@multiformats/multiaddr'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { findInvite, INVITE_PREFIX } from '../../../text/invite-link.ts'
import { lastPeerId } from '../addresses/peer-ids.ts'
import { NodeError } from '../errors.ts'
import { MAX_TOPIC_NAME_BYTES } from '../limits.ts'
import { EnvelopeError, openEnvelope, sealEnvelope, type EnvelopeKind } from '../signed-envelope.ts'
import { InviteSchema, type Invite as InviteMessage } from './invite_pb.ts'

/** Characters of a link that are read at all: earlier versions named every address of a computer. */
export const MAX_INVITE_LENGTH = 8_192
/** Characters of a link that is made, so that chat and mail programs carry it whole. */
export const MAX_NEW_INVITE_LENGTH = 3_000
/** Relays in one invite; two are used at a time, the rest is reserve. */
export const MAX_INVITE_RELAYS = 8

const VERSION = 1
const KIND: EnvelopeKind = { domain: 'natter-invite', payloadType: new TextEncoder().encode('/natter/invite') }

/** What an invite says. */
export interface InviteContent {
  /** The topic's name on the wire. */
  readonly topic: string
  /** The inviter's display name, as they wrote it. */
  readonly name: string
  /** Multiaddrs of relays, each with its peer id. */
  readonly relays: readonly string[]
  /** The inviter's signed peer record: an envelope's bytes. */
  readonly record: Uint8Array
}

/** An invite that was read: its content, and who made it, as its signature proves. */
export interface Invite extends InviteContent {
  readonly from: string
}

/**
 * Makes a link; the inviter's key signs all of it. Relays beyond the eighth
 * are left out, and the last ones of those that would make it too long.
 *
 * @throws {NodeError} `ERR_BAD_INVITE` if it would be too long to be read
 */
export async function encodeInvite (content: InviteContent, key: PrivateKey): Promise<string> {
  const relays = content.relays.slice(0, MAX_INVITE_RELAYS).map((address) => multiaddr(address).bytes)
  for (;;) {
    const message = create(InviteSchema, { version: VERSION, topic: content.topic, name: content.name, relays, record: content.record })
    const link = INVITE_PREFIX + toString(await sealEnvelope(KIND, toBinary(InviteSchema, message), key), 'base64url')
    if (link.length <= MAX_NEW_INVITE_LENGTH) return link
    // One relay stays: it is how people get here.
    if (relays.length <= 1) throw bad(`The invite would be ${count(link.length)} characters long; ${count(MAX_NEW_INVITE_LENGTH)} is the most. Put a relay with a shorter address first, and make it again.`)
    relays.pop()
  }
}

/**
 * Reads the invite in what somebody pasted; what chat and mail programs put
 * around it or into it does not matter.
 *
 * @throws {NodeError} `ERR_BAD_INVITE`, with one sentence for the person
 */
export async function decodeInvite (link: string): Promise<Invite> {
  const { signer, payload } = await openEnvelope(KIND, envelopeIn(link)).catch((error: unknown) => {
    throw error instanceof EnvelopeError && error.fault === 'bad-signature'
      ? bad('This invite was changed on its way: its signature does not fit. Ask for it again, and copy the whole link.')
      : cut()
  })
  const message = readMessage(payload)
  if (message.version > VERSION) throw bad('This invite was made by a newer Natter: update Natter to read it.')
  if (message.version !== VERSION) throw cut()
  if (message.topic === '' || new TextEncoder().encode(message.topic).byteLength > MAX_TOPIC_NAME_BYTES) throw bad('This invite names no topic that could be joined: ask for another one.')
  if (message.relays.length > MAX_INVITE_RELAYS) throw bad(`This invite names ${count(message.relays.length)} relays; ${MAX_INVITE_RELAYS} is the most. Ask for another one.`)
  await checkRecord(message.record, signer)
  return { from: signer, topic: message.topic, name: message.name, relays: message.relays.map(readRelay), record: message.record }
}

function envelopeIn (pasted: string): Uint8Array {
  const link = findInvite(pasted) ?? pasted
  if (link.length > MAX_INVITE_LENGTH) throw bad(`This is ${count(pasted.length)} characters long; an invite has at most ${count(MAX_INVITE_LENGTH)}. Copy only the link.`)
  const text = link.replace(/\s+/gu, '')
  if (text === '') throw bad(`There is no invite here: paste a link that begins with ${INVITE_PREFIX}`)
  if (!text.startsWith(INVITE_PREFIX)) throw bad(INVITE_PREFIX.startsWith(text) ? 'This invite is cut short: copy the whole link.' : `This is no invite of Natter's: those begin with ${INVITE_PREFIX}`)
  try {
    return fromString(text.slice(INVITE_PREFIX.length), 'base64url')
  } catch {
    throw cut()
  }
}

function readMessage (payload: Uint8Array): InviteMessage {
  try {
    return fromBinary(InviteSchema, payload)
  } catch {
    throw cut()
  }
}

/** The record must be the signer's own: else an invite could send people to somebody else. */
async function checkRecord (record: Uint8Array, signer: string): Promise<void> {
  let peerId: string
  try {
    const envelope = await RecordEnvelope.openAndCertify(record, PeerRecord.DOMAIN)
    const named = PeerRecord.createFromProtobuf(envelope.payload).peerId
    peerId = named.equals(peerIdFromPublicKey(envelope.publicKey)) ? named.toString() : ''
  } catch {
    throw bad('This invite does not prove where its maker is reached: ask for another one.')
  }
  if (peerId !== signer) throw bad('This invite names somebody else than the one who signed it: do not trust it.')
}

function readRelay (bytes: Uint8Array): string {
  try {
    const address = multiaddr(bytes)
    if (lastPeerId(address) !== undefined) return address.toString()
  } catch {
    // Said below.
  }
  throw bad('This invite names a relay by an address that cannot be read: ask for another one.')
}

function bad (message: string): NodeError {
  return new NodeError('ERR_BAD_INVITE', message)
}

function cut (): NodeError {
  return bad('This invite is cut short or damaged: copy the whole link.')
}

function count (value: number): string {
  return value.toLocaleString('en-US')
}
