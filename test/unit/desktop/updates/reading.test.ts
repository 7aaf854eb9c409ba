import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { feedFileName, readFeedAddress } from '../../../../main/desktop/updates/feed-address.ts'
import { fetchFeed, MAX_FEED_BYTES } from '../../../../main/desktop/updates/fetch-feed.ts'
import { cleanNotes, MAX_NOTES_BYTES } from '../../../../main/desktop/updates/notes.ts'
import { pickFile } from '../../../../main/desktop/updates/pick-file.ts'
import { readRelease } from '../../../../main/desktop/updates/release.ts'
import { metadata, openFeed, type Feed } from './feed.ts'

const content = Buffer.from('a package')

describe('the address of a feed', () => {
  it('is a folder over https, or over http on this computer', () => {
    expect(readFeedAddress('https://example.org/natter').href).toBe('https://example.org/natter/')
    expect(readFeedAddress('http://127.0.0.1:8080/').href).toBe('http://127.0.0.1:8080/')
    expect(readFeedAddress('http://[::1]:8080/').href).toBe('http://[::1]:8080/')
  })

  it.each(['', 'natter', 'http://example.org/', 'http://127.0.0.1.example.org/', 'ftp://example.org/', 'file:///etc/', 'https://me:secret@example.org/', 'https://example.org/?token=1', 'https://example.org/#a', 'https://exam ple.org/'])('is never %j', (text) => {
    expect(() => readFeedAddress(text)).toThrow(expect.objectContaining({ code: 'ERR_FEED_ADDRESS' }) as object)
  })

  it('holds one file for each system', () => {
    expect([feedFileName('linux', 'x64'), feedFileName('linux', 'arm64'), feedFileName('win32', 'x64'), feedFileName('darwin', 'arm64')])
      .toEqual(['latest-linux.yml', 'latest-linux-arm64.yml', 'latest.yml', 'latest-mac.yml'])
  })
})

describe('fetching', () => {
  let feed: Feed
  beforeEach(async () => { feed = await openFeed() })
  afterEach(async () => { await feed.close() })
  const get = async (deadline?: number): Promise<Uint8Array> => fetchFeed(new URL('latest-linux.yml', feed.url), { fetch, signal: new AbortController().signal, ...(deadline === undefined ? {} : { deadline }) })
  const failure = (words: RegExp): object => expect.objectContaining({ code: 'ERR_FEED_UNREACHABLE', message: expect.stringMatching(words) as string }) as object

  it('brings the bytes as they are', async () => {
    feed.files.set('latest-linux.yml', content)
    expect(Buffer.from(await get())).toEqual(content)
  })

  it('takes as much as a feed may have, and no byte more, whatever length is said', async () => {
    feed.files.set('latest-linux.yml', Buffer.alloc(MAX_FEED_BYTES, 'a'))
    expect(await get()).toHaveLength(MAX_FEED_BYTES)
    let ended: unknown
    feed.answer = (_request, response) => {
      response.on('close', () => { ended = response.writableFinished })
      const more = (): void => { while (!response.destroyed && response.write(Buffer.alloc(MAX_FEED_BYTES))); }
      response.on('drain', more)
      more()
    }
    await expect(get()).rejects.toThrow(failure(/more than a feed has/u))
    await expect.poll(() => ended).toBe(false)
  })

  it('ends when nobody answers, and when the answer stops', async () => {
    feed.answer = () => {}
    await expect(get(50)).rejects.toThrow(failure(/did not answer in time/u))
    feed.answer = (_request, response) => { response.write('version: ') }
    await expect(get(50)).rejects.toThrow(failure(/did not answer in time/u))
    feed.answer = (_request, response) => {
      response.writeHead(200, { 'content-length': 1000 }).write('version: ', () => { response.destroy() })
    }
    await expect(get()).rejects.toThrow(failure(/broke off/u))
  })

  it('says what the server answered, or that there is none', async () => {
    await expect(get()).rejects.toThrow(failure(/error 404/u))
    const { url } = feed
    await feed.close()
    await expect(fetchFeed(new URL(url), { fetch, signal: new AbortController().signal })).rejects.toThrow(failure(/could not be reached/u))
    feed = await openFeed()
  })
})

describe('a release', () => {
  it('is read as electron-builder writes it', () => {
    const release = readRelease(metadata('0.2.0', content, 'releaseNotes: |\n  New:\n  - this\nstagingPercentage: 20\n'))
    expect(release).toMatchObject({ version: '0.2.0', releaseNotes: 'New:\n- this', stagingPercentage: 20, files: [{ url: 'natter_0.2.0_amd64.deb', size: content.length }] })
    expect(readRelease(metadata('0.2.0', content))).toMatchObject({ releaseNotes: '', stagingPercentage: 100 })
  })

  it.each([
    ['no YAML', ': : {'], ['nothing', ''], ['a word', 'hello'], ['half of it', 'version: 0.2.0\n'],
    ['a version that is none', metadata('0.2', content).toString()],
    ['a file elsewhere', metadata('0.2.0', content).toString().replaceAll('url: ', 'url: ../')],
    ['a file on another host', metadata('0.2.0', content).toString().replaceAll('url: ', 'url: https://example.org/')],
    ['no checksum', metadata('0.2.0', content).toString().replaceAll(/sha512: .*/gu, 'sha512: none')],
    ['no size', metadata('0.2.0', content).toString().replaceAll(/size: .*/gu, '')],
    ['bytes that are no text', Buffer.concat([Buffer.from([0xff, 0xfe]), metadata('0.2.0', content)])]
  ])('is none with %s', (_what, bytes) => {
    expect(() => readRelease(Buffer.from(bytes))).toThrow(expect.objectContaining({ code: 'ERR_FEED_FORMAT' }) as object)
  })

  it('gives the file that fits package and processor', () => {
    const release = readRelease(metadata('0.2.0', content))
    const [file] = release.files
    if (file === undefined) throw new Error('no file')
    const several = { ...release, files: ['Natter.AppImage', 'Natter-x64.exe', 'Natter-arm64.exe', 'natter.deb'].map((url) => ({ ...file, url })) }
    expect(pickFile(several, 'exe', 'arm64')?.url).toBe('Natter-arm64.exe')
    expect(pickFile(several, 'AppImage', 'x64')?.url).toBe('Natter.AppImage')
    expect(pickFile(several, 'rpm', 'x64')).toBeUndefined()
  })
})

describe('release notes', () => {
  it('are plain text: lines stay, what cannot be seen goes', () => {
    expect(cleanNotes('\u001b[31mNew\u0007\r\n\t- \u202ethis\u200b\u0000 ')).toBe('[31mNew\n\t- this')
  })

  it('end where they become long, between two characters', () => {
    const notes = cleanNotes('ü'.repeat(MAX_NOTES_BYTES))
    expect(Buffer.byteLength(notes)).toBeLessThanOrEqual(MAX_NOTES_BYTES)
    expect(notes).toMatch(/^ü+…$/u)
  })
})
