import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { PeerRecord, RecordEnvelope } from '@libp2p/peer-record'
import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, describe, expect, it } from 'vitest'
import { generateIdentity } from '../../main/node/identity.ts'
import { candidate, circuits, heard, met, path, relayOf, reserved, say, startDesktop, startRelay, talk, type Desktop, type OurRelay } from './support/desktops.ts'
import { PROTOCOLS, TestNet, TOPIC } from './support/test-net.ts'
import { pause, until } from './support/until.ts'

const net = new TestNet()
afterEach(async () => net.stop())

async function behind (relay: OurRelay, options: Parameters<typeof startDesktop>[1] = {}): Promise<Desktop> {
  const desktop = await startDesktop(net, { relays: [relay.candidate], ...options })
  await reserved(desktop, relay)
  return desktop
}

async function makeRecord (addresses: readonly string[], signer = generateIdentity(), named = signer): Promise<Uint8Array> {
  const record = new PeerRecord({ peerId: peerIdFromPrivateKey(await named), multiaddrs: addresses.map((address) => multiaddr(address)) })
  return (await RecordEnvelope.seal(record, await signer)).marshal()
}

describe.each(PROTOCOLS)('two people who share a hub and a topic (%s)', (protocol) => {
  it('find each other, connect through it, and talk', async () => {
    const relay = await startRelay(net)
    const [a, b] = await Promise.all([behind(relay, { protocol }), behind(relay, { protocol })])
    await met(a, b)
    await talk(a, b, 'hello')
    // The hub is never one of the people.
    for (const [one, other] of [[a, b], [b, a]] as const) {
      expect(one.node.people.onTopic(TOPIC).map(({ peerId }) => peerId)).toEqual([other.node.peerId])
      expect(one.node.people.isHub(relay.id)).toBe(true)
      const recipients = await say(one, 'counted')
      expect(recipients).toContain(relay.id)
      expect(one.node.people.reached(TOPIC, recipients)).toBe(1)
      expect(one.node.people.reached(TOPIC, [relay.id])).toBe(1)
      expect(one.learned.some(({ peerId }) => peerId === other.node.peerId)).toBe(true)
      expect(one.learned.some(({ peerId }) => peerId === relay.id)).toBe(false)
    }
  })
})

it('a post to a hub alone reaches nobody', async () => {
  const relay = await startRelay(net)
  const a = await behind(relay)
  await until(() => a.node.pubsub.subscribers(TOPIC).includes(relay.id), 3_000, 'the hub is on the topic')
  expect(a.node.people.onTopic(TOPIC)).toEqual([])
  expect(a.node.people.reached(TOPIC, await say(a, 'alone'))).toBe(0)
})

it('people who come to a topic later are found, and those who leave are gone', async () => {
  const relay = await startRelay(net)
  const a = await behind(relay)
  const b = await behind(relay, { topics: [] })
  expect(a.node.people.onTopic(TOPIC)).toEqual([])
  b.node.pubsub.subscribe(TOPIC)
  await met(a, b)
  b.node.pubsub.unsubscribe(TOPIC)
  await until(() => path(a, b) === undefined, 3_000, 'who left is gone')
  b.node.pubsub.subscribe(TOPIC)
  await met(a, b)
  await b.node.stop()
  await until(() => path(a, b) === undefined, 3_000, 'who stopped is gone')
})

