import { createServer, type AddressInfo } from 'node:net'
import { fromBinary } from '@bufbuild/protobuf'
import { peerIdFromMultihash, peerIdFromPrivateKey } from '@libp2p/peer-id'
import { PeerRecord, RecordEnvelope } from '@libp2p/peer-record'
import type { Connection } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import * as Digest from 'multiformats/hashes/digest'
import { generateIdentity, peerIdOf } from '../../../main/node/identity.ts'
import { MembersSchema } from '../../../main/node/node_pb.ts'
import { PROTOCOLS } from '../../../main/node/protocols.ts'
import { createRelayNode, type RelayNode, type RelayNodeOptions } from '../../../main/node/relay/relay-node.ts'
import { serve } from '../../../main/node/streams.ts'
import type { RelayCandidate } from '../../../main/node/types.ts'
import { candidate } from '../support/desktops.ts'
import { TOPIC, type PlainRelay, type TestNet, type TestNode } from '../support/test-net.ts'
import { until } from '../support/until.ts'

/** A relay of ours, in the shape that the helpers for plain relays take. */
export type TestRelay = RelayNode & Pick<PlainRelay, 'id' | 'address'> & { readonly libp2p: PlainRelay['libp2p'] }

export async function startRelay (net: TestNet, options: Partial<RelayNodeOptions> = {}): Promise<TestRelay> {
  const privateKey = await generateIdentity()
  const node = await createRelayNode({ listen: ['/ip4/127.0.0.1/tcp/0'], privateKey, ...options })
  net.atEnd(node.stop)
  await node.start()
  const peerId = peerIdFromPrivateKey(privateKey)
  const shape = { id: node.peerId, address: multiaddr(node.multiaddrs[0]), libp2p: { peerId } as PlainRelay['libp2p'] }
  // Not spread: its figures are read when they are asked for.
  return Object.assign(node, shape)
}

/** One thing that a hub told: a member came with these addresses, or left. */
export interface Told {
  readonly topic: string
  readonly came: readonly { readonly peer: string, readonly addresses: readonly string[] }[]
  readonly left: readonly string[]
}

export async function readMembers (bytes: Uint8Array): Promise<Told[]> {
  return Promise.all(fromBinary(MembersSchema, bytes).topics.map(async ({ topic, records, left }) => ({
    topic,
    came: await Promise.all(records.map(async (record) => {
      const envelope = await RecordEnvelope.openAndCertify(record, PeerRecord.DOMAIN)
      const { peerId, multiaddrs } = PeerRecord.createFromProtobuf(envelope.payload)
      return { peer: peerId.toString(), addresses: multiaddrs.map(String) }
    })),
    left: left.map((id) => peerIdFromMultihash(Digest.decode(id)).toString())
  })))
}

/** What a hub pushes to a client, gathered. */
export async function listenToMembers (node: TestNode): Promise<Told[]> {
  const told: Told[] = []
  await serve(node.components.registrar, PROTOCOLS.members, async (request) => {
    told.push(...await readMembers(request))
    return undefined
  })
  return told
}

export async function connectTo (node: TestNode, relay: TestRelay): Promise<Connection> {
  return node.components.connectionManager.openConnection(relay.address)
}

/** Waits until a client and a hub see each other on the topic of all tests. */
export async function meetHub (node: TestNode, relay: TestRelay): Promise<void> {
  await until(() => node.pubsub.subscribers(TOPIC).includes(relay.id) && relay.pubsub?.subscribers(TOPIC).includes(node.id) === true, 5_000, 'client and hub are on the topic')
}

/** A relay that takes connections and never says a word. */
export async function silentRelay (net: TestNet): Promise<RelayCandidate> {
  // Who hangs up on it may do so with a reset.
  const server = createServer((socket) => { socket.on('error', () => {}) })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  net.atEnd(() => { server.close() })
  return candidate(`/ip4/127.0.0.1/tcp/${(server.address() as AddressInfo).port}/p2p/${peerIdOf(await generateIdentity())}`)
}
