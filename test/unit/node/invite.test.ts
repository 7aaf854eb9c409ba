import { create, toBinary } from '@bufbuild/protobuf'
import { peerIdFromString } from '@libp2p/peer-id'
import { PeerRecord, RecordEnvelope } from '@libp2p/peer-record'
import { multiaddr } from '@multiformats/multiaddr'
import fc from 'fast-check'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { beforeAll, describe, expect, it } from 'vitest'
import { decodeInvite, encodeInvite, MAX_INVITE_LENGTH, MAX_NEW_INVITE_LENGTH, type InviteContent } from '../../../main/node/discovery/invite.ts'
import { usefulAddresses } from '../../../main/node/discovery/own-record.ts'
import { InviteSchema, type Invite as InviteMessage } from '../../../main/node/discovery/invite_pb.ts'
import { sealEnvelope } from '../../../main/node/signed-envelope.ts'
import { INVITE_PREFIX } from '../../../text/invite-link.ts'
import { makePeer, makeRecord, makeRelayAddress, type TestPeer } from '../support/peers.ts'

let inviter: TestPeer
let content: InviteContent
let link: string

beforeAll(async () => {
  inviter = await makePeer()
  const relays = await Promise.all([makeRelayAddress(), makeRelayAddress('203.0.113.8')])
  content = { topic: '/natter/1/garden', name: 'Ada', relays: relays.map(({ address }) => address), record: await makeRecord(inviter) }
  link = await encodeInvite(content, inviter.key)
})

const refused = (text: string, message: RegExp): Promise<void> =>
  expect(decodeInvite(text)).rejects.toThrow(expect.objectContaining({ name: 'NodeError', code: 'ERR_BAD_INVITE', message: expect.stringMatching(message) as string }))

/** A link as another program might make it: any message, signed by anybody. */
async function forge (change: Partial<InviteMessage>, signer = inviter, domain = 'natter-invite'): Promise<string> {
  const message = create(InviteSchema, { version: 1, topic: content.topic, name: '', relays: [], record: content.record, ...change })
  const kind = { domain, payloadType: new TextEncoder().encode('/natter/invite') }
  return INVITE_PREFIX + toString(await sealEnvelope(kind, toBinary(InviteSchema, message), signer.key), 'base64url')
}

