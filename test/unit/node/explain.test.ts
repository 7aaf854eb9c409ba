import { describe, expect, it } from 'vitest'
import { explainAddress } from '../../../main/node/addresses/explain.ts'
import { shortPeerId } from '../../../main/node/addresses/peer-ids.ts'
import { makePeer } from '../support/peers.ts'

const { peerId: a } = await makePeer()
const { peerId: c } = await makePeer()
const [A, C] = [shortPeerId(a), shortPeerId(c)]

describe('an address in words', () => {
  it('shortens peer ids in the middle', () => {
    expect(A).toMatch(/^12D3…\w{4}$/u)
  })

  it('reads part by part', () => {
    expect(explainAddress(` /ip4/127.0.0.1/tcp/2330/p2p/${c}/p2p-circuit/p2p/${a} `)).toEqual({
      parts: [
        { code: '/ip4/127.0.0.1', words: 'dial 127.0.0.1' },
        { code: '/tcp/2330', words: 'by TCP port 2330' },
        { code: `/p2p/${c}`, words: `that is peer ${C}` },
        { code: '/p2p-circuit', words: 'through it' },
        { code: `/p2p/${a}`, words: `reach peer ${A}` }
      ],
      sentence: `dial 127.0.0.1 by TCP port 2330, that is peer ${C}; through it, reach peer ${A}`
    })
  })

  it.each([
    [`/ip6/2001:db8::1/udp/4001/quic-v1/p2p/${c}`, `dial 2001:db8::1 by UDP port 4001 with QUIC, that is peer ${C}`],
    [`/dns4/relay.example/tcp/443/wss/p2p/${c}`, `look up relay.example and dial it over IPv4 by TCP port 443 with WebSocket inside TLS, that is peer ${C}`],
    ['/dns/relay.example/tcp/443/tls/sni/relay.example/ws', 'look up relay.example and dial it by TCP port 443 with TLS for the server name relay.example with WebSocket'],
    ['/ip4/192.0.2.1/udp/9/webrtc-direct/certhash/uEiAkH5a4DPGKUuOBjYw0CgwjvcJCJMD2K_1aluKR_tpevQ', 'dial 192.0.2.1 by UDP port 9 with WebRTC, straight, proven by the certificate uEiAkH…pevQ'],
    ['/ip4/192.0.2.1/udp/9/quic-v1/webtransport', 'dial 192.0.2.1 by UDP port 9 with QUIC with WebTransport'],
    [`/ip4/192.0.2.1/tcp/9/p2p/${c}/p2p-circuit`, `dial 192.0.2.1 by TCP port 9, that is peer ${C}; through it, be reached`],
    [`/p2p-circuit/p2p/${a}`, `through any relay, reach peer ${A}`],
    [`/p2p/${a}`, `find peer ${A} by whatever address is known`],
    [`/dnsaddr/relay.example/p2p/${a}`, `look up the addresses that relay.example lists, that is peer ${A}`],
    ['/ip4/192.0.2.1/sctp/5', 'dial 192.0.2.1 with sctp 5']
  ])('%s', (address, sentence) => {
    expect(explainAddress(address).sentence).toBe(sentence)
  })

  it.each(['', '/', 'relay', '/nonsense/1', '/ip4', '/ip4/1.2.3.999', '/ip4/1.2.3.4/tcp/x', '/ip6/::g', '/p2p/zzz', '/ip4/1.2.3.4/udp/1/certhash/%'])('refuses %s in one sentence', (address) => {
    expect(() => explainAddress(address)).toThrow(expect.objectContaining({ name: 'NodeError', code: 'ERR_BAD_ADDRESS', message: expect.stringMatching(/^[^.].*[.…]$/u) as string }))
  })

  it('refuses what is far too long to be one', () => {
    expect(() => explainAddress(`/${'x'.repeat(5_000)}`)).toThrow(/5,001 characters long/u)
  })
})
