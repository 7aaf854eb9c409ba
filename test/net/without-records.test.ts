import { create, toBinary } from '@bufbuild/protobuf'
import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, describe, expect, it } from 'vitest'
import { MembersSchema } from '../../main/node/node_pb.ts'
import { PROTOCOLS as STREAMS } from '../../main/node/protocols.ts'
import { serve } from '../../main/node/streams.ts'
import { candidate, heard, met, relayOf, say, startDesktop, startRelay, type Desktop } from './support/desktops.ts'
import { RawPeer, subscribe, type ForeignRawPeer, type RawStream } from './support/raw-peer.ts'
import { PROTOCOLS, TestNet, TOPIC } from './support/test-net.ts'
import { until } from './support/until.ts'

const net = new TestNet()
afterEach(async () => net.stop())

const RUST = 'rust-libp2p/0.47.0'

async function stranger (address: string, protocol: 'gossipsub' | 'floodsub'): Promise<{ readonly raw: ForeignRawPeer, readonly stream: RawStream }> {
  const raw = await RawPeer.foreign(net, protocol, RUST)
  const stream = await raw.open(await raw.connect(multiaddr(address)))
  await stream.send(subscribe(TOPIC))
  await until(() => raw.received.some(({ subscriptions }) => subscriptions?.some(({ topic }) => topic === TOPIC)), 5_000, 'the hub takes part in the topic')
  return { raw, stream }
}

const texts = (raw: ForeignRawPeer): string[] => raw.messages.map(({ data }) => Buffer.from(data ?? []).toString())
const listed = ({ node }: Desktop): (readonly [string, string])[] => node.people.onTopic(TOPIC).map(({ peerId, path }) => [peerId, path.kind])

describe.each(PROTOCOLS)('somebody without a signed peer record behind a hub, with %s', (protocol) => {
  // Nobody whom a hub cannot name was there: what was posted stayed queued for ever, although they were heard.
  it('counts, before they are heard and after it, until they are gone', async () => {
    const relay = await startRelay(net)
    const ada = await startDesktop(net, { relays: [relay.candidate], protocol })
    await until(() => relayOf(ada, relay)?.state === 'reserved', 8_000, 'Ada is on the relay')
    expect(ada.node.people.unnamed(TOPIC)).toBe(0)
    expect(ada.node.people.reached(TOPIC, [relay.id])).toBe(0)

    // Floodsub, so that the hub sends it all posts without a mesh.
    const { raw, stream } = await stranger(relay.address, 'floodsub')
    await until(() => ada.node.people.unnamed(TOPIC) === 1, 5_000, 'the hub counts them')
    expect(listed(ada)).toEqual([])
    await until(async () => {
      const recipients = await say(ada, 'from Ada')
      return recipients.includes(relay.id) && ada.node.people.reached(TOPIC, recipients) === 1
    }, 5_000, 'a post is given to one person')
    await until(() => texts(raw).includes('from Ada'), 3_000, 'they read it')

    await stream.send({ messages: [await raw.sign(Buffer.from('from them'))] })
    await until(() => heard(ada).includes('from them'), 3_000, 'Ada hears them')
    await until(() => listed(ada).length === 1, 1_000, 'they are listed')
    expect(listed(ada)).toEqual([[raw.id, 'hub']])
    expect(ada.node.people.unnamed(TOPIC)).toBe(0)
    expect(ada.node.people.reached(TOPIC, [relay.id])).toBe(1)

    await raw.node.libp2p.stop()
    await until(() => listed(ada).length === 0 && ada.node.people.unnamed(TOPIC) === 0, 5_000, 'they are gone')
    expect(ada.node.people.reached(TOPIC, [relay.id])).toBe(0)
  })
})

it('people with a record and without are counted once each, also where one is connected to us as well', async () => {
  const relay = await startRelay(net)
  const [ada, bo] = await Promise.all([startDesktop(net, { relays: [relay.candidate] }), startDesktop(net, { relays: [relay.candidate] })])
  await met(ada, bo)
  const [one] = [await stranger(relay.address, 'floodsub'), await stranger(relay.address, 'floodsub')]
  await until(() => ada.node.people.unnamed(TOPIC) === 2, 5_000, 'two are counted')
  expect(ada.node.people.reached(TOPIC, [relay.id, bo.node.peerId])).toBe(3)

  const direct = await one.raw.open(await one.raw.connect(multiaddr(ada.node.addresses[0] ?? '')))
  await direct.send(subscribe(TOPIC))
  await until(() => listed(ada).some(([peer]) => peer === one.raw.id), 5_000, 'Ada has them beside her')
  expect(ada.node.people.unnamed(TOPIC)).toBe(1)
  expect(ada.node.people.reached(TOPIC, [relay.id, one.raw.id])).toBe(3)
})

// It says nothing of people whose record it has not: who was heard through it is there as far as we know.
it('behind a hub of Natter 0.1.0 who was heard counts, and nobody else', async () => {
  const hub = await net.hub({ topics: [TOPIC] })
  Object.assign((hub.libp2p.services as unknown as { readonly identify: { readonly host: object } }).identify.host, { agentVersion: 'natter-relay/1 js-libp2p' })
  await serve(hub.components.registrar, STREAMS.hub, async () => toBinary(MembersSchema, create(MembersSchema, {})))
  const ada = await startDesktop(net, { relays: [candidate(hub.address.toString())] })
  const { raw, stream } = await stranger(hub.address.toString(), 'floodsub')
  await until(() => ada.node.people.isHub(hub.id) && ada.node.pubsub.subscribers(TOPIC).includes(hub.id), 8_000, 'Ada is on the hub')
  expect(ada.node.people.reached(TOPIC, [hub.id])).toBe(0)
  await stream.send({ messages: [await raw.sign(Buffer.from('from them'))] })
  await until(() => heard(ada).includes('from them') && listed(ada).length === 1, 3_000, 'Ada hears them')
  expect(ada.node.people.reached(TOPIC, [hub.id])).toBe(1)
  await hub.libp2p.stop()
  await until(() => listed(ada).length === 0, 5_000, 'the hub is gone')
})
