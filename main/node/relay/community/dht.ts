import type { PeerId, PeerInfo } from '@libp2p/interface'
import { kadDHT, passthroughMapper, removePrivateAddressesMapper, type KadDHT, type KadDHTComponents } from '@libp2p/kad-dht'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'
import { toString } from 'uint8arrays/to-string'
import type { Components } from '../../components.ts'
import { steadyAverages } from '../../libp2p-patches/steady-averages.ts'
import { COMMUNITY_LIMITS as LIMITS } from '../../limits.ts'
import { KAD_PROTOCOL } from '../../protocols.ts'
import { ProviderStore } from './provider-store.ts'

/** What the relays of a community provide: the hash of these words. */
const COMMON_KEY = 'natter relay v1'
const PREFIX = '/natter/kad'

/** A DHT in which relays find each other. */
export interface CommunityDht {
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
  /** Says that we are there, and answers who else is. */
  readonly find: () => Promise<readonly PeerInfo[]>
}

/** Makes a relay a server of the DHT, with figures for dozens of relays rather than tens of thousands. */
export async function createCommunityDht (components: Components, { ping, allowPrivate }: { readonly ping: (peer: PeerId) => Promise<number>, readonly allowPrivate: boolean }): Promise<CommunityDht> {
  steadyAverages()
  const hash = await sha256.digest(new TextEncoder().encode(COMMON_KEY))
  const key = CID.createV1(raw.code, hash)
  // One by one: libp2p's components are no plain object.
  const { peerId, privateKey, registrar, addressManager, peerStore, connectionManager, events, logger } = components
  const parts: KadDHTComponents = {
    peerId, privateKey, registrar, addressManager, peerStore, connectionManager, events, logger,
    datastore: new ProviderStore({ prefix: `${PREFIX}/provider/${toString(hash.bytes, 'base32')}/`, most: LIMITS.members, lasts: LIMITS.lasts }),
    ping: { ping }
  }
  const dht = kadDHT({
    protocol: KAD_PROTOCOL,
    clientMode: false,
    datastorePrefix: PREFIX,
    logPrefix: 'natter:kad',
    peerInfoMapper: allowPrivate ? passthroughMapper : removePrivateAddressesMapper,
    kBucketSize: LIMITS.members,
    alpha: 3,
    // The first relay of a community has nobody to ask.
    allowQueryWithZeroPeers: true,
    maxInboundStreams: LIMITS.streams,
    maxOutboundStreams: LIMITS.streams,
    routingTableUpdateMaxQueueSize: LIMITS.members,
    // None: values are kept for nobody.
    validators: {},
    selectors: {}
  })(parts) as KadDHT & { start: () => Promise<void>, stop: () => Promise<void> }

  return {
    start: async () => dht.start(),
    stop: async () => {
      // Trap: kad-dht 16.4.5 leaves its handler in place when it stops, and others would go on taking us for a server.
      await registrar.unhandle(KAD_PROTOCOL)
      await dht.stop()
    },
    find: async () => {
      const signal = AbortSignal.timeout(LIMITS.query)
      const found = new Map<string, PeerInfo>()
      try {
        for await (const event of dht.provide(key, { signal })) void event
      } catch {
        // Nobody took it: there is nobody yet, or the time was up.
      }
      try {
        for await (const event of dht.findProviders(key, { signal: AbortSignal.timeout(LIMITS.query) })) {
          if (event.name !== 'PROVIDER') continue
          for (const info of event.providers) {
            if (!info.id.equals(components.peerId) && found.size < LIMITS.members) found.set(info.id.toString(), info)
          }
        }
      } catch {
        // What was found until then counts.
      }
      return [...found.values()]
    }
  }
}
