import { isDeepStrictEqual } from 'node:util'
import { peerIdInAddress } from '../node/addresses/peer-ids.ts'
import { FOUND_RELAY_LIMITS } from '../node/limits.ts'
import { readRelayAddress } from '../node/addresses/relay-address.ts'
import type { FoundRelay, RelayCandidate } from '../node/types.ts'
import type { StoredSettings } from '../settings/schema.ts'
import { MAX_RELAYS, MAX_UNWANTED_RELAYS } from '../settings/limits.ts'

/** Relays that peers told us of and nobody agreed to yet: enough to choose from, too few to flood a list with. */
const MAX_ASKING = 16

/** A relay as it is kept. */
export type StoredRelay = StoredSettings['relays'][number]

type Offered = Pick<StoredSettings, 'relays' | 'unwantedRelays' | 'relaysFromPeers' | 'relaysThroughRelays'>

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
  if (unwantedRelays.includes(peerId) || findRelay(relays, peerId) !== undefined || relays.filter(({ approved, source }) => !approved && source.kind === 'peer').length >= MAX_ASKING || relays.length >= MAX_RELAYS) return undefined
  return [...relays, { address, source: { kind: 'peer', peerId: learned.from }, approved: false }]
}

/**
 * Takes up relays that one of ours told us of, so many from each of ours and so
 * many in all, and follows those that it had told us of before to where they
 * say that they are now; undefined where nothing changes.
 */
export function withFound ({ relays, unwantedRelays, relaysThroughRelays }: Offered, { from, relays: found }: { readonly from: string, readonly relays: readonly FoundRelay[] }, ownPeerId: string): StoredRelay[] | undefined {
  if (relaysThroughRelays === 'off') return undefined
  const next = found.reduce<StoredRelay[]>((list, { peerId, addresses: [address, ...alternatives] }) => {
    if (address === undefined || peerId === ownPeerId || unwantedRelays.includes(peerId)) return list
    const at = list.findIndex((relay) => peerIdInAddress(relay.address) === peerId)
    const known = list[at]
    const others = list.filter(({ source }) => source.kind === 'relay')
    const source = { kind: 'relay', peerId: from } as const
    const relay = { address, ...(alternatives.length === 0 ? {} : { alternatives }), source, approved: known?.approved ?? false }
    // What the person pasted, or an invite brought, is left as it was given.
    if (known !== undefined) return known.source.kind === 'relay' ? list.with(at, { ...relay, source: known.source }) : list
    const isFull = others.length >= FOUND_RELAY_LIMITS.all || others.filter((other) => other.source.kind === 'relay' && other.source.peerId === from).length >= FOUND_RELAY_LIMITS.perRelay
    return isFull || list.length >= MAX_RELAYS ? list : [...list, relay]
  }, [...relays])
  return isDeepStrictEqual(next, relays) ? undefined : next
}
