import { peerIdInAddress } from '../node/addresses/peer-ids.ts'
import { readRelayAddress } from '../node/addresses/relay-address.ts'
import type { RelayCandidate } from '../node/types.ts'

/** Relays that peers told us of and nobody agreed to yet: enough to choose from, too few to flood a list with. */
const MAX_ASKING = 16

/** Finds a relay by its peer id. */
export function findRelay (relays: readonly RelayCandidate[], peerId: string): RelayCandidate | undefined {
  return relays.find(({ address }) => peerIdInAddress(address) === peerId)
}

/** Adds relays, in the place of earlier ones of the same peers; a relay that is approved stays so. */
export function withRelays (relays: readonly RelayCandidate[], added: readonly RelayCandidate[]): RelayCandidate[] {
  return added.reduce<RelayCandidate[]>((list, relay) => {
    const peerId = peerIdInAddress(relay.address)
    const at = list.findIndex(({ address }) => peerIdInAddress(address) === peerId)
    return at === -1 ? [...list, relay] : list.with(at, relay)
  }, [...relays])
}

/** The relays without those of one peer. */
export function withoutRelay (relays: readonly RelayCandidate[], peerId: string): RelayCandidate[] {
  return relays.filter(({ address }) => peerIdInAddress(address) !== peerId)
}

/** Takes up a relay that a peer told us of, for the person to decide on; undefined where there is nothing to add. */
export function withLearned (relays: readonly RelayCandidate[], learned: { readonly address: string, readonly from: string }, ownPeerId: string): RelayCandidate[] | undefined {
  let address: string
  let peerId: string
  try {
    const read = readRelayAddress(learned.address, ownPeerId)
    address = read.multiaddr.toString()
    peerId = read.peerId
  } catch {
    return undefined
  }
  if (findRelay(relays, peerId) !== undefined || relays.filter(({ approved }) => !approved).length >= MAX_ASKING) return undefined
  return [...relays, { address, source: { kind: 'peer', peerId: learned.from }, approved: false }]
}
