import { peerIdInAddress } from '../node/addresses/peer-ids.ts'
import { readRelayAddress } from '../node/addresses/relay-address.ts'
import type { RelayCandidate } from '../node/types.ts'
import type { StoredSettings } from '../settings/schema.ts'
import { MAX_UNWANTED_RELAYS } from '../settings/settings.ts'

/** Relays that peers told us of and nobody agreed to yet: enough to choose from, too few to flood a list with. */
const MAX_ASKING = 16

/** A relay as it is kept. */
export type StoredRelay = StoredSettings['relays'][number]

type Offered = Pick<StoredSettings, 'relays' | 'unwantedRelays' | 'relaysFromPeers'>

/** Finds a relay by its peer id. */
export function findRelay<R extends RelayCandidate> (relays: readonly R[], peerId: string): R | undefined {
  return relays.find(({ address }) => peerIdInAddress(address) === peerId)
}

/** Adds relays, in the place of earlier ones of the same peers; a relay that is approved stays so. */
export function withRelays (relays: readonly StoredRelay[], added: readonly StoredRelay[]): StoredRelay[] {
  return added.reduce<StoredRelay[]>((list, relay) => {
    const peerId = peerIdInAddress(relay.address)
    const at = list.findIndex(({ address }) => peerIdInAddress(address) === peerId)
    return at === -1 ? [...list, relay] : list.with(at, relay)
  }, [...relays])
}

/** The relays without those of one peer. */
export function withoutRelay (relays: readonly StoredRelay[], peerId: string): StoredRelay[] {
  return relays.filter(({ address }) => peerIdInAddress(address) !== peerId)
}

/** Remembers that the person does not want a relay, as the last of them. */
export function withUnwanted (unwanted: readonly string[], peerId: string): string[] {
  return [...unwanted.filter((other) => other !== peerId), peerId].slice(-MAX_UNWANTED_RELAYS)
}

/** Takes up a relay that a peer told us of, for the person to decide on; undefined where there is nothing to add. */
export function withLearned ({ relays, unwantedRelays, relaysFromPeers }: Offered, learned: { readonly address: string, readonly from: string }, ownPeerId: string): StoredRelay[] | undefined {
  if (!relaysFromPeers) return undefined
  let address: string
  let peerId: string
  try {
    const read = readRelayAddress(learned.address, ownPeerId)
    address = read.multiaddr.toString()
    peerId = read.peerId
  } catch {
    return undefined
  }
  if (unwantedRelays.includes(peerId) || findRelay(relays, peerId) !== undefined || relays.filter(({ approved }) => !approved).length >= MAX_ASKING) return undefined
  return [...relays, { address, source: { kind: 'peer', peerId: learned.from }, approved: false }]
}
