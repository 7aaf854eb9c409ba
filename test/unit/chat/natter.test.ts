import { create, toBinary } from '@bufbuild/protobuf'
import { peerIdFromString } from '@libp2p/peer-id'
import { concat } from 'uint8arrays/concat'
import { describe, expect, it } from 'vitest'
import type { Incoming } from '../../../main/chat/dialects/dialect.ts'
import { createNatterDialect } from '../../../main/chat/dialects/natter.ts'
import { PostSchema, type Post as PostMessage } from '../../../main/chat/dialects/post_pb.ts'
import { openPost } from '../../../main/chat/dialects/natter-post.ts'
import { MAX_ENVELOPE_BYTES, MAX_POST_BYTES } from '../../../main/chat/limits.ts'
import { sealEnvelope } from '../../../main/node/signed-envelope.ts'
import { BLANKS } from '../text/corpus/blanks.ts'
import { makePeer, type TestPeer } from '../support/peers.ts'

const topic = '/natter/1/garden'
const now = Date.UTC(2026, 10, 22)
const ada = await makePeer()
const eve = await makePeer()
const dialect = createNatterDialect(ada.key)
const kind = (domain = 'natter-post', type = '/natter/post') => ({ domain, payloadType: new TextEncoder().encode(type) })

const incoming = (data: Uint8Array, more: Partial<Incoming> = {}): Incoming => ({ topic, from: ada.peerId, id: 'message', data, receivedAt: now, ...more })
const reasonOf = async (data: Uint8Array, more?: Partial<Incoming>): Promise<string> => {
  const decoded = await dialect.decode(incoming(data, more))
  return decoded.ok ? 'taken' : decoded.reason
}

/** Bytes of a post as another program might make them. */
function write (change: Partial<Omit<PostMessage, '$typeName' | '$unknown'>> = {}, author: TestPeer = ada): Uint8Array {
  return toBinary(PostSchema, create(PostSchema, {
    author: peerIdFromString(author.peerId).toMultihash().bytes, displayName: 'Ada', timeMs: BigInt(now), body: 'hello', topic, nonce: new Uint8Array(8), ...change
  }))
}
const forge = async (payload: Uint8Array, signer = ada, as = kind()): Promise<Uint8Array> => sealEnvelope(as, payload, signer.key)

