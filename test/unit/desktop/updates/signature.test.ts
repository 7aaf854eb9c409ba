import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { signatureLine, splitFeed, verifyFeed } from '../../../../main/desktop/updates/signature.ts'
import { signFeed } from '../../../../resources/tools/sign-feed.mjs'
import { KNOWN, metadata, signed, STRANGER } from './feed.ts'

const KEYS = [KNOWN.public]
const body = metadata('0.2.0', Buffer.from('a package'))
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()
const refusal = (words: RegExp): object => expect.objectContaining({ code: 'ERR_FEED_SIGNATURE', message: expect.stringMatching(words) as string }) as object

const signature = fc.record({
  keyId: fc.stringMatching(/^[A-Za-z0-9._-]{1,32}$/u),
  signature: fc.uint8Array({ minLength: 64, maxLength: 64 }).map((bytes) => Buffer.from(bytes))
})

describe('a signed feed', () => {
  it('gives back what was signed, and nothing behind it', () => {
    expect(text(verifyFeed(signed(body), 'latest-linux.yml', KEYS))).toBe(text(body))
  })

  it('is refused after any change of a single byte', () => {
    const file = signed(body)
    fc.assert(fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const changed = Buffer.from(file)
      changed[at] = (changed[at] ?? 0) ^ change
      expect(() => verifyFeed(changed, 'latest-linux.yml', KEYS)).toThrow()
    }))
  })

  it('is refused where something stands behind the signature or before it', () => {
    expect(() => verifyFeed(Buffer.concat([signed(body), Buffer.from('version: 9.9.9\n')]), 'latest-linux.yml', KEYS)).toThrow(refusal(/no signature/u))
    expect(() => verifyFeed(Buffer.concat([Buffer.from('version: 9.9.9\n'), signed(body)]), 'latest-linux.yml', KEYS)).toThrow(refusal(/does not belong/u))
  })

  it('does not stand for another platform', () => {
    expect(() => verifyFeed(signed(body, 'latest.yml'), 'latest-linux.yml', KEYS)).toThrow(refusal(/does not belong/u))
  })

  it('is refused unsigned, by a stranger, and by a stranger who calls the key like ours', () => {
    expect(() => verifyFeed(body, 'latest-linux.yml', KEYS)).toThrow(refusal(/no signature/u))
    expect(() => verifyFeed(signed(body, 'latest-linux.yml', [STRANGER.signing]), 'latest-linux.yml', KEYS)).toThrow(refusal(/does not know/u))
    const impostor = { ...STRANGER.signing, id: KNOWN.public.id }
    expect(() => verifyFeed(signed(body, 'latest-linux.yml', [impostor]), 'latest-linux.yml', KEYS)).toThrow(refusal(/does not belong/u))
  })

  it('is good by one of two keys while they change, whichever the app knows', () => {
    const both = signed(body, 'latest-linux.yml', [KNOWN.signing, STRANGER.signing])
    expect(splitFeed(both).signatures.map(({ keyId }) => keyId)).toEqual(['2026-a', '2026-b'])
    for (const key of [KNOWN.public, STRANGER.public]) expect(text(verifyFeed(both, 'latest-linux.yml', [key]))).toBe(text(body))
    const later = signFeed(signed(body), 'latest-linux.yml', [STRANGER.signing], { add: true })
    expect(text(later)).toBe(text(both))
  })
})

describe('the lines of signatures', () => {
  it('are found again as they were written, behind any text', () => {
    fc.assert(fc.property(fc.string(), fc.array(signature, { maxLength: 8 }), (words, signatures) => {
      const before = Buffer.from(`${words}\nend: here\n`)
      const found = splitFeed(Buffer.concat([before, Buffer.from(signatures.map((one) => `${signatureLine(one)}\n`).join(''))]))
      expect(text(found.body)).toBe(text(before))
      expect(found.signatures).toEqual(signatures)
    }))
  })

  it('never make the reader fail, whatever the bytes, and it loses none of them', () => {
    const piece = fc.oneof(fc.string(), fc.constant('\n'), fc.constant('# natter-signature '), signature.map(signatureLine))
    fc.assert(fc.property(fc.array(piece).map((pieces) => Buffer.from(pieces.join(''))), (bytes) => {
      const { body: rest, signatures } = splitFeed(bytes)
      expect(text(bytes)).toBe(`${text(rest)}${signatures.map((one) => `${signatureLine(one)}\n`).join('')}`)
    }))
  })
})