describe('by a record, as invites carry it', () => {
  it.each(PROTOCOLS)('two meet through a relay that is no hub (%s)', async (protocol) => {
    const relay = await startRelay(net, { hub: false })
    const [a, b] = await Promise.all([behind(relay, { protocol }), behind(relay, { protocol })])
    expect(await b.node.people.know({ record: await a.node.people.ownRecord(), topics: [TOPIC] })).toBe(a.node.peerId)
    await met(a, b)
    await talk(a, b, 'hello')
    expect(a.node.people.isHub(relay.id)).toBe(false)
  })

  it('kept from an earlier run, they meet again, also after the relay was gone', async () => {
    const relay = await startRelay(net, { hub: false })
    const a = await behind(relay)
    const known = [{ peerId: a.node.peerId, record: await a.node.people.ownRecord(), topics: [TOPIC] }]
    const b = await behind(relay, { known })
    await met(a, b)
    await relay.stop()
    await until(() => path(a, b) !== 'circuit' && path(b, a) !== 'circuit', 3_000, 'they lost each other')
    await relay.again()
    await met(a, b, 'circuit', 15_000)
    await talk(a, b, 'again')
  })

  it('they meet directly where that is possible', async () => {
    const [a, b] = await Promise.all([startDesktop(net, { allowPrivate: true }), startDesktop(net, { allowPrivate: true })])
    await b.node.people.know({ record: await a.node.people.ownRecord(), topics: [TOPIC] })
    await met(a, b, 'direct')
    await talk(a, b, 'hello')
  })

  it('nobody is dialled for topics that are not ours', async () => {
    const relay = await startRelay(net, { hub: false })
    const [a, b] = await Promise.all([behind(relay), behind(relay)])
    await b.node.people.know({ record: await a.node.people.ownRecord(), topics: ['/natter/1/other'] })
    await pause(2_500)
    expect(path(b, a)).toBeUndefined()
    b.node.pubsub.subscribe('/natter/1/other')
    await until(() => path(b, a) === 'circuit', 8_000, 'now they are')
  })

  it('a relay that we do not know is told of, once, and not used before the person agrees', async () => {
    const [theirs, ours] = await Promise.all([startRelay(net), startRelay(net)])
    // Addresses that the record names count as public here: an unknown relay in a private network is not even told of.
    const a = await behind(theirs, { allowPrivate: true })
    const b = await startDesktop(net, { relays: [ours.candidate], allowPrivate: true })
    await reserved(b, ours)
    const record = await makeRecord(circuits(a, theirs).map((address) => address.split('/p2p-circuit')[0] as string).map((address) => `${address}/p2p-circuit`))
    const from = await b.node.people.know({ record, topics: [TOPIC] })
    await until(() => b.learnedRelays.length > 0, 5_000, 'the relay is told of')
    await b.node.people.know({ record, topics: [TOPIC] })
    await pause(1_500)
    expect(b.learnedRelays).toEqual([{ address: theirs.address, from }])
    expect(theirs.node.stats.connections).toBe(1)
    expect(relayOf(b, theirs)).toBeUndefined()

    await b.node.people.know({ record: await a.node.people.ownRecord(), topics: [TOPIC] })
    b.node.reachability.setCandidates([ours.candidate, candidate(theirs.address)])
    await until(() => path(b, a) !== undefined, 12_000, 'once agreed to it leads there')
  })

  it('a forged, damaged or oversized one is refused', async () => {
    const { node } = await startDesktop(net)
    const good = await makeRecord(['/ip4/8.8.8.8/tcp/4001'])
    const refused = { code: 'ERR_BAD_RECORD', message: 'This peer record is damaged, or somebody else signed it.' }
    const know = async (record: Uint8Array): Promise<string> => node.people.know({ record, topics: [TOPIC] })
    await expect(know(good)).resolves.toMatch(/^12D3/)
    await expect(know(await makeRecord(['/ip4/8.8.8.8/tcp/4001'], generateIdentity(), generateIdentity()))).rejects.toMatchObject(refused)
    for (const at of [0, 10, 50, good.byteLength - 20, good.byteLength - 1]) {
      await expect(know(good.map((byte, index) => index === at ? byte ^ 0x11 : byte)), String(at)).rejects.toMatchObject(refused)
    }
    for (const bytes of [new Uint8Array(0), good.subarray(0, 60), new Uint8Array(9_000), Buffer.from('hello')]) {
      await expect(know(bytes)).rejects.toMatchObject(refused)
    }
    await expect(know(await makeRecord(Array.from({ length: 1_000 }, (_, port) => `/ip4/8.8.8.8/tcp/${port + 1}`)))).rejects.toMatchObject(refused)
  })

  it('one that names private addresses makes nobody dial them', async () => {
    const relay = await startRelay(net, { hub: false })
    const a = await startDesktop(net)
    const b = await behind(relay)
    await b.node.people.know({ record: await a.node.people.ownRecord(), topics: [TOPIC] })
    await pause(1_500)
    expect(path(b, a)).toBeUndefined()
    expect(heard(a)).toEqual([])
  })
})
