import { describe, expect, it } from 'vitest'
import { RELAY_NAME_LIMITS } from '../../../../main/node/limits.ts'
import { readRelayName, type RelayName } from '../../../../main/node/relays/relay-name.ts'
import { resolveRelayName, type NamedRelays } from '../../../../main/node/relays/resolve-relay-name.ts'
import type { WhoAnswers } from '../../../../main/node/relays/who-answers.ts'
import { makePeer } from '../../support/peers.ts'

const peers = await Promise.all(Array.from({ length: 12 }, async () => (await makePeer()).peerId))
const [one = '', two = ''] = peers
const address = (peer: string, port = 4001): string => `/ip4/203.0.113.7/tcp/${String(port)}/p2p/${peer}`

function name (text: string): RelayName {
  const read = readRelayName(text)
  if (read === undefined) throw new Error(`${text} is no name`)
  return read
}

/** A zone: what `_dnsaddr.<host>` answers, or the code of an error. */
async function look (text: string, zone: Readonly<Record<string, readonly string[] | string>>, hosts: readonly string[] = []): Promise<NamedRelays & { readonly asked: readonly string[] }> {
  const asked: string[] = []
  const result = await resolveRelayName(name(text), {
    lookUpText: async (host) => {
      asked.push(host)
      const answer = zone[host.replace('_dnsaddr.', '')] ?? 'ENOTFOUND'
      if (typeof answer === 'string') throw Object.assign(new Error('queryTxt'), { code: answer })
      return answer
    },
    resolve: async (host) => hosts.includes(host) ? ['203.0.113.7'] : []
  })
  return { ...result, asked }
}

describe('looking a relay\'s name up', () => {
  it('gives every relay that it lists, each with all its addresses, in one order', async () => {
    expect(await look('relay.example', { 'relay.example': [`dnsaddr=${address(two)}`, `dnsaddr=/dns4/relay.example/tcp/443/tls/ws/p2p/${one}`, `dnsaddr=${address(one)}`] })).toMatchObject({
      kind: 'found',
      relays: [{ peerId: two, addresses: [address(two)] }, { peerId: one, addresses: [`/dns4/relay.example/tcp/443/tls/ws/p2p/${one}`, address(one)] }]
    })
  })

  it('asks for the name with _dnsaddr before it, and for nothing else', async () => {
    expect((await look('Relay.example', { 'relay.example': [`dnsaddr=${address(one)}`] })).asked).toEqual(['_dnsaddr.relay.example'])
  })

  it('takes those at the port, or the one relay, that the name means', async () => {
    const zone = { 'relay.example': [`dnsaddr=${address(one)}`, `dnsaddr=${address(two, 4002)}`] }
    expect(await look('relay.example:4002', zone)).toMatchObject({ relays: [{ peerId: two }] })
    expect(await look(`/dnsaddr/relay.example/p2p/${one}`, zone)).toMatchObject({ relays: [{ peerId: one }] })
    expect(await look('relay.example:443', zone)).toMatchObject({ kind: 'failed', answered: true, words: expect.stringContaining('port 443') as string })
  })

  it('follows names behind names, with the peer that they mean, and not in circles', async () => {
    const zone = {
      'relay.example': ['dnsaddr=/dnsaddr/a.example', `dnsaddr=/dnsaddr/b.example/p2p/${two}`],
      'a.example': [`dnsaddr=${address(one)}`, 'dnsaddr=/dnsaddr/relay.example'],
      'b.example': [`dnsaddr=${address(one, 9)}`, `dnsaddr=${address(two)}`]
    }
    const { asked, ...found } = await look('relay.example', zone)
    expect(found).toEqual({ kind: 'found', relays: [{ peerId: one, addresses: [address(one)] }, { peerId: two, addresses: [address(two)] }] })
    expect(asked).toHaveLength(3)
  })

  it('stops at a depth and at a number of names, whatever the answers say', async () => {
    const deep = Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`n${String(at)}.example`, [`dnsaddr=/dnsaddr/n${String(at + 1)}.example`]]))
    expect((await look('n0.example', deep)).asked).toHaveLength(RELAY_NAME_LIMITS.depth)
    const wide = { 'relay.example': Array.from({ length: 500 }, (_, at) => `dnsaddr=/dnsaddr/w${String(at)}.example`) }
    expect((await look('relay.example', wide)).asked).toHaveLength(RELAY_NAME_LIMITS.names)
  })

  it('takes in so many relays, and addresses of each, and no more', async () => {
    const many = await look('relay.example', { 'relay.example': peers.map((peer) => `dnsaddr=${address(peer)}`) })
    expect(many).toMatchObject({ kind: 'found' })
    expect('relays' in many && many.relays).toHaveLength(RELAY_NAME_LIMITS.relays)
    const wide = await look('relay.example', { 'relay.example': Array.from({ length: 10_000 }, (_, at) => `dnsaddr=${address(one, at + 1)}`) })
    expect('relays' in wide && wide.relays[0]?.addresses).toHaveLength(RELAY_NAME_LIMITS.addresses)
  })

  it('passes over what is no relay\'s address', async () => {
    const rubbish = ['v=spf1 -all', 'dnsaddr=', 'dnsaddr=/foo/bar', `dnsaddr=/ip4/203.0.113.7/udp/4001/quic-v1/p2p/${one}`, 'dnsaddr=/ip4/203.0.113.7/tcp/4001', `dnsaddr=${address(one)}${' '.repeat(2_000)}`, `dnsaddr=${address(one)}/p2p-circuit/p2p/${two}`, '\u0000\uffff']
    expect(await look('relay.example', { 'relay.example': rubbish })).toMatchObject({ kind: 'failed', answered: true, words: expect.stringContaining('does not name a relay') as string })
    expect(await look('relay.example', { 'relay.example': [...rubbish, `dnsaddr=${address(one)}`] })).toMatchObject({ kind: 'found', relays: [{ addresses: [address(one)] }] })
  })

  it.each([
    ['a host without records', { 'relay.example': 'ENODATA' }, [], true, /_dnsaddr\.relay\.example/u],
    ['a host without even that name', {}, ['relay.example'], true, /does not say which relay/u],
    ['no host', {}, [], true, /does not exist/u],
    ['an empty answer', { 'relay.example': [] }, [], true, /does not say which relay/u],
    ['a resolver that is silent', { 'relay.example': 'ETIMEOUT' }, [], false, /DNS of this network does not answer/u],
    ['a resolver that fails', { 'relay.example': 'ESERVFAIL' }, [], false, /does not answer/u],
    ['no resolver', { 'relay.example': 'ECONNREFUSED' }, [], false, /does not answer/u]
  ])('says in words what is wrong: %s', async (_, zone, hosts, answered, words) => {
    expect(await look('relay.example', zone, hosts)).toMatchObject({ kind: 'failed', answered, words: expect.stringMatching(words) as string })
  })
})

