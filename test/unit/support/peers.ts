import type { Ed25519PrivateKey } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { PeerRecord, RecordEnvelope } from '@libp2p/peer-record'
import { multiaddr } from '@multiformats/multiaddr'
import { generateIdentity, peerIdOf } from '../../../main/node/identity.ts'

/** Somebody in a test: a key and the peer id that goes with it. */
export interface TestPeer {
  readonly key: Ed25519PrivateKey
  readonly peerId: string
}

/** Makes somebody. */
export async function makePeer (): Promise<TestPeer> {
  const key = await generateIdentity()
  return { key, peerId: peerIdOf(key) }
}

/** A relay's address with a real peer id. */
export async function makeRelayAddress (host = '203.0.113.7', port = 4001): Promise<{ readonly address: string, readonly peerId: string }> {
  const { peerId } = await makePeer()
  return { address: `/ip4/${host}/tcp/${port}/p2p/${peerId}`, peerId }
}

/** A signed peer record; `named` is whom it names, the signer by default. */
export async function makeRecord (signer: TestPeer, named = signer.peerId): Promise<Uint8Array> {
  const record = new PeerRecord({ peerId: peerIdFromString(named), multiaddrs: [multiaddr('/ip4/198.51.100.4/tcp/4002')] })
  return (await RecordEnvelope.seal(record, signer.key)).marshal()
}