describe('Natter\'s signed posts', () => {
  it('are read as they were written, by whomever they come', async () => {
    const { payload, post } = await dialect.encode({ topic, authorName: 'Ada', text: 'Grüße 👋🏽\n\u0627\u0644', time: now, newest: 0 })
    const decoded = await createNatterDialect(eve.key).decode(incoming(payload, { from: eve.peerId, receivedAt: now + 500 }))
    expect(decoded).toEqual({ ok: true, post })
    expect(post).toMatchObject({ author: ada.peerId, authorName: 'Ada', text: 'Grüße 👋🏽\n\u0627\u0644', time: now, stamp: now, at: now })
    expect(post.id).toMatch(/^[\w-]{43}$/u)
  })

  it('are two posts when the same words are said twice', async () => {
    const draft = { topic, authorName: 'Ada', text: 'again', time: now, newest: 0 }
    expect((await dialect.encode(draft)).post.id).not.toBe((await dialect.encode(draft)).post.id)
  })

  it('keep fields that this version does not know, signed and byte for byte', async () => {
    // Field 15, a string: something of a later version.
    const data = await forge(concat([write(), new Uint8Array([0x7A, 3, 0x61, 0x62, 0x63])]))
    const before = data.slice()
    const decoded = await dialect.decode(incoming(data))
    expect(decoded).toMatchObject({ ok: true, post: { text: 'hello' } })
    expect(data).toEqual(before)
    // Handed on, it still verifies, and is the same post.
    expect(await createNatterDialect(eve.key).decode(incoming(before, { from: eve.peerId }))).toEqual(decoded)
  })

  it('are refused when malformed', async () => {
    expect(await reasonOf(new Uint8Array())).toBe('malformed')
    expect(await reasonOf(new TextEncoder().encode('just text'))).toBe('malformed')
    expect(await reasonOf(write())).toBe('malformed')
    const whole = await forge(write())
    for (const length of [1, 20, 60, whole.length - 1]) expect(await reasonOf(whole.slice(0, length))).toMatch(/malformed|bad-signature/u)
    expect(await reasonOf(await forge(new Uint8Array([0xFF, 0xFF, 0xFF])))).toBe('malformed')
    // A body that is no UTF-8.
    expect(await reasonOf(await forge(concat([write({ body: '' }), new Uint8Array([0x22, 2, 0xC3, 0x28])])))).toBe('malformed')
  })

  it('are refused when unsigned or wrongly signed', async () => {
    const whole = await forge(write())
    // Two bytes of protobuf stand in front of the signature's 64.
    const unsigned = whole.slice(0, whole.length - 66)
    expect(await reasonOf(unsigned)).toBe('bad-signature')
    const flipped = whole.slice()
    flipped[flipped.length - 1] = (flipped[flipped.length - 1] ?? 0) ^ 1
    expect(await reasonOf(flipped)).toBe('bad-signature')
    expect(await reasonOf(await forge(write(), ada, kind('natter-invite')))).toBe('bad-signature')
    expect(await reasonOf(await forge(write(), ada, kind('natter-post', '/other')))).toBe('malformed')
  })

  it('are refused when somebody signs in another\'s name', async () => {
    expect(await reasonOf(await forge(write({}, ada), eve))).toBe('wrong-author')
    expect(await reasonOf(await forge(write({ author: new Uint8Array() })))).toBe('wrong-author')
  })

  it('are refused in another topic than the one they were written for', async () => {
    expect(await reasonOf(await forge(write()), { topic: '/natter/1/other' })).toBe('wrong-topic')
  })

  it('are refused when their envelope was written anew, which would make one post two', async () => {
    // The same fields, and an unknown one outside the signature.
    expect(await reasonOf(concat([await forge(write()), new Uint8Array([0x7A, 0])]))).toBe('malformed')
  })

  it('are refused when empty or too long', async () => {
    expect(await reasonOf(await forge(write({ body: '' })))).toBe('empty')
    expect(await reasonOf(await forge(write({ body: ' \n\t' })))).toBe('empty')
    for (const body of BLANKS) expect([body, await reasonOf(await forge(write({ body })))]).toEqual([body, 'empty'])
    expect(await reasonOf(await forge(write({ body: 'x'.repeat(MAX_POST_BYTES) })))).toBe('taken')
    expect(await reasonOf(await forge(write({ body: 'x'.repeat(MAX_POST_BYTES + 1) })))).toBe('too-large')
    expect(await reasonOf(await forge(write({ body: '€'.repeat(MAX_POST_BYTES / 3 + 1) })))).toBe('too-large')
  })

  it('are refused when oversized, before anything is decoded', async () => {
    const started = performance.now()
    expect(await reasonOf(new Uint8Array(MAX_ENVELOPE_BYTES + 1))).toBe('too-large')
    expect(await reasonOf(new Uint8Array(1_048_576))).toBe('too-large')
    expect(performance.now() - started).toBeLessThan(200)
  })

  it('show names without characters that deceive, and not without end', async () => {
    const named = async (displayName: string): Promise<string> => {
      const decoded = await dialect.decode(incoming(await forge(write({ displayName }))))
      return decoded.ok ? decoded.post.authorName : decoded.reason
    }
    expect(await named('  A\u202Edа\u0000\n b\u2066 ')).toBe('Adа b')
    expect(await named('x'.repeat(500))).toHaveLength(64)
    expect(await named(`${'x'.repeat(63)}👋`)).toBe('x'.repeat(63))
    expect(await named('👩‍👧')).toBe('👩‍👧')
    expect(await named('')).toBe('')
  })

  it('stand after all that their author had, and say so under the signature', async () => {
    for (const [newest, stamp] of [[0, now], [now - 1, now], [now, now + 1], [now + 5_000, now + 5_001]] as const) {
      const { payload, post } = await dialect.encode({ topic, authorName: '', text: 'x', time: now, newest })
      expect(post).toMatchObject({ time: now, stamp, at: stamp })
      expect(await dialect.decode(incoming(payload))).toMatchObject({ ok: true, post: { time: now, stamp, at: stamp } })
    }
  })

  it('of before there was an order stand at their time', async () => {
    expect(await dialect.decode(incoming(await forge(write())))).toMatchObject({ ok: true, post: { time: now, stamp: now, at: now } })
  })

  const year = 365 * 86_400_000
  it.each([
    ['ten years ahead', now + 10 * year, now],
    ['ten years behind', now - 10 * year, now],
    ['in the year 9999', Date.UTC(9999, 11, 31), now],
    ['in 1970', 1, now],
    ['a day behind', now - 86_400_000, now - 86_400_000],
    ['half a day ahead', now + 43_200_000, now + 43_200_000]
  ])('say what their author\'s clock said, and stand there while that can be: %s', async (_name, time, at) => {
    expect(await dialect.decode(incoming(await forge(write({ timeMs: BigInt(time) }))))).toMatchObject({ ok: true, post: { time, stamp: time, at } })
  })

  it('take our time where the author\'s is none', async () => {
    for (const timeMs of [0n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]) {
      expect(await dialect.decode(incoming(await forge(write({ timeMs }))))).toMatchObject({ ok: true, post: { time: now, at: now } })
    }
  })

  it('carry an order that is kept within 48 bits', async () => {
    for (const order of [2n ** 48n, 2n ** 53n, 2n ** 64n - 1n]) {
      expect(await dialect.decode(incoming(await forge(write({ order }))))).toMatchObject({ ok: true, post: { stamp: 2 ** 48 - 1, at: now } })
    }
  })
})

