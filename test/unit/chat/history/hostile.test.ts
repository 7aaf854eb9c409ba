import { describe, expect, it } from 'vitest'
import { encodeAnswer, encodeRequest, decodeRequest, toBytes, type RequestBody } from '../../../../main/chat/history/codec.ts'
import { unpackAsked } from '../../../../main/chat/history/keys.ts'
import { SESSION_LIMITS } from '../../../../main/chat/history/limits.ts'
import { packViews, type View } from '../../../../main/chat/history/views.ts'
import type { Channel } from '../../../../main/node/types.ts'
import { channelPair } from '../../support/channel-pair.ts'
import { answers, asks, peerOf, TOPIC, type Peer } from '../../support/history-sessions.ts'
import { payloadOf } from '../../support/plain-history.ts'

const BEGIN = Date.UTC(2026, 10, 1)
const LIAR = toBytes('liarliar')

function honest (posts = 200): Peer {
  return peerOf('honest', Array.from({ length: posts }, (_, at) => payloadOf(TOPIC, BEGIN + at * 60_000, String(at))))
}

/** How an honest peer's session with one that answers by hand ends. */
async function against (answer: (body: RequestBody, channel: Channel) => Promise<void> | void, peer = honest()): Promise<unknown> {
  const { ends: [ours, theirs] } = channelPair('honest', 'hostile', { deadline: 500 })
  const hostile = (async () => {
    for (;;) {
      const message = await theirs.receive()
      if (message === undefined) return
      await answer(decodeRequest(message), theirs)
    }
  })().catch(() => {})
  const outcome = await asks(peer, ours, { ...SESSION_LIMITS, time: 2_000, hardTime: 3_000, requests: 200 }).catch((error: unknown) => error)
  ours.abort(new Error('over'))
  await hostile
  return outcome
}

function welcome (view: View): Uint8Array {
  return encodeAnswer({ case: 'welcome', value: { floor: 0n, fingerprint: LIAR, view: packViews([{ prefix: '', list: false }], [view]) } })
}

function parts (prefix: string, count = 1_000): View {
  return { kind: 'parts', parts: [...'0123456789abcdef'].map((digit) => ({ prefix: prefix + digit, count, fingerprint: 'liarliar' })) }
}

const short = (number: number): string => String(number).padStart(8, '0')
const BROKEN = { code: 'ERR_BROKEN_RULES' }
const WASTED = { code: 'ERR_WASTED' }