describe('invites', () => {
  it('come out as they went in, and prove who made them', async () => {
    expect(await decodeInvite(link)).toEqual({ ...content, from: inviter.peerId })
  })

  it('may have white space around and breaks inside', async () => {
    const broken = `\n  ${link.slice(0, 100)}\r\n${link.slice(100)} `
    expect((await decodeInvite(broken)).topic).toBe(content.topic)
    expect((await decodeInvite(link.replace('natter://join#', 'natter://join/#'))).topic).toBe(content.topic)
  })

  it('keep at most eight relays', async () => {
    const relays = await Promise.all(Array.from({ length: 12 }, () => makeRelayAddress()))
    const read = await decodeInvite(await encodeInvite({ ...content, relays: relays.map(({ address }) => address) }, inviter.key))
    expect(read.relays).toHaveLength(8)
  })

  it('are refused when cut, wherever', async () => {
    for (const length of [0, 5, 13, 14, 20, 60, 200, link.length - 40, link.length - 1]) {
      await refused(link.slice(0, length), /cut short|no invite here|signature does not fit/u)
    }
  })

  it('are refused when foreign', async () => {
    await refused('https://example.org/join#abc', /no invite of Natter's/u)
    await refused('natter://settings', /no invite of Natter's/u)
    await refused('natter://join#!!!', /cut short/u)
    await refused('hello', /no invite of Natter's/u)
  })

  it('are refused when 1 MiB long, in words, without being decoded', async () => {
    const started = performance.now()
    await refused(INVITE_PREFIX + 'A'.repeat(1_048_576), /1,048,590 characters long; an invite has at most 8,192/u)
    expect(performance.now() - started).toBeLessThan(500)
    await refused(INVITE_PREFIX + 'A'.repeat(MAX_INVITE_LENGTH), /at most 8,192/u)
  })

  it('are refused when changed after they were signed', async () => {
    const bytes = fromString(link.slice(INVITE_PREFIX.length), 'base64url')
    // The topic's last letter: still a well-formed invite.
    const at = new TextDecoder('latin1').decode(bytes).indexOf('garden') + 5
    bytes[at] = 'm'.charCodeAt(0)
    await refused(INVITE_PREFIX + toString(bytes, 'base64url'), /signature does not fit/u)
  })

  it('are refused when signed for another purpose', async () => {
    await refused(await forge({}, inviter, 'natter-post'), /signature does not fit/u)
  })

  it('are refused when they come from a newer Natter, name no topic, or too many relays', async () => {
    await refused(await forge({ version: 2 }), /newer Natter/u)
    await refused(await forge({ version: 0 }), /cut short/u)
    await refused(await forge({ topic: '' }), /names no topic/u)
    await refused(await forge({ topic: 'x'.repeat(600) }), /names no topic/u)
    await refused(await forge({ relays: Array.from({ length: 9 }, () => new Uint8Array()) }), /9 relays; 8 is the most/u)
    await refused(await forge({ relays: [new Uint8Array([4, 1, 2])] }), /address that cannot be read/u)
    await refused(await forge({ relays: [new Uint8Array([4, 1, 2, 3, 4])] }), /address that cannot be read/u)
  })

  it('are refused when the peer record is forged or somebody else\'s', async () => {
    const other = await makePeer()
    await refused(await forge({ record: await makeRecord(other) }), /somebody else/u)
    // Signed by the inviter, but naming another: a forged peer record.
    await refused(await forge({ record: await makeRecord(inviter, other.peerId) }), /somebody else/u)
    await refused(await forge({ record: new Uint8Array([1, 2, 3]) }), /does not prove/u)
    await refused(await forge({ record: new Uint8Array() }), /does not prove/u)
  })
})

describe('a computer with many network interfaces', () => {
  const lan = (n: number): string => `/ip4/10.${String(n >> 8)}.${String(n & 255)}.5/tcp/4001`
  const relay = async (host: string): Promise<string> => `${(await makeRelayAddress(host)).address}/p2p-circuit`
  const chosen = (addresses: readonly string[]): string[] => usefulAddresses(addresses.map((address) => multiaddr(address))).map(String)

  it('offers circuits and public addresses before those of the local network, eight in all', async () => {
    const [one, other] = [await relay('5.9.1.7'), await relay('5.9.1.8')]
    const [open, open6] = ['/ip4/5.9.1.4/tcp/4001', '/ip6/2001:db9::5/tcp/4001']
    const local = Array.from({ length: 250 }, (_, n) => lan(n))
    const all = chosen(['/ip4/127.0.0.1/tcp/4001', '/ip6/fe80::1/tcp/4001', ...local, open, one, open6, other])
    expect(all).toEqual([one, other, open, open6, ...local.slice(0, 4)])
    expect(chosen([...local, '/ip4/127.0.0.1/tcp/4001'])).toEqual(local.slice(0, 8))
    expect(chosen(['/ip4/127.0.0.1/tcp/4001', lan(1), lan(1)])).toEqual([lan(1), '/ip4/127.0.0.1/tcp/4001'])
    // Neither many public addresses nor many circuits through one relay push out the others.
    const many6 = Array.from({ length: 40 }, (_, n) => `/ip6/2001:db9::${(n + 16).toString(16)}/tcp/4001`)
    expect(chosen([...many6, one]).slice(0, 2)).toEqual([one, many6[0]])
    const peer = one.slice(one.indexOf('/p2p/'))
    const through = Array.from({ length: 40 }, (_, n) => `/ip4/5.9.1.7/tcp/${String(5_000 + n)}${peer}`)
    expect(chosen([...through, open]).slice(0, 2)).toEqual([through[0], open])
  })

  it('makes invites of at most 3,000 characters that open, whatever addresses, names and relays it has', async () => {
    const relays = await Promise.all(Array.from({ length: 10 }, async () => (await makeRelayAddress('5.9.1.9')).peerId))
    const host = fc.oneof(
      fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)).map((parts) => `/ip4/${parts.join('.')}`),
      fc.bigInt(0n, 2n ** 64n - 1n).map((low) => `/ip6/2001:db9::${low.toString(16).padStart(16, '0').replace(/(.{4})(?=.)/gu, '$1:')}`),
      fc.stringMatching(/^[a-z]{1,60}$/u).map((label) => `/dns4/${`${label}.`.repeat(4)}example`))
    const address = fc.tuple(host, fc.integer({ min: 1, max: 65_535 }), fc.constantFrom('', '/ws', '/tls/ws')).map(([at, port, more]) => `${at}/tcp/${String(port)}${more}`)
    const circuit = fc.tuple(address, fc.constantFrom(...relays)).map(([at, peer]) => `${at}/p2p/${peer}`)
    await fc.assert(fc.asyncProperty(fc.array(fc.oneof(address, circuit.map((at) => `${at}/p2p-circuit`)), { maxLength: 250 }), fc.array(circuit, { minLength: 1, maxLength: 12 }),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 24 }), async (own, offered, name) => {
        const useful = usefulAddresses(own.map((at) => multiaddr(at)))
        expect(useful.length).toBeLessThanOrEqual(8)
        expect(useful.length).toBeGreaterThan(own.length === 0 ? -1 : 0)
        const record = (await RecordEnvelope.seal(new PeerRecord({ peerId: peerIdFromString(inviter.peerId), multiaddrs: useful }), inviter.key)).marshal()
        const made = await encodeInvite({ topic: `/natter/1/${name}`, name, relays: offered, record }, inviter.key)
        expect(made.length).toBeLessThanOrEqual(MAX_NEW_INVITE_LENGTH)
        const read = await decodeInvite(`(${made})`)
        expect(read).toMatchObject({ topic: `/natter/1/${name}`, name, record, from: inviter.peerId })
        expect(read.relays).toEqual(offered.slice(0, read.relays.length).map((at) => multiaddr(at).toString()))
        expect(read.relays.length).toBeGreaterThan(0)
      }), { numRuns: 60 })
  })

  it('opens invites of earlier versions, which name all addresses', async () => {
    const multiaddrs = Array.from({ length: 300 }, (_, n) => multiaddr(lan(n)))
    const record = (await RecordEnvelope.seal(new PeerRecord({ peerId: peerIdFromString(inviter.peerId), multiaddrs }), inviter.key)).marshal()
    const old = await forge({ record })
    expect(old.length).toBeGreaterThan(MAX_NEW_INVITE_LENGTH)
    expect((await decodeInvite(old)).record).toEqual(record)
  })
})