describe('posts that somebody keeps without reading them', () => {
  it('are proved by their signature, whatever they say', async () => {
    const data = await forge(write({ order: BigInt(now + 7) }))
    expect(await openPost(data, now)).toMatchObject({ ok: true, post: { author: ada.peerId, topic, time: now, stamp: now + 7, at: now + 7 } })
    // A body that is no UTF-8 cannot be shown, and can be handed on.
    const sealed = await forge(concat([write({ body: '' }), new Uint8Array([0x22, 2, 0xC3, 0x28])]))
    expect(await openPost(sealed, now)).toMatchObject({ ok: true, post: { author: ada.peerId, topic } })
    expect(await reasonOf(sealed)).toBe('malformed')
  })

  it('are refused like any other when nobody signed them, somebody else did, or they are oversized', async () => {
    expect(await openPost(await forge(write({}, ada), eve), now)).toEqual({ ok: false, reason: 'wrong-author' })
    expect(await openPost((await forge(write())).slice(0, -66), now)).toEqual({ ok: false, reason: 'bad-signature' })
    expect(await openPost(new Uint8Array(MAX_ENVELOPE_BYTES + 1), now)).toEqual({ ok: false, reason: 'too-large' })
    expect(await openPost(new Uint8Array(), now)).toEqual({ ok: false, reason: 'malformed' })
  })
})

describe('strange texts', () => {
  const textOf = async (body: string): Promise<string> => {
    const decoded = await dialect.decode(incoming(await forge(write({ body }))))
    return decoded.ok ? decoded.post.text : decoded.reason
  }

  it('of 10 MiB are refused before their signature is looked at', async () => {
    const data = await forge(write({ body: 'x'.repeat(10_485_760) }))
    const started = performance.now()
    expect(await reasonOf(data)).toBe('too-large')
    expect(performance.now() - started).toBeLessThan(50)
  })

  it('of 10,000 combining marks are too long, of 8,000 they are as they were written', async () => {
    expect(await textOf('a' + '\u0301'.repeat(10_000))).toBe('too-large')
    const marks = 'a' + '\u0301'.repeat(8_000)
    expect(await textOf(marks)).toBe(marks)
  })

  it('that turn the writing direction round are as they were written; names are not', async () => {
    expect(await textOf('a\u202Eb\u2066c')).toBe('a\u202Eb\u2066c')
    const decoded = await dialect.decode(incoming(await forge(write({ displayName: 'gnp\u202Eexe' + '\u0301'.repeat(10_000) }))))
    expect(decoded.ok && decoded.post.authorName).toMatch(/^gnpex.{0,60}$/u)
  })

  it('that are no UTF-8 are refused', async () => {
    expect(await reasonOf(await forge(concat([write({ body: '' }), new Uint8Array([0x22, 3, 0xED, 0xA0, 0x80])])))).toBe('malformed')
  })
})
