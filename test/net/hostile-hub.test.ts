import { create, toBinary } from '@bufbuild/protobuf'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { PeerRecord, RecordEnvelope } from '@libp2p/peer-record'
import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, expect, it } from 'vitest'
import { createDesktopNode } from '../../main/node/desktop-node.ts'
import { generateIdentity } from '../../main/node/identity.ts'
import { MembersSchema } from '../../main/node/node_pb.ts'
import { PROTOCOLS } from '../../main/node/protocols.ts'
import { createRelayNode } from '../../main/node/relay/relay-node.ts'
import { serve } from '../../main/node/streams.ts'
import { TestNet, TOPIC } from './support/test-net.ts'
import { until } from './support/until.ts'

const net = new TestNet()
afterEach(async () => net.stop())

const identity = async () => {
  const key = await generateIdentity()
  return { key, peerId: peerIdFromPrivateKey(key) }
}

it('a hub that hands on forged and damaged records is not believed in them, and the others stand', async () => {
  const [honest, victim, forger] = await Promise.all([identity(), identity(), identity()])
  const multiaddrs = [multiaddr('/ip4/203.0.113.9/tcp/4001')]
  const genuine = (await RecordEnvelope.seal(new PeerRecord({ peerId: honest.peerId, multiaddrs }), honest.key)).marshal()
  const forged = (await RecordEnvelope.seal(new PeerRecord({ peerId: victim.peerId, multiaddrs }), forger.key)).marshal()
  const damaged = genuine.slice(0, -3)
  const answer = toBinary(MembersSchema, create(MembersSchema, {
    topics: [
      { topic: TOPIC, records: [forged, damaged, new Uint8Array(20_000), genuine], left: [] },
      { topic: 'not one of ours', records: [genuine], left: [] }
    ]
  }))

  const relay = await createRelayNode({ privateKey: await generateIdentity(), listen: ['/ip4/127.0.0.1/tcp/0'] })
  net.atEnd(relay.stop)
  await relay.start()
  await relay.components.registrar.unhandle(PROTOCOLS.hub.id)
  await serve(relay.components.registrar, PROTOCOLS.hub, async () => answer)

  const desktop = await createDesktopNode({
    privateKey: await generateIdentity(), protocol: 'gossipsub', listenPort: 0, mdns: false, beRelay: false, topics: [TOPIC], known: [],
    relays: [{ address: relay.multiaddrs[0] ?? '', source: { kind: 'settings' }, approved: true }]
  })
  net.atEnd(async () => desktop.stop())
  const members = (topic: string): string[] => desktop.people.onTopic(topic).map(({ peerId }) => peerId)
  await until(() => members(TOPIC).length > 0, 10_000, 'the genuine record to be taken in')
  expect(members(TOPIC)).toEqual([honest.peerId.toString()])
  expect(members('not one of ours')).toEqual([])
})
