import { create, toBinary } from '@bufbuild/protobuf'
import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, describe, expect, it } from 'vitest'
import { generateIdentity, peerIdOf } from '../../../main/node/identity.ts'
import { FOUND_RELAY_LIMITS } from '../../../main/node/limits.ts'
import { RelayRecordsSchema } from '../../../main/node/node_pb.ts'
import { PROTOCOLS } from '../../../main/node/protocols.ts'
import type { CommunityOptions } from '../../../main/node/relay/community/community.ts'
import { FoundRelays } from '../../../main/node/relays/found-relays.ts'
import { serve } from '../../../main/node/streams.ts'
import type { FoundRelay } from '../../../main/node/types.ts'
import { makeRecord, type TestPeer } from '../../unit/support/peers.ts'
import { startRelay, type OurRelay } from '../support/desktops.ts'
import { reserve, TestNet, TOPIC, type PlainRelay, type TestNode } from '../support/test-net.ts'
import { pause, until } from '../support/until.ts'

const net = new TestNet()
afterEach(async () => net.stop())

/** Looks often, on loopback, and begins with these others. */
const beginningWith = (...others: readonly OurRelay[]): CommunityOptions => ({ others: async () => Promise.resolve(others.map(({ address }) => address)), interval: 500, retry: 300, allowPrivate: true })

/** A relay of a community that begins with these others. */
async function member (...others: readonly OurRelay[]): Promise<OurRelay> {
  return startRelay(net, { community: beginningWith(...others) })
}

const knows = ({ node }: OurRelay, { id }: OurRelay): boolean => node.community.some(({ peerId }) => peerId === id)
/** Three relays of which each knows both others; two of them were told of the first. */
async function three (): Promise<[OurRelay, OurRelay, OurRelay]> {
  const first = await member()
  const all: [OurRelay, OurRelay, OurRelay] = [first, ...await Promise.all([member(first), member(first)])]
  await until(() => all.every((one) => all.every((other) => one === other || knows(one, other))), 30_000,
    () => `everybody to know everybody: ${JSON.stringify(all.map(({ node }) => node.community.length))}`)
  return all
}
const asPlain = (relay: OurRelay): PlainRelay => ({ id: relay.id, address: multiaddr(relay.address), libp2p: relay.node.components as unknown as PlainRelay['libp2p'] })

/** What a desktop is told by the relays that it holds a place on. */
async function asked (relays: readonly PlainRelay[]): Promise<{ readonly node: TestNode, readonly found: Map<string, readonly FoundRelay[]> }> {
  const node = await net.node()
  const found = new Map<string, readonly FoundRelay[]>()
  const asking = new FoundRelays(node, { allowPrivate: true, first: 0, onFound: (from, others) => { found.set(from, others) } })
  net.atEnd(() => { asking.set(false) })
  for (const relay of relays) await reserve(node, relay)
  asking.set(true)
  return { node, found }
}

describe('relays of one community', () => {
  it('find each other, also those that none of them was told of', async () => {
    const [, second, third] = await three()
    expect(second.node.community.find(({ peerId }) => peerId === third.id)?.addresses.map((address) => `${address}/p2p/${third.id}`)).toContain(third.address)
  })

  it('tell a desktop that holds a place there of each other', async () => {
    const first = await member()
    const second = await member(first)
    await until(() => knows(first, second), 30_000, 'the first to know the second')
    const { found } = await asked([asPlain(first)])
    await until(() => found.size > 0, 10_000, 'an answer')
    expect(found.get(first.id)).toEqual([{ peerId: second.id, addresses: [second.address] }])
  })

  it('keep their hubs apart: neither is on the other\'s topics', async () => {
    const first = await member()
    const second = await member(first)
    await until(() => knows(first, second) && knows(second, first), 30_000, 'the two to know each other')
    const client = await net.node({ topics: [TOPIC] })
    await client.libp2p.dial(multiaddr(first.address))
    await until(() => first.node.stats.hub?.topics === 1, 5_000, 'the first hub to take the topic')
    await pause(500)
    expect(second.node.stats.hub?.topics).toBe(0)
    expect(second.node.stats.connections).toBeGreaterThan(0)
  })

  it('are not looked for by a relay that names none, which dials nobody', async () => {
    const loner = await startRelay(net)
    const { found } = await asked([asPlain(loner)])
    await pause(1_500)
    expect([loner.node.community, found.size]).toEqual([[], 0])
  })
})

