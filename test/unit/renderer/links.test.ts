import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { linkable } from '../../../renderer/logic/linkable.ts'
import { linkParts, readLink } from '../../../renderer/logic/links.ts'
import corpus from './corpus/links.json' with { type: 'json' }

const links = (text: string): readonly (readonly [string, string])[] => linkParts(text).flatMap((part) => part.url === undefined ? [] : [[part.text, part.url] as const])

describe('links in a post', () => {
  it.each<[string, readonly (readonly [string, string])[]]>([
    ['see https://example.org/thursday.', [['https://example.org/thursday', 'https://example.org/thursday']]],
    ['(https://example.org/a_(b))', [['https://example.org/a_(b)', 'https://example.org/a_(b)']]],
    ['“http://example.org”, she said', [['http://example.org', 'http://example.org/']]],
    ['https://a.example/x?y=1&z=2#w!', [['https://a.example/x?y=1&z=2#w', 'https://a.example/x?y=1&z=2#w']]],
    ['www.example.org and example.com/x', [['www.example.org', 'http://www.example.org/'], ['example.com/x', 'http://example.com/x']]],
    ['https://bücher.example/ä', [['https://bücher.example/ä', 'https://xn--bcher-kva.example/%C3%A4']]],
    ['http://[::1]/ and http://127.0.0.1:8080/x', [['http://[::1]/', 'http://[::1]/'], ['http://127.0.0.1:8080/x', 'http://127.0.0.1:8080/x']]],
    ['README.md main.rs node.js 1.2.3.4 v1.2', []],
    ['javascript:alert(1) data:text/html,x file:///etc/passwd ftp://a.example mailto:a@b.example //a.example', []],
    ['a@example.org', []],
    ['/dns4/berlin-1.example/tcp/443/wss', []],
    ['plain words', []]
  ])('finds in %j: %j', (text, found) => {
    expect(links(text)).toEqual(found)
  })

  it.each(corpus.links)('finds %s, whatever stands directly before and behind it', (link) => {
    for (const before of corpus.before) {
      for (const after of corpus.after) expect([before, after, links(before + link + after).map(([text]) => text)]).toEqual([before, after, [link]])
    }
  })

  it.each<[string, readonly string[]]>([
    ['见https://a.example/x看https://b.example/y', ['https://a.example/x', 'https://b.example/y']],
    // Where letters follow a mark of the address, they belong to it.
    ['https://ja.wikipedia.org/wiki/日本語 と', ['https://ja.wikipedia.org/wiki/日本語']],
    ['https://a.example/?q=東京タワー&x', ['https://a.example/?q=東京タワー&x']],
    ['https://fa.wikipedia.org/wiki/می\u200cخواهم', ['https://fa.wikipedia.org/wiki/می\u200cخواهم']],
    ['https://例え.jp/x', ['https://例え.jp/x']],
    ['https://пример.example/путь', ['https://пример.example/путь']],
    ['见README.md和node.js', []],
    ['https://a.exam\u200bple/x', ['https://a.exam']]
  ])('finds in %j the addresses %j', (text, found) => {
    expect(links(text).map(([shown]) => shown)).toEqual(found)
  })

  it('stands where it stood while it is looked for', () => {
    const piece = fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.constantFrom(...corpus.before, ...corpus.after, ...corpus.links))
    fc.assert(fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const text = pieces.join('')
      const spaced = linkable(text)
      expect(spaced.length).toBe(text.length)
      for (let at = 0; at < text.length; at++) if (spaced.charAt(at) !== ' ') expect(spaced.charAt(at)).toBe(text.charAt(at))
    }))
  })

  it('is looked for in 16 KiB within 100 ms, whatever it holds', () => {
    for (const unit of ['看', 'https://a.b/', '看a.b', 'www.', 'a.', '\u200b', 'a-', '👉', 'https://看', '/', 'é', 'https://a.b/x看', '.https://']) {
      const text = `https://${unit.repeat(Math.ceil(16_384 / unit.length))}`.slice(0, 16_384)
      linkParts(text.slice(0, 100))
      const began = process.cpuUsage()
      linkParts(text)
      expect([unit, process.cpuUsage(began).user / 1_000 < 100]).toEqual([unit, true])
    }
  })

  it('is nothing but the text, whatever the text is', () => {
    const piece = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom('https://', 'www.', 'a.com', '@', ')', '.', '/', 'é', '\u202e', ' '))
    fc.assert(fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('')
      const parts = linkParts(text)
      expect(parts.map((part) => part.text).join('')).toBe(text)
      for (const { url } of parts) if (url !== undefined) expect(url).toMatch(/^https?:\/\//)
    }))
  })

  it('stays text where it is too long to read', () => {
    expect(links(`https://example.org/${'x'.repeat(5_000)}`)).toEqual([])
  })
})

describe('an address before it opens', () => {
  const read = (text: string): ReturnType<typeof readLink> => {
    const [[written, url] = ['', 'http://none.example/']] = links(text)
    return readLink(url, written)
  }

  it('sets the host apart', () => {
    expect(read('https://example.org:8443/a?b#c')).toEqual({ scheme: 'https://', host: 'example.org:8443', rest: '/a?b#c', warnings: [] })
    expect(read('https://example.org')).toEqual({ scheme: 'https://', host: 'example.org', rest: '', warnings: [] })
  })

  it('shows what look-alike letters really are', () => {
    const reading = read('https://аррӏе.com/')
    expect(reading.host).toBe('xn--80ak6aa92e.com')
    expect(reading.warnings[0]).toContain('“аррӏе.com”')
  })

  it('warns where the host reads as another one', () => {
    expect(readLink('https://example.org/', 'https://ｅxample.org/').warnings[0]).toContain('leads to example.org')
    expect(readLink('https://evil.example/', 'https://good.example@evil.example/').warnings).toEqual([])
    expect(readLink('https://good.example@evil.example/', 'https://good.example@evil.example/').warnings[0]).toContain('A name stands before the host.')
    expect(read('http://example.org/').warnings[0]).toContain('not encrypted')
  })
})
