import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import type { Ed25519PrivateKey, PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { NodeError } from './errors.ts'

/** Bytes of an encoded Ed25519 private key: 4 of protobuf around 64 of key. */
const ENCODED_BYTES = 68

/** Makes the key that a peer id is derived from. Ed25519: the id then holds the whole public key. */
export async function generateIdentity (): Promise<Ed25519PrivateKey> {
  return generateKeyPair('Ed25519')
}

/** The key as libp2p's protobuf, 68 bytes. Secret: seal it before it is written anywhere. */
export function encodeIdentity (key: PrivateKey): Uint8Array {
  return privateKeyToProtobuf(key)
}

/**
 * Reads a key that {@link encodeIdentity} wrote. The error never carries the bytes.
 *
 * @throws {NodeError} `ERR_BAD_KEY` if the bytes are no Ed25519 private key
 */
export function decodeIdentity (bytes: Uint8Array): Ed25519PrivateKey {
  if (bytes.byteLength === ENCODED_BYTES) {
    try {
      const key = privateKeyFromProtobuf(bytes)
      if (key.type === 'Ed25519') return key
    } catch {
      // The library's message may quote what it read.
    }
  }
  throw new NodeError('ERR_BAD_KEY', 'The identity key is damaged: its bytes are no Ed25519 private key.')
}

/** The peer id that belongs to a key, in base58 (`12D3…`). */
export function peerIdOf (key: PrivateKey): string {
  return peerIdFromPrivateKey(key).toString()
}
