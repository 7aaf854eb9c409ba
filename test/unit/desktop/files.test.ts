import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createNatterDialect } from '../../../main/chat/dialects/natter.ts'
import { suggestName } from '../../../main/desktop/files/ask.ts'
import { writeHtml } from '../../../main/desktop/files/html.ts'
import { MAX_LINE_BYTES, readLines } from '../../../main/desktop/files/read-lines.ts'
import { writeFileWhole } from '../../../main/desktop/files/write-file.ts'
import type { StoredPost } from '../../../main/store/types.ts'
import { placeOfTime } from '../../../main/store/worker/place.ts'
import type { Post } from '../../../preload/contract/index.ts'
import { lastNode, makeApp, type TestApp } from '../support/app.ts'
import { makeMessage } from '../support/fake-node.ts'
import { makePeer } from '../support/peers.ts'

const garden = '/natter/1/garden'
let folder: string
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'natter-files-')) })
afterEach(async () => { await rm(folder, { recursive: true, force: true }) })

async function all<T> (items: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}
async function * of<T> (...items: readonly T[]): AsyncGenerator<T> { yield * items }
const linesOf = async (path: string): Promise<readonly (string | undefined)[]> => all(readLines(path))

describe('lines of a file', () => {
  it('come one by one, whatever ends them', async () => {
    const path = join(folder, 'file')
    await writeFile(path, '\uFEFFone\r\n\n two \nthree')
    expect(await linesOf(path)).toEqual(['one', 'two', 'three'])
    await writeFile(path, '')
    expect(await linesOf(path)).toEqual([])
  })

  it('that are too long, or no UTF-8, are said to be there and nothing else', async () => {
    const path = join(folder, 'file')
    await writeFile(path, Buffer.concat([Buffer.from('first\n'), Buffer.alloc(5_000_000, 'x'), Buffer.from('\n'), Buffer.from([0xC3, 0x28]), Buffer.from(`\n${'y'.repeat(MAX_LINE_BYTES)}\nlast`)]))
    expect((await linesOf(path)).map((line) => line?.length)).toEqual([5, undefined, undefined, MAX_LINE_BYTES, 4])
  })

  it('of a file that is not there are refused in words', async () => {
    await expect(linesOf(join(folder, 'none'))).rejects.toMatchObject({ name: 'CallError', code: 'ERR_FILE' })
    await expect(linesOf(folder)).rejects.toMatchObject({ code: 'ERR_FILE' })
  })
})

