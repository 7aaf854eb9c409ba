import { create, toBinary } from '@bufbuild/protobuf'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { beforeAll, describe, expect, it } from 'vitest'
import { decodeInvite, encodeInvite, MAX_INVITE_LENGTH, type InviteContent } from '../../../main/node/discovery/invite.ts'
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
