import { describe, expect, it } from 'vitest'
import { createTextDialect } from '../../../main/chat/dialects/text.ts'
import { MAX_POST_BYTES } from '../../../main/chat/limits.ts'
import { BLANKS } from '../text/corpus/blanks.ts'

const dialect = createTextDialect('12D3self')
const read = async (data: Uint8Array): Promise<unknown> => dialect.decode({ topic: 'universal-connectivity', from: '12D3other', id: 'from-and-number', data, receivedAt: 7 })
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('raw text', () => {
  it('is written as UTF-8 and nothing else', async () => {
    const { payload, post } = await dialect.encode({ topic: 'universal-connectivity', authorName: 'Ada', text: 'Grüße 👋', time: 5, newest: 0 })
    expect(payload).toEqual(bytes('Grüße 👋'))
    expect(post).toMatchObject({ author: '12D3self', authorName: '', time: 5, at: 5, stamp: undefined, text: 'Grüße 👋' })
  })

  it('is read with whom pubsub proves, and our time', async () => {
    expect(await read(bytes('\uFEFFhello'))).toEqual({
      ok: true, post: { id: 'from-and-number', author: '12D3other', authorName: '', time: 7, at: 7, stamp: undefined, text: '\uFEFFhello' }
    })
  })

  it('is refused when it is no UTF-8, empty, or too long', async () => {
    expect(await read(new Uint8Array([0xC3, 0x28]))).toMatchObject({ ok: false, reason: 'not-text' })
    expect(await read(new Uint8Array([0xED, 0xA0, 0x80]))).toMatchObject({ ok: false, reason: 'not-text' })
    for (const blank of ['', ...BLANKS]) expect([blank, await read(bytes(blank))]).toMatchObject([blank, { ok: false, reason: 'empty' }])
    expect(await read(bytes('x'.repeat(MAX_POST_BYTES)))).toMatchObject({ ok: true })
    expect(await read(new Uint8Array(MAX_POST_BYTES + 1))).toMatchObject({ ok: false, reason: 'too-large' })
  })
})
