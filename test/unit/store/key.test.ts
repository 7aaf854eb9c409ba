import { describe, expect, it } from 'vitest'
import { storeKeyOf } from '../../../main/store/key.ts'
import { decodeIdentity, encodeIdentity, generateIdentity } from '../../../main/node/identity.ts'

describe('the store\'s key', () => {
  it('has 32 bytes, is the same for the same identity, and no other\'s', async () => {
    const key = await generateIdentity()
    const derived = storeKeyOf(key)
    expect(derived).toHaveLength(32)
    expect(storeKeyOf(decodeIdentity(encodeIdentity(key)))).toEqual(derived)
    expect(storeKeyOf(await generateIdentity())).not.toEqual(derived)
    expect(Buffer.from(key.raw).includes(Buffer.from(derived))).toBe(false)
  })

  it('stays what it is, or nobody\'s posts open any more', () => {
    // An Ed25519 key of the seed 00 01 … 1f, as libp2p encodes it, public half included.
    const seed = Uint8Array.from({ length: 32 }, (_, index) => index)
    const publicKey = Buffer.from('03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8', 'hex')
    const key = decodeIdentity(Buffer.concat([Buffer.from([0x08, 0x01, 0x12, 0x40]), seed, publicKey]))
    expect(Buffer.from(storeKeyOf(key)).toString('hex')).toBe('627f647bf9963faf3a7b014d58733c55e3b08dfd3eb2c4dc49b7ef3f4ecf21ef')
  })
})
