import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { decodeInvite, encodeInvite } from '../../../main/node/discovery/invite.ts'
import { findInvite } from '../../../text/invite-link.ts'
import { readPasted } from '../../../text/pasted.ts'
import { findAddress, findRelay } from '../../../text/relay-text.ts'
import { readTopicName } from '../../../text/topic-name.ts'
import { makePeer, makeRecord, makeRelayAddress } from '../support/peers.ts'
import { distorted, DISTORTIONS, WRAPPINGS } from './corpus/corpus.ts'

let link = ''
let addresses: readonly string[] = []

beforeAll(async () => {
  const inviter = await makePeer()
  const { address, peerId } = await makeRelayAddress()
  link = await encodeInvite({ topic: '/natter/1/Gärten & mehr', name: 'Ada', relays: [address], record: await makeRecord(inviter) }, inviter.key)
  addresses = [
    address,
    `/dns4/relay-1.example.org/tcp/443/tls/ws/p2p/${peerId}`,
    `/ip6/2001:db8::7/tcp/4001/p2p/${peerId}`,
    `/dnsaddr/relay.example.org/p2p/QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N`
  ]
})

describe.each(DISTORTIONS)('after $by', (distortion) => {
  const { kinds = ['invite', 'address'] } = distortion

  it('an invite or an address is found, whatever stands around it', () => {
    for (const { from, before, after } of WRAPPINGS) {
      if (kinds.includes('invite')) {
        const text = before + distorted(link, distortion) + after
        expect([from, findInvite(text), readPasted(text)]).toEqual([from, link, { kind: 'invite', link }])
      }
      for (const address of kinds.includes('address') ? addresses : []) {
        const text = before + distorted(address, distortion) + after
        expect([from, findAddress(text), readPasted(text)]).toEqual([from, address, { kind: 'relay-address', address }])
      }
    }
  })
})

describe.each(WRAPPINGS.filter(({ names }) => names))('from $from', ({ before, after }) => {
  it('a name is found', () => {
    for (const name of ['music', 'Garden party', 'Café', '東京', 'می\u200cخواهم', '☕\ufe0f', '🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}', '👩\u200d🚀', 'C++', 'R&D', 'a.b', '7']) {
      expect(readPasted(before + name + after)).toEqual({ kind: 'topic', name, hash: false })
      for (const hash of ['#', '# ', '＃', '%23', '#\u200b']) expect(readTopicName(before + hash + name + after)).toEqual({ name, hash: true })
    }
    for (const name of ['relay.example.org', 'relay.example.org:4001', 'bücher.example']) {
      expect(findRelay(before + name + after)).toEqual({ kind: 'name', text: name })
      expect(readPasted(before + name + after)).toMatchObject({ kind: 'relay-name', name })
    }
  })
})

describe('an invite in what was pasted', () => {
  const unseen = fc.constantFrom('\u200b', '\u200c', '\u200d', '\u200e', '\u200f', '\u2060', '\ufeff', '\u00ad', '\u202a', '\u202c', '\u2066', '\u2069', '\u061c', '\ufe0f', '\u180e', '\u{E0041}', '\u034f', ' ', '\n', '\r\n', '\u00a0', '\t')
  const prose = fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }), fc.lorem(), fc.stringMatching(/^[\w-]{0,60}$/u))

  it('ends where it ends, whatever stands behind it', () => {
    fc.assert(fc.property(prose, prose, (before, after) => {
      expect(findInvite(`${before} ${link}${after}`)).toBe(link)
    }), { numRuns: 500 })
  })

  it('is read through whatever draws nothing within it', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(link.length), unseen), { maxLength: 40 }), prose, (marks, after) => {
      let text = link
      for (const [at, mark] of [...marks].sort(([a], [b]) => b - a)) text = text.slice(0, at) + mark + text.slice(at)
      expect(findInvite(`“${text}” ${after}`)).toBe(link)
    }), { numRuns: 500 })
  })

  it('is the whole one of several', () => {
    expect(findInvite(`${link.slice(0, 90)}…\n> ${link}`)).toBe(link)
    expect(findInvite(`<${link}|${link.slice(0, 30)}…>`)).toBe(link)
  })

  it('that is cut stays to be told so', async () => {
    for (const length of [14, 40, link.length - 1]) {
      const cut = findInvite(`Join: ${link.slice(0, length)}.`)
      expect(cut).toBe(link.slice(0, length))
      await expect(decodeInvite(`Join: ${link.slice(0, length)}.`)).rejects.toThrow(/cut short/u)
    }
    expect(findInvite('natter://settings, and join us')).toBeUndefined()
  })

  it('is opened out of a message', async () => {
    expect(await decodeInvite(`> Ada wrote:\n> Join here\u200b: <${link.replace(/.{70}/gu, '$&\n> ')}>.`)).toMatchObject({ topic: '/natter/1/Gärten & mehr' })
  })

  it('is looked for in 1 MiB within 200 ms, whatever it holds', () => {
    for (const piece of ['n', 'natter', 'natter://join#', 'n a t t e r', '/ip4/', 'a.b.', '%25', '&#x', '> ', '\u200b', ' ', '\n', 'Qm', '/p2p/Qm\n', '"', '#', 'a-', 'ß\u0301']) {
      const text = piece.repeat(Math.ceil(1_048_576 / piece.length))
      const started = performance.now()
      readPasted(text)
      findRelay(text)
      expect([piece, performance.now() - started < 1_000]).toEqual([piece, true])
    }
  })
})

