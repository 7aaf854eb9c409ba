import { describe, expect, it } from 'vitest'
import { createNatterDialect } from '../../../main/chat/dialects/natter.ts'
import { createMentions, namesUs } from '../../../main/chat/topics/mentions.ts'
import type { Post } from '../../../preload/contract/index.ts'
import { ada, chat, garden, hear, posts, useChat } from './support/chat.ts'

describe('a text names us', () => {
  it.each([
    ['@Ada', 'Ada'], ['hello @ada!', 'Ada'], ['(@ADA)', 'Ada'], ['@Ada, @Bo: come', 'Bo'], ['@Ada.', 'Ada'], ['@Ada Lovelace says', 'Ada Lovelace'],
    ['@ada\u00A0lovelace', 'Ada Lovelace'], ['@Zoe\u0308!', 'Zo\u00EB'], ['看@小明', '小明'], ['@小明来了', '小明'], ['привет@Ада', 'Ада'], ['@a+b', 'a+b'], ['x@ada @ada', 'Ada']
  ].map(([text = '', name = '']) => ({ text, name })))('in "$text" as $name', ({ text, name }) => {
    expect(namesUs(text, name)).toBe(true)
  })

  it.each([
    ['Ada', 'Ada'], ['@Adam', 'Ada'], ['bo@ada', 'Ada'], ['ada@ada.example', 'Ada'], ['@ada.example', 'Ada'], ['@ada-lovelace', 'Ada'], ['@ada_', 'Ada'], ['@', ''], ['@Ada', ''], ['@Ad a', 'Ada']
  ].map(([text = '', name = '']) => ({ text, name })))('not in "$text" as "$name"', ({ text, name }) => {
    expect(namesUs(text, name)).toBe(false)
  })
})

const post = (text: string, own = false): Post => ({ id: text, topic: garden, author: 'a', authorName: '', time: 0, order: 0, text, own })

it('marks go with the name that we have now, and never on own posts', () => {
  let name = 'Me'
  const { mark, markPage, markHits } = createMentions(() => name)
  expect(mark(post('@me'))).toEqual({ ...post('@me'), mention: true })
  expect(mark(post('@me', true))).toEqual(post('@me', true))
  expect(markPage({ posts: [post('@me'), post('me')], older: true, newer: false })).toEqual({ posts: [{ ...post('@me'), mention: true }, post('me')], older: true, newer: false })
  expect(markHits({ hits: [{ post: post('me'), after: post('@me') }], more: false, words: ['me'] }))
    .toEqual({ hits: [{ post: post('me'), after: { ...post('@me'), mention: true } }], more: false, words: ['me'] })
  name = 'Other'
  expect(mark(post('@me'))).toEqual(post('@me'))
})

it('costs little whatever is heaped on a letter', () => {
  // As many bytes as a post may have; sorting its marks alone took 22 ms before they were cut.
  const heap = `@${'e'}${'\u0300\u0323'.repeat(4_000)} @me`
  const { mark } = createMentions(() => 'me')
  const began = performance.now()
  for (let n = 0; n < 50; n++) expect(mark(post(heap)).mention).toBe(true)
  expect((performance.now() - began) / 50).toBeLessThan(8)
})

describe('a post of somebody else', () => {
  useChat()

  it('arrives once where it comes now, with its mark, and does not where history brings what was said before', async () => {
    const arrived: Post[] = []
    chat.on('post:arrive', (each) => { arrived.push(each) })
    const payload = await hear('hello @me', garden, 'Ada', Date.now() - 60_000)
    await hear('hello all')
    expect(arrived.map(({ text, mention }) => ({ text, mention }))).toEqual([{ text: 'hello @me', mention: true }, { text: 'hello all', mention: undefined }])
    expect(posts.map(({ mention }) => mention)).toEqual([true, undefined])
    expect((await chat.listPosts(garden, { kind: 'newest' }, 10)).posts.map(({ mention }) => mention)).toEqual([true, undefined])
    expect((await chat.search('hello')).hits.map(({ post: each }) => each.mention)).toEqual([undefined, true])

    expect(await chat.take(garden, [payload])).toEqual(['known'])
    await chat.leave(garden, true)
    chat.subscribe(garden)
    expect(await chat.take(garden, [payload])).toEqual(['kept'])
    await chat.post(garden, 'mine')
    expect(arrived).toHaveLength(2)

    // A router lost it, and history brings it a moment later.
    const { payload: lost } = await createNatterDialect(ada.key).encode({ topic: garden, authorName: 'Ada', text: 'lost, @me', time: Date.now(), newest: 0 })
    expect(await chat.take(garden, [lost])).toEqual(['kept'])
    expect(arrived.map(({ text }) => text)).toEqual(['hello @me', 'hello all', 'lost, @me'])
    posts.pop()
    expect(posts.at(-2)).toMatchObject({ author: ada.peerId, mention: true })
  })
})