describe('a peer that answers', () => {
  it.each([
    ['rubbish', Uint8Array.of(255, 255, 255)],
    ['nothing', new Uint8Array(0)],
    ['another answer than was asked for', encodeAnswer({ case: 'given', value: { skipped: 0, wanted: new Uint8Array(0) } })],
    ['a floor beyond time', encodeAnswer({ case: 'welcome', value: { floor: 1n << 60n, fingerprint: LIAR, view: Uint8Array.of(0) } })],
    ['a view that ends early', encodeAnswer({ case: 'welcome', value: { fingerprint: LIAR, view: Uint8Array.of(1, 200) } })],
    ['a list of 25 posts', welcome({ kind: 'list', entries: Array.from({ length: 25 }, (_, at) => ({ stamp: BEGIN + at, short: short(at) })) })],
    ['a list that repeats', welcome({ kind: 'list', entries: [1, 1].map((at) => ({ stamp: BEGIN + at, short: short(at) })) })],
    ['a range of one part', welcome({ kind: 'parts', parts: [{ prefix: '0', count: 9, fingerprint: 'liarliar' }] })],
    ['an empty part', welcome({ kind: 'parts', parts: ['0', '1'].map((prefix) => ({ prefix, count: 0, fingerprint: 'liarliar' })) })],
    ['a view of 200 KiB', encodeAnswer({ case: 'welcome', value: { fingerprint: LIAR, view: new Uint8Array(204_800) } })]
  ])('%s is cut off', async (_, message) => {
    expect(await against(async (_body, channel) => channel.send(message))).toMatchObject(BROKEN)
  })

  it('and ever splits further is left alone, or stopped by the bounds of a session', async () => {
    const outcome = await against(async (body, channel) => {
      if (body.case === 'hello') return channel.send(welcome(parts('')))
      if (body.case === 'done') return channel.send(encodeAnswer({ case: 'done', value: { complete: true, fingerprint: LIAR } }))
      if (body.case !== 'ranges') return channel.send(encodeAnswer({ case: 'given', value: { skipped: 0, wanted: new Uint8Array(4) } }))
      const asked = unpackAsked(body.value.prefixes, 256)
      return channel.send(encodeAnswer({ case: 'views', value: { views: packViews(asked, asked.map(({ prefix }) => prefix.length < 76 ? parts(prefix) : { kind: 'none' })) } }))
    })
    expect([{ ...WASTED }, { complete: false }].some((end) => Object.entries(end).every(([key, value]) => (outcome as Record<string, unknown>)[key] === value))).toBe(true)
  })

  it('and names other fingerprints for the same posts, again and again, is left alone', async () => {
    const peer = honest(2_000)
    const outcome = await against(async (body, channel) => {
      const lie = async (prefixes: readonly { readonly prefix: string, readonly list: boolean }[]): Promise<View[]> => {
        const ranges = await peer.store.ranges(TOPIC, prefixes.map(({ prefix }) => prefix))
        return ranges.map((range) => range.children === undefined
          ? { kind: 'none' }
          : { kind: 'parts', parts: range.children.map(({ prefix, count }) => ({ prefix, count: count + 1, fingerprint: 'liarliar' })) })
      }
      if (body.case === 'hello') return channel.send(welcome((await lie([{ prefix: '', list: false }]))[0] ?? { kind: 'none' }))
      if (body.case === 'done') return channel.send(encodeAnswer({ case: 'done', value: { complete: true, fingerprint: LIAR } }))
      if (body.case !== 'ranges') return channel.send(encodeAnswer({ case: 'given', value: { skipped: 0, wanted: new Uint8Array(body.case === 'exchange' ? Math.ceil(body.value.offer.byteLength / 32 / 8) : 0) } }))
      const asked = unpackAsked(body.value.prefixes, 256)
      return channel.send(encodeAnswer({ case: 'views', value: { views: packViews(asked, await lie(asked)) } }))
    }, peer)
    // It says that it has none of what it counted: every post is offered, and it wants none of them.
    expect(outcome).toMatchObject({ got: 0, gave: 0, isVain: true })
  })

  it('and lists posts that it does not hand out is left alone', async () => {
    const outcome = await against(async (body, channel) => {
      if (body.case === 'hello') return channel.send(welcome(parts('', 900)))
      if (body.case === 'exchange') return channel.send(encodeAnswer({ case: 'given', value: { skipped: 0, wanted: new Uint8Array(Math.ceil(body.value.offer.byteLength / 32 / 8)) } }))
      if (body.case !== 'ranges') return
      const asked = unpackAsked(body.value.prefixes, 256)
      const views = asked.map(({ prefix }, at): View => ({ kind: 'list', entries: Array.from({ length: 24 }, (_, nth) => ({ stamp: Number.parseInt(prefix.padEnd(12, '0'), 16) + nth, short: short(at * 24 + nth) })) }))
      return channel.send(encodeAnswer({ case: 'views', value: { views: packViews(asked, views) } }))
    }, honest(0))
    expect(outcome).toMatchObject(WASTED)
  })

  const handing = async (posts: readonly Uint8Array[]): Promise<unknown> => {
    const liar = peerOf('hostile', [payloadOf(TOPIC, BEGIN, 'genuine')])
    return against(async (body, channel) => {
      if (body.case === 'hello') {
        const { shortId } = await import('../../../../main/chat/history/fingerprint.ts')
        const [entry] = await liar.store.entries(TOPIC, '', undefined, 1)
        return channel.send(welcome({ kind: 'list', entries: entry === undefined ? [] : [{ stamp: entry.stamp, short: shortId(body.value.salt, entry.id) }] }))
      }
      if (body.case === 'exchange') return channel.send(encodeAnswer({ case: 'posts', value: { payloads: [...posts] } }))
    }, honest(0))
  }

  it('and hands out what was not asked for is cut off', async () => {
    expect(await handing([payloadOf(TOPIC, BEGIN, 'another')])).toMatchObject(BROKEN)
  })

  it('and hands out a post twice is cut off', async () => {
    const genuine = payloadOf(TOPIC, BEGIN, 'genuine')
    expect(await handing([genuine, genuine])).toMatchObject(BROKEN)
  })

  it('and hands out nothing at length is cut off', async () => {
    expect(await handing([])).toMatchObject(BROKEN)
  })

  it('and hands out a post of another topic is cut off, and nothing of it is kept', async () => {
    const peer = honest(0)
    const strange = payloadOf('/natter/1/other', BEGIN, 'strange')
    const { shortId, idOf } = await import('../../../../main/chat/history/fingerprint.ts')
    const outcome = await against(async (body, channel) => {
      if (body.case === 'hello') return channel.send(welcome({ kind: 'list', entries: [{ stamp: BEGIN, short: shortId(body.value.salt, idOf(strange)) }] }))
      return channel.send(encodeAnswer({ case: 'posts', value: { payloads: [strange] } }))
    }, peer)
    expect(outcome).toMatchObject(BROKEN)
    expect(peer.store.keys(TOPIC)).toEqual([])
  })

  it('not at all, or hangs up, ends the session', async () => {
    expect(await against(() => {})).toMatchObject({ code: 'ERR_GONE' })
    expect(await against(async (_body, channel) => channel.close())).toMatchObject({ code: 'ERR_GONE' })
  })

  it('busy, or in words that nobody knows, refuses', async () => {
    expect(await against(async (_body, channel) => channel.send(encodeAnswer({ case: 'end', value: { reason: 'busy' } })))).toMatchObject({ code: 'ERR_REFUSED', reason: 'busy' })
    expect(await against(async (_body, channel) => channel.send(encodeAnswer({ case: 'end', value: { reason: 'tired' } })))).toMatchObject({ code: 'ERR_REFUSED', reason: 'tired' })
  })
})