describe('what was pasted', () => {
  const peer = '12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X'
  it.each<[string, object]>([
    ['', { kind: 'nothing' }],
    [' \u200b#\u3164', { kind: 'nothing' }],
    ['music', { kind: 'topic', name: 'music', hash: false }],
    ['#music', { kind: 'topic', name: 'music', hash: true }],
    ['##music', { kind: 'topic', name: '#music', hash: true }],
    ['#music, and more', { kind: 'topic', name: 'music, and more', hash: true }],
    ['#music.', { kind: 'topic', name: 'music', hash: true }],
    ['"a" and "b"', { kind: 'topic', name: '"a" and "b"', hash: false }],
    ['rock  ’n’ roll', { kind: 'topic', name: 'rock ’n’ roll', hash: false }],
    ['/natter/1/#music', { kind: 'topic', name: '/natter/1/#music', hash: false }],
    ['/eth2/beacon', { kind: 'topic', name: '/eth2/beacon', hash: false }],
    ['node.js', { kind: 'topic', name: 'node.js', hash: false }],
    ['#relay.example.org', { kind: 'topic', name: 'relay.example.org', hash: true }],
    ['wss://relay.example.org:443/', { kind: 'relay-name', name: 'relay.example.org:443', topic: 'wss://relay.example.org:443/' }],
    ['meet at example.org', { kind: 'topic', name: 'meet at example.org', hash: false }],
    ['203.0.113.7:4001', { kind: 'relay-address', address: '203.0.113.7:4001' }],
    ['[2001:db8::7]:4001', { kind: 'relay-address', address: '[2001:db8::7]:4001' }],
    [`“${peer}”`, { kind: 'relay-address', address: peer }],
    ['https://example.org/page', { kind: 'relay-address', address: 'https://example.org/page' }],
    [`<natter-relays:${'k'.repeat(43)}@https://example.org/relays.json>.`, { kind: 'relay-list', reference: `natter-relays:${'k'.repeat(43)}@https://example.org/relays.json` }],
    ['natter://settings', { kind: 'invite', link: 'natter://settings' }]
  ])('%j is told apart', (text, expected) => {
    expect(readPasted(text)).toEqual(expected)
  })

  it('is the relay at another machine, of a list that it printed', () => {
    expect(findAddress(`Listening on:\n  /ip4/127.0.0.1/tcp/4001/p2p/${peer}\n  /ip4/203.0.113.7/tcp/4001/p2p/${peer}\n`)).toBe(`/ip4/203.0.113.7/tcp/4001/p2p/${peer}`)
    expect(findAddress(`/ip4/127.0.0.1/tcp/4001/p2p/${peer}`)).toBe(`/ip4/127.0.0.1/tcp/4001/p2p/${peer}`)
  })

  it('is a relay in a sentence where a relay is asked for, unless it names several', () => {
    expect(findRelay('Ours is relay.example.org, use it.')).toEqual({ kind: 'name', text: 'relay.example.org' })
    expect(findRelay('Ours is <http://relay.example.org|relay.example.org>')).toEqual({ kind: 'name', text: 'relay.example.org' })
    expect(findRelay('a.example.org or b.example.org')).toBeUndefined()
    expect(findRelay('ask ada@example.org')).toBeUndefined()
  })

  it('is a topic with any name that people write', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (text) => {
      const read = readPasted(text)
      if (read.kind === 'topic' && !read.name.startsWith('/natter/1/')) expect(readTopicName(read.name).name.length).toBeLessThanOrEqual(read.name.length)
    }))
  })
})