describe('asking at the name itself', () => {
  const zone = { 'relay.example': [`dnsaddr=${address(one)}`] }
  const ask = async (text: string, texts: readonly string[] | undefined, answer: Awaited<ReturnType<WhoAnswers>>): Promise<NamedRelays & { readonly asked: readonly string[] }> => {
    const asked: string[] = []
    const result = await resolveRelayName(name(text), {
      lookUpText: async () => texts ?? Promise.reject(Object.assign(new Error('queryTxt'), { code: 'ENOTFOUND' })),
      resolve: async () => [],
      whoAnswers: async (host, port) => {
        asked.push(`${host}:${String(port)}`)
        return answer
      }
    })
    return { ...result, asked }
  }

  it('is done only where DNS lists nothing that can be used', async () => {
    const there = { peerId: two, address: `/dns/relay.example/tcp/443/tls/ws/p2p/${two}` }
    expect(await ask('relay.example', zone['relay.example'], there)).toMatchObject({ relays: [{ peerId: one }], asked: [] })
    expect(await ask('relay.example', undefined, there)).toMatchObject({ relays: [{ peerId: two, addresses: [there.address] }], partial: true, asked: ['relay.example:443'] })
    expect(await ask('relay.example:8443', zone['relay.example'], there)).toMatchObject({ relays: [{ peerId: two }], asked: ['relay.example:8443'] })
  })

  it('is said where it brings more than DNS did', async () => {
    expect(await ask('relay.example', [], { trouble: 'It does not answer.' })).toMatchObject({ kind: 'failed', words: 'DNS lists no relay under relay.example that Natter can use, and none was found at wss://relay.example:443. It does not answer.' })
    expect(await ask('relay.example', undefined, { trouble: 'Its name does not resolve.' })).toMatchObject({ words: 'The name relay.example does not exist: check how it is spelt.' })
  })
})