describe('a file', () => {
  it('is written whole, for its owner only, in place of another', async () => {
    const path = join(folder, 'file')
    await writeFile(path, 'old')
    await writeFileWhole(path, of('a', 'b'.repeat(100_000), 'c'))
    expect(await readFile(path, 'utf8')).toBe(`a${'b'.repeat(100_000)}c`)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readdir(folder)).toEqual(['file'])
  })

  it('that fails half way, or is ended, leaves what was there and nothing else', async () => {
    const path = join(folder, 'file')
    await writeFile(path, 'old')
    async function * failing (): AsyncGenerator<string> {
      yield 'x'.repeat(200_000)
      throw new Error('gone')
    }
    await expect(writeFileWhole(path, failing())).rejects.toThrow('gone')
    await expect(writeFileWhole(path, of('x'), AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' })
    expect([await readdir(folder), await readFile(path, 'utf8')]).toEqual([['file'], 'old'])
  })

  it('that cannot be written is said so in words', async () => {
    await expect(writeFileWhole(join(folder, 'none', 'file'), of('x'))).rejects.toMatchObject({ name: 'CallError', code: 'ERR_FILE', message: expect.stringMatching(/^file was not saved: the folder does not exist\./u) as string })
  })
})

it('a suggested name suits every file system', () => {
  const now = Date.UTC(2026, 10, 22)
  expect(suggestName('garden', now, 'html')).toBe('Natter garden 2026-11-22.html')
  expect(suggestName('a/b\\c:*?"<>|\n..', now, 'jsonl')).toBe('Natter a-b-c- 2026-11-22.jsonl')
  expect(suggestName('北京 明天', now, 'jsonl')).toBe('Natter 北京 明天 2026-11-22.jsonl')
  expect(suggestName('x'.repeat(500), now, 'jsonl').length).toBeLessThan(120)
})

describe('the readable page', () => {
  const at = Date.UTC(2026, 10, 22, 10, 15)
  const make = (text: string, more: Partial<Post> = {}, offset = 0): StoredPost => ({
    post: { id: 'id', topic: garden, author: '12D3ada', authorName: 'Ada', time: at + offset, order: placeOfTime(at + offset), text, own: false, ...more }, stamp: at, payload: new Uint8Array()
  })
  const page = async (...posts: readonly StoredPost[]): Promise<string> =>
    (await all(writeHtml(of(...posts), { title: '<b>garden</b>', now: at, locale: 'en-GB', timeZone: 'Europe/Berlin' }))).join('')

  it('holds nothing but text of what people wrote', async () => {
    const html = await page(make('<script>alert(1)</script> & "quotes" \u202E \0', { authorName: '<img src=x onerror=alert(1)>' }))
    expect(html).not.toMatch(/<script|<img|<b>garden|\0/u)
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quotes&quot;')
    expect(html).toMatch(/<meta charset="utf-8">\n<meta http-equiv="content-security-policy" content="default-src &#39;none&#39;; style-src &#39;sha256-[\w+/]+=*&#39;/u)
    expect(html).not.toMatch(/https?:\/\//u)
  })

  it('has days, and names once a group', async () => {
    const day = 86_400_000
    const html = await page(make('one'), make('two', {}, 60_000), make('three', {}, 400_000), make('mine', { own: true, author: 'me', authorName: '' }, 410_000), make('late', {}, day))
    expect([...html.matchAll(/<h2>(.*?)<\/h2>/gu)].map((match) => match[1]?.replace(',', ''))).toEqual(['Sunday 22 November 2026', 'Monday 23 November 2026'])
    expect(html.match(/<header>/gu)).toHaveLength(4)
    expect(html).toContain('<bdi>me</bdi> <small>(you)</small>')
    expect(html).toContain('<time datetime="2026-11-22T10:15:00.000Z" title="2026-11-22 10:15:00 UTC">11:15</time><p dir="auto">one</p>')
    expect(html).toContain('5 posts')
  })

  it('writes also times that no calendar has', async () => {
    const html = await page(make('far', { time: 8_640_000_000_000_000 }), make('early', { time: 0 }))
    expect(html).toContain('title="+275760-09-13 00:00:00 UTC"')
    expect(html).toContain('title="1970-01-01 00:00:00 UTC"')
  })
})

describe('an export', () => {
  let app: TestApp
  let other: TestApp
  let path: string
  beforeEach(async () => {
    [app, other] = await Promise.all([makeApp(), makeApp()])
    await Promise.all([app.session.start(), other.session.start()])
    path = join(folder, 'garden.jsonl')
    await app.call('subscribeTopic', { name: 'garden', plain: false })
    const ada = await makePeer()
    for (let index = 0; index < 5; index++) {
      const { payload } = await createNatterDialect(ada.key).encode({ topic: garden, authorName: 'Ada', text: `by Ada ${index}`, time: Date.now(), newest: 0 })
      lastNode(app).pubsub.emit('message', makeMessage(garden, payload, ada.peerId))
    }
    await expect.poll(async () => (await list(app)).length).toBe(5)
    await app.call('postMessage', { topic: garden, text: 'mine', clientId: '' })
    app.files.next = other.files.next = path
  })
  afterEach(async () => {
    for (const each of [app, other]) {
      await each.session.stop()
      await rm(each.folder, { recursive: true, force: true })
    }
  })
  const list = async (from: TestApp): Promise<readonly Post[]> => (await from.call('listPosts', { topic: garden, page: { kind: 'newest' }, limit: 200 })).posts
  const plain = ({ id, order, text, author, authorName, time }: Post): unknown => ({ id, order, text, author, authorName, time })

  it('comes back in another Natter as it was, and once', async () => {
    expect(await app.call('exportTopic', { topic: garden, format: 'jsonl' })).toEqual({ path, posts: 6 })
    const [header, first] = (await readFile(path, 'utf8')).split('\n').map((line): unknown => line === '' ? undefined : JSON.parse(line))
    expect(header).toMatchObject({ natter: 'history', version: 1, topic: garden })
    expect(Object.keys(first as object)).toEqual(['id', 'author', 'name', 'time', 'text', 'payload'])
    expect(await other.call('importPosts', {})).toEqual({ topics: [garden], added: 6, known: 0, refused: 0 })
    expect((await list(other)).map(plain)).toEqual((await list(app)).map(plain))
    expect((await list(other)).every(({ own }) => !own)).toBe(true)
    expect(other.settings.stored().subscriptions).toEqual([garden])
    // What is imported is no news.
    expect((await other.call('getSnapshot', {})).topics).toMatchObject([{ id: garden, unread: 0 }])
    expect(await other.call('importPosts', {})).toEqual({ topics: [garden], added: 0, known: 6, refused: 0 })
    expect(app.files.asked).toEqual(['Export "garden"'])
  })

  it('as a page is one', async () => {
    app.files.next = join(folder, 'garden.html')
    expect(await app.call('exportTopic', { topic: garden, format: 'html' })).toEqual({ path: app.files.next, posts: 6 })
    expect(await readFile(join(folder, 'garden.html'), 'utf8')).toMatch(/^<!doctype html>[^]*by Ada 4[^]*mine[^]*<\/html>\n$/u)
  })

  it('does nothing when the person chooses no file', async () => {
    app.files.next = undefined
    expect(await app.call('exportTopic', { topic: garden, format: 'jsonl' })).toBeNull()
    expect(await app.call('importPosts', {})).toBeNull()
    expect(await readdir(folder)).toEqual([])
  })

  it('that was edited by hand adds nothing that nobody signed', async () => {
    await app.call('exportTopic', { topic: garden, format: 'jsonl' })
    const [header = '', ...lines] = (await readFile(path, 'utf8')).trimEnd().split('\n')
    const post = JSON.parse(lines[0] ?? '') as Record<string, string>
    const flipped = Buffer.from(post['payload'] ?? '', 'base64')
    flipped[flipped.length - 5] = (flipped[flipped.length - 5] ?? 0) ^ 1
    const edited = [
      header,
      // Text and author beside the payload prove nothing: what was signed counts.
      JSON.stringify({ ...post, text: 'forged', author: 'forged', name: 'forged', time: 1 }),
      JSON.stringify({ ...post, payload: flipped.toString('base64') }),
      JSON.stringify({ ...post, payload: 'not base64!' }),
      JSON.stringify({ ...post, topic: '/natter/1/other' }),
      JSON.stringify({ text: 'no payload' }),
      lines[1]?.slice(0, 100),
      '[]', 'null', '"', '\0', 'x'.repeat(MAX_LINE_BYTES + 1),
      JSON.stringify({ payload: '' }),
      JSON.stringify({ topic: '/natter/1/gar\u202Eden', payload: post['payload'] }),
      '{"__proto__":{"payload":"AAAA"}}',
      lines[2]
    ]
    await writeFile(path, edited.join('\n'))
    expect(await other.call('importPosts', {})).toEqual({ topics: [garden], added: 2, known: 0, refused: 13 })
    expect((await list(other)).map(({ text }) => text)).toEqual([post['text'], (JSON.parse(lines[2] ?? '') as Record<string, string>)['text']])
    expect(other.settings.stored().subscriptions).toEqual([garden])
  })

  it.each([
    ['empty', '', /no export/u],
    ['another file', '{"hello":1}\n', /no export/u],
    ['a picture', '\x89PNG\r\n\x1a\n\0\0', /no export/u],
    ['from a newer Natter', '{"natter":"history","version":2}\n', /newer Natter/u]
  ])('that is none is refused in words: %s', async (_name, content, message) => {
    await writeFile(path, content)
    await expect(other.call('importPosts', {})).rejects.toMatchObject({ code: 'ERR_BAD_EXPORT', message: expect.stringMatching(message) as string })
    expect(other.settings.stored().subscriptions).toEqual([])
  })

  it('leaves out who is blocked', async () => {
    await app.call('exportTopic', { topic: garden, format: 'jsonl' })
    const author = (await list(app))[0]?.author ?? ''
    await other.call('blockPeer', { peerId: author, name: 'Ada' })
    expect(await other.call('importPosts', {})).toEqual({ topics: [garden], added: 1, known: 0, refused: 5 })
  })

  it('of a database that was set aside comes from our folder alone', async () => {
    await writeFile(join(folder, 'posts-damaged-1.db'), '')
    for (const name of ['', '.', '..', 'posts.db', 'identity.json', '../posts-damaged-1.db', join(folder, 'posts-damaged-1.db'), 'posts-damaged-1.db', 'posts-damaged-..db']) {
      await expect(app.call('exportAside', { name }), name).rejects.toMatchObject({ code: 'ERR_FILE' })
    }
    expect(app.files.asked).toEqual([])
  })
})
