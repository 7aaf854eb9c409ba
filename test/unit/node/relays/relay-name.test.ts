import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRelayName } from '../../../../main/node/relays/relay-name.ts'
import { makePeer } from '../../support/peers.ts'

const { peerId } = await makePeer()

describe('a relay\'s name', () => {
  it.each([
    ['relay.example.org', { text: 'relay.example.org', host: 'relay.example.org' }],
    [' Relay.Example.ORG.\n', { text: 'relay.example.org', host: 'relay.example.org' }],
    ['relay.example.org:4001', { text: 'relay.example.org:4001', host: 'relay.example.org', port: 4001 }],
    ['/dnsaddr/relay.example.org', { text: 'relay.example.org', host: 'relay.example.org' }],
    ['/dnsaddr/relay', { text: '/dnsaddr/relay', host: 'relay' }],
    [`/dnsaddr/relay.example.org/p2p/${peerId}`, { text: `/dnsaddr/relay.example.org/p2p/${peerId}`, host: 'relay.example.org', peerId }],
    ['bücher.example', { text: 'xn--bcher-kva.example', host: 'xn--bcher-kva.example' }]
  ])('is read: %s', (text, name) => {
    expect(readRelayName(text)).toEqual(name)
  })

  it.each([
    '', 'relay', 'hello world', '203.0.113.7', '203.0.113.7:4001', '203.0.113.777', '[2001:db8::7]:4001', 'https://relay.example.org', 'user@relay.example.org',
    'relay.example.org/p2p', 'relay.example.org:0', 'relay.example.org:70000', 'relay..example', '-relay.example', 'a b.example', 'relay.example.org?x', '.', 'natter://join#a.b',
    `/dns4/relay.example.org/tcp/4001/p2p/${peerId}`, `/dnsaddr/relay.example.org/tcp/4001/p2p/${peerId}`, '/dnsaddr/', '/dnsaddr/relay.example.org/p2p/12D3', '/dnsaddr/a b.example',
    `${'a'.repeat(64)}.example`, `${'a.'.repeat(200)}example`, 'a'.repeat(100_000)
  ])('is none: %.60s', (text) => {
    expect(readRelayName(text)).toBeUndefined()
  })

  it('reads whatever text without a throw, and what it read once again as the same', () => {
    const piece = fc.string({ maxLength: 8, unit: fc.constantFrom('a', 'Z', '9', '-', '_', '.', 'ü', ':', '/', '\u0000') })
    const names = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join('.'))
    fc.assert(fc.property(fc.oneof(fc.string(), names, names.map((name) => `/dnsaddr/${name}`)), (text) => {
      const name = readRelayName(text)
      if (name !== undefined) expect(readRelayName(name.text)).toEqual(name)
    }))
  })
})