describe('a community that changes while its relays run', () => {
  /** Both that stay know each other only, for longer than several looks take. */
  async function stayWithout (gone: OurRelay, one: OurRelay, other: OurRelay): Promise<void> {
    await until(() => !knows(one, gone) && !knows(other, gone), 5_000, 'the others to forget it')
    for (let look = 0; look < 20; look++) {
      await pause(100)
      expect([one, other].map(({ node }) => node.community.map(({ peerId }) => peerId))).toEqual([[other.id], [one.id]])
    }
  }

  it('has a relay that drains no more, for those that stay; its own people still hear of the others', async () => {
    const [first, second, third] = await three()
    const { found } = await asked([asPlain(third)])
    await third.node.drain(0)
    await stayWithout(third, first, second)
    await until(() => found.size > 0, 10_000, 'an answer of the one that drains')
    expect(found.get(third.id)?.map(({ peerId }) => peerId).sort()).toEqual([first.id, second.id].sort())
    const { found: later } = await asked([asPlain(first)])
    await until(() => later.size > 0, 10_000, 'an answer of one that stays')
    expect(later.get(first.id)?.map(({ peerId }) => peerId)).toEqual([second.id])
    // What changes meanwhile brings it back to nobody.
    await third.node.setCommunity(beginningWith(first))
    await stayWithout(third, first, second)
  })

  it('forgets a relay that is gone at once, and finds it when it is back', async () => {
    const [first, second, third] = await three()
    await third.stop()
    await stayWithout(third, first, second)
    const again = await third.again()
    await until(() => [first, second].every((one) => knows(one, again) && knows(again, one)), 30_000, 'everybody to know it again')
  })

  it('is joined, changed and left by a relay that runs', async () => {
    const [first, second] = [await member(), await member()]
    const loner = await startRelay(net)
    await loner.node.setCommunity(beginningWith(first))
    await until(() => knows(loner, first) && knows(first, loner), 30_000, 'it to join the first')
    expect(knows(loner, second)).toBe(false)
    await loner.node.setCommunity(beginningWith(second))
    await until(() => knows(loner, second) && knows(second, loner), 30_000, 'it to join the second')
    await loner.node.setCommunity(undefined)
    expect(loner.node.community).toEqual([])
    await until(() => !knows(first, loner) && !knows(second, loner), 5_000, 'the others to forget it')
    await loner.node.setCommunity(beginningWith(first))
    await until(() => knows(loner, first) && knows(first, loner), 30_000, 'it to come back')
  })
})

describe('what a relay tells of others', () => {
  /** A relay that answers whatever a test wants. */
  async function liar (records: () => Promise<readonly Uint8Array[]>): Promise<PlainRelay> {
    const relay = await net.plainRelay()
    const registrar = (relay.libp2p as unknown as { readonly components: TestNode['components'] }).components.registrar
    await serve(registrar, PROTOCOLS.relays, async () => toBinary(RelayRecordsSchema, create(RelayRecordsSchema, { records: [...await records()] })))
    return relay
  }

  const somebody = async (): Promise<TestPeer> => {
    const key = await generateIdentity()
    return { key, peerId: peerIdOf(key) }
  }

  it('is bounded, and each relay speaks for itself alone', async () => {
    const [victim, forger] = await Promise.all([somebody(), somebody()])
    const relay = await liar(async () => [
      new Uint8Array(20), new Uint8Array(0), await makeRecord(forger, victim.peerId),
      ...await Promise.all(Array.from({ length: 30 }, async () => makeRecord(await somebody())))
    ])
    const { found } = await asked([relay])
    await until(() => found.size > 0, 10_000, 'an answer')
    const relays = found.get(relay.id) ?? []
    expect(relays).toHaveLength(FOUND_RELAY_LIMITS.perRelay)
    expect(relays.map(({ peerId }) => peerId)).not.toContain(victim.peerId)
  })

  it('that is longer than the protocol lets through, or no answer at all, is nothing', async () => {
    const relay = await liar(async () => [new Uint8Array(100_000)])
    const { found } = await asked([relay])
    await pause(1_500)
    expect(found.size).toBe(0)
  })
})
