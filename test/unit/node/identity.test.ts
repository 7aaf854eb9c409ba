import { generateKeyPair, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import { describe, expect, it } from 'vitest'
import { decodeIdentity, encodeIdentity, generateIdentity, peerIdOf } from '../../../main/node/identity.ts'

describe('identity', () => {
  it('reads back what it wrote, with the same peer id', async () => {
    const key = await generateIdentity()
    const again = decodeIdentity(encodeIdentity(key))
    expect(peerIdOf(again)).toBe(peerIdOf(key))
    expect(peerIdOf(key)).toMatch(/^12D3/u)
  })

  it('refuses bytes that are no Ed25519 key, without repeating them', async () => {
    const other = privateKeyToProtobuf(await generateKeyPair('secp256k1'))
    const cut = encodeIdentity(await generateIdentity()).slice(0, 40)
    for (const bytes of [new Uint8Array(), new Uint8Array(68), other, cut]) {
      expect(() => decodeIdentity(bytes)).toThrow(expect.objectContaining({
        name: 'NodeError', code: 'ERR_BAD_KEY', message: 'The identity key is damaged: its bytes are no Ed25519 private key.'
      }))
    }
  })
})
