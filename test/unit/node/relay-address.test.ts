import { describe, expect, it } from 'vitest'
import { checkRelayAddress } from '../../../main/node/addresses/relay-address.ts'
import { encodeIdentity } from '../../../main/node/identity.ts'
import { makePeer } from '../support/peers.ts'

const { key, peerId: own } = await makePeer()
const { peerId: relay } = await makePeer()
const found = async (): Promise<readonly string[]> => ['203.0.113.7']
const nothing = async (): Promise<readonly string[]> => []

async function messageFor (text: string, resolve = found): Promise<string> {
  try {
    await checkRelayAddress(text, { ownPeerId: own, resolve })
  } catch (error) {
    expect(error).toMatchObject({ name: 'NodeError', code: 'ERR_BAD_ADDRESS' })
    return (error as Error).message
  }
  throw new Error('was taken')
}

describe('a relay address', () => {
  it.each([
    `/ip4/203.0.113.7/tcp/4001/p2p/${relay}`,
    `/ip6/2001:db8::7/tcp/4001/p2p/${relay}`,
    `/dns4/relay.example/tcp/4001/p2p/${relay}`,
    `/dns/relay.example/tcp/443/wss/p2p/${relay}`,
    `/ip4/203.0.113.7/tcp/80/ws/p2p/${relay}`,
    `/dns4/relay.example/tcp/443/tls/sni/relay.example/ws/p2p/${relay}`,
    `/dnsaddr/relay.example/p2p/${relay}`
  ])('is taken: %s', async (address) => {
    expect(await checkRelayAddress(`  ${address}\n`, { ownPeerId: own, resolve: found })).toEqual({ address, peerId: relay })
  })

  it('is written in its canonical form', async () => {
    expect((await checkRelayAddress(`/ip4/203.0.113.7/tcp/4001/ipfs/${relay}/`)).address).toBe(`/ip4/203.0.113.7/tcp/4001/p2p/${relay}`)
  })

  it.each([
    ['', /no address here/u],
    ['hello', /begins with \//u],
    ['/foo/bar', /'\/foo' that Natter does not know/u],
    ['relay.example:4001', /host and a port; the relay's peer id/u],
    ['[2001:db8::7]:4001', /host and a port/u],
    ['https://relay.example', /web address/u],
    ['natter://join#abc', /This is an invite/u],
    [relay, /not where/u],
    [`/p2p/${relay}`, /not where/u],
    ['/ip4/203.0.113.7/tcp/4001', /must end with \/p2p\//u],
    [`/ip4/203.0.113.7/tcp/4001/p2p/${relay.slice(0, 20)}`, /peer id that is none/u],
    [`/ip4/203.0.113.7/tcp/4001/p2p/${own}`, /your own address/u],
    [`/ip4/203.0.113.777/tcp/4001/p2p/${relay}`, /IPv4/u],
    [`/ip4/203.0.113.7/tcp/99999/p2p/${relay}`, /0 to 65535/u],
    [`/ip4/203.0.113.7/tcp/0/p2p/${relay}`, /port 0/u],
    [`/ip4/0.0.0.0/tcp/4001/p2p/${relay}`, /where a relay listens/u],
    [`/ip4/203.0.113.7/p2p/${relay}`, /no TCP port/u],
    [`/ip4/203.0.113.7/udp/4001/quic-v1/p2p/${relay}`, /UDP/u],
    [`/ip4/203.0.113.7/tcp/4001/p2p/${relay}/p2p-circuit`, /leads through a relay/u],
    [`/ip4/203.0.113.7/tcp/4001/p2p/${relay}/p2p-circuit/p2p/${own}`, /leads through a relay/u],
    [`/ip4/203.0.113.7/tcp/4001/p2p/${relay}/tcp/4`, /goes on after the peer id/u],
    [`/${'x'.repeat(2_999)}`, /at most 2,048/u]
  ])('is refused in one sentence: %.40s', async (text, message) => {
    expect(await messageFor(text)).toMatch(message)
  })

  it('is refused when its name does not resolve', async () => {
    expect(await messageFor(`/dns4/relay.example/tcp/4001/p2p/${relay}`, nothing)).toMatch(/relay\.example does not resolve/u)
    // The system's resolver; .invalid never resolves (RFC 6761).
    await expect(checkRelayAddress(`/dns4/natter.invalid/tcp/4001/p2p/${relay}`)).rejects.toThrow(/does not resolve/u)
  })

  const secret = encodeIdentity(key)
  const base64 = Buffer.from(secret).toString('base64')
  it.each([
    ['base64', base64],
    ['base64url', Buffer.from(secret).toString('base64url')],
    ['hex', Buffer.from(secret).toString('hex')],
    ['hex in capitals', `0x${Buffer.from(secret).toString('hex').toUpperCase()}`],
    ['among words', `my key: ${base64}`],
    ['broken into lines', `${base64.slice(0, 40)}\n${base64.slice(40)}`],
    ['as an address\'s peer id', `/ip4/203.0.113.7/tcp/4001/p2p/${base64}`],
    ['PEM', `-----BEGIN PRIVATE KEY-----\n${base64}\n-----END PRIVATE KEY-----`],
    ['kubo\'s configuration', `{"Identity":{"PrivKey":"${base64}"}}`]
  ])('is refused when it is a private key (%s), which is not repeated', async (_name, text) => {
    const message = await messageFor(text)
    expect(message).toMatch(/holds a private key/u)
    expect(message).not.toContain(base64.slice(8, 16))
  })
})