/** How an honest peer ends what a hostile one asks of it. */
async function asked (requests: (channel: Channel) => Promise<unknown>, peer = honest()): Promise<unknown> {
  const { ends: [hostile, ours] } = channelPair('hostile', 'honest', { deadline: 500 })
  const answering = answers(peer, ours, { ...SESSION_LIMITS, bytes: 200_000, time: 2_000, hardTime: 3_000, requests: 50 }).then(() => 'ended', (error: unknown) => error)
  await hostile.send(encodeRequest({ case: 'hello', value: { version: 1, topic: TOPIC, salt: new Uint8Array(16), floor: 0n } }))
  await hostile.receive()
  await requests(hostile).catch(() => {})
  return answering
}

describe('a peer that asks', () => {
  const exchange = (value: { readonly offer?: Uint8Array, readonly groups?: { readonly prefix: Uint8Array, readonly shorts: Uint8Array }[], readonly maxBytes?: number }): Uint8Array =>
    encodeRequest({ case: 'exchange', value: { offer: new Uint8Array(0), maxBytes: 100_000, ...value, groups: value.groups ?? [] } })

  it.each([
    ['rubbish', Uint8Array.of(255, 255, 255)],
    ['nothing', new Uint8Array(0)],
    ['a second greeting', encodeRequest({ case: 'hello', value: { version: 1, topic: TOPIC, salt: new Uint8Array(16) } })],
    ['after a prefix of 77 digits', encodeRequest({ case: 'ranges', value: { prefixes: Uint8Array.of(77, ...new Uint8Array(39)) } })],
    ['after ranges out of order', encodeRequest({ case: 'ranges', value: { prefixes: Uint8Array.of(1, 0x20, 1, 0x10) } })],
    ['after a range within another', encodeRequest({ case: 'ranges', value: { prefixes: Uint8Array.of(1, 0x10, 2, 0x12) } })],
    ['after 257 ranges', encodeRequest({ case: 'ranges', value: { prefixes: Uint8Array.from(Array.from({ length: 257 }, (_, at) => [4, at >> 8, at & 255]).flat()) } })],
    ['with an offer of half an id', exchange({ offer: new Uint8Array(16) })],
    ['with an offer of 1,025 ids', exchange({ offer: new Uint8Array(1_025 * 32) })],
    ['for posts of no range', exchange({ groups: [{ prefix: new Uint8Array(0), shorts: new Uint8Array(8) }] })],
    ['for 1,025 posts', exchange({ groups: [0, 1].map((digit) => ({ prefix: Uint8Array.of(1, digit << 4), shorts: new Uint8Array(8 * 513) })) })],
    ['us to take what we did not want', encodeRequest({ case: 'put', value: { payloads: [payloadOf(TOPIC, BEGIN, 'unasked')], last: true } })],
    ['us to take nothing, at length', encodeRequest({ case: 'put', value: { payloads: [], last: false } })]
  ])('%s is cut off', async (_, message) => {
    expect(await asked(async (channel) => channel.send(message))).toMatchObject(BROKEN)
  })

  it('us to take a post of another topic that it offered is cut off', async () => {
    const peer = honest(0)
    const strange = payloadOf('/natter/1/other', BEGIN)
    const { idOf } = await import('../../../../main/chat/history/fingerprint.ts')
    expect(await asked(async (channel) => {
      await channel.send(exchange({ offer: idOf(strange) }))
      await channel.receive()
      await channel.send(encodeRequest({ case: 'put', value: { payloads: [strange], last: true } }))
    }, peer)).toMatchObject(BROKEN)
    expect(peer.store.keys(TOPIC)).toEqual([])
  })

  it('without end is told in words that it is enough', async () => {
    let last: Uint8Array | undefined
    const outcome = await asked(async (channel) => {
      for (;;) {
        await channel.send(encodeRequest({ case: 'ranges', value: { prefixes: Uint8Array.of(0) } }))
        last = await channel.receive() ?? last
      }
    })
    expect(outcome).toMatchObject({ code: 'ERR_REFUSED', reason: 'enough' })
    expect(Buffer.from(last ?? []).toString('latin1')).toContain('enough')
  })

  it('and does not read what it is sent is let go', async () => {
    const { id } = (await honest().store.entries(TOPIC, '', undefined, 1))[0] ?? { id: new Uint8Array(32) }
    expect(id).toHaveLength(32)
    expect(await asked(async (channel) => {
      for (let at = 0; at < 20; at++) await channel.send(encodeRequest({ case: 'ranges', value: { prefixes: Uint8Array.of(0) } }))
    })).toMatchObject({ code: 'ERR_GONE' })
  })

  it('and offers a million posts over and over keeps no more of us than one offer', async () => {
    const peer = honest()
    expect(await asked(async (channel) => {
      for (let at = 0; ; at++) {
        const offer = Buffer.alloc(1_024 * 32)
        for (let nth = 0; nth < 1_024; nth++) offer.writeUInt32BE(at * 1_024 + nth, nth * 32)
        await channel.send(exchange({ offer }))
        await channel.receive()
        expect(peer.coming.size).toBeLessThanOrEqual(1_024)
      }
    }, peer)).toMatchObject({ code: 'ERR_REFUSED' })
    expect(peer.coming.size).toBe(0)
  })
})
