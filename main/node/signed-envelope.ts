import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import { RecordEnvelope } from '@libp2p/peer-record'
import { equals } from 'uint8arrays/equals'

/** What keeps a signature made for one purpose from passing for another (libp2p RFC 0002). */
export interface EnvelopeKind {
  /** Part of what is signed, not of what travels. */
  readonly domain: string
  /** Says in the envelope how its payload is read. */
  readonly payloadType: Uint8Array
}

/** Why an envelope is not taken. */
export type EnvelopeFault = 'malformed' | 'bad-signature'

/** An envelope that does not prove what it holds. Says which way, never the content. */
export class EnvelopeError extends Error {
  override readonly name = 'EnvelopeError'
  readonly fault: EnvelopeFault

  constructor (fault: EnvelopeFault) {
    super(fault === 'malformed' ? 'The bytes are no signed envelope of this kind.' : 'The envelope\'s signature does not fit its content.')
    this.fault = fault
  }
}

/** Signs a payload and wraps it into a libp2p signed envelope. */
export async function sealEnvelope ({ domain, payloadType }: EnvelopeKind, payload: Uint8Array, key: PrivateKey): Promise<Uint8Array> {
  const record = { domain, codec: payloadType, marshal: () => payload, equals: () => false }
  return (await RecordEnvelope.seal(record, key)).marshal()
}

/**
 * Opens an envelope and checks its signature.
 *
 * Only the one encoding that {@link sealEnvelope} writes is taken: otherwise
 * anybody could wrap a signed payload anew, with the same signature in other
 * bytes, and have it pass for another one.
 *
 * @returns who signed, in base58, and the payload, byte for byte
 * @throws {EnvelopeError}
 */
export async function openEnvelope ({ domain, payloadType }: EnvelopeKind, bytes: Uint8Array): Promise<{ readonly signer: string, readonly payload: Uint8Array }> {
  const envelope = read(bytes)
  if (!equals(envelope.payloadType, payloadType) || !equals(envelope.marshal(), bytes)) throw new EnvelopeError('malformed')
  let valid = false
  try {
    valid = await envelope.validate(domain)
  } catch {
    // A signature of the wrong length makes some key types throw.
  }
  if (!valid) throw new EnvelopeError('bad-signature')
  return { signer: peerIdFromPublicKey(envelope.publicKey).toString(), payload: envelope.payload }
}

function read (bytes: Uint8Array): RecordEnvelope {
  try {
    return RecordEnvelope.createFromProtobuf(bytes)
  } catch {
    throw new EnvelopeError('malformed')
  }
}
