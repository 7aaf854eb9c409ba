import { peerIdInAddress } from '../../node/addresses/peer-ids.ts'
import type { RelayCandidate } from '../../node/types.ts'
import type { StoredSettings } from '../../settings/schema.ts'

/** What {@link relayCandidates} reads of the settings. */
export type RelaySettings = Pick<StoredSettings, 'relays' | 'relayNames' | 'unwantedRelays' | 'relaysByName' | 'relaysFromLists' | 'relaysThroughRelays' | 'relaysFromPeers'>

/** A signed list whose signature held. */
export interface ListedRelays {
  readonly title: string
  /** Multiaddrs, each with its relay's peer id. */
  readonly addresses: readonly string[]
}

/**
 * The relays to choose from, each once: first those that the person agreed to
 * or put a name or a list to, then those that wait for the person. A source
 * that is switched off gives none; what the person agreed to one by one stays.
 */
export function relayCandidates (stored: RelaySettings, lists: readonly ListedRelays[] = []): RelayCandidate[] {
  const unwanted = new Set(stored.unwantedRelays)
  const offered = [
    ...(stored.relaysByName ? stored.relayNames.flatMap(byName) : []),
    ...(stored.relaysFromLists ? lists.flatMap(byList) : [])
  ].filter((relay) => !unwanted.has(peerIdOf(relay)))
  const all = [...stored.relays.flatMap((relay) => asSet(relay, stored)), ...offered]
  const seen = new Set<string>()
  return [...all.filter(({ approved }) => approved), ...all.filter(({ approved }) => !approved)].filter((relay) => {
    const peerId = peerIdOf(relay)
    const isFirst = !seen.has(peerId)
    seen.add(peerId)
    return isFirst
  })
}

function byName ({ name, relays, agreed }: StoredSettings['relayNames'][number]): RelayCandidate[] {
  return relays.flatMap(({ peerId, addresses }) => candidate(addresses, { kind: 'name', name }, agreed.includes(peerId)))
}

function byList ({ title, addresses }: ListedRelays): RelayCandidate[] {
  const byPeer = new Map<string, string[]>()
  for (const address of addresses) {
    const peerId = peerIdInAddress(address)
    if (peerId !== undefined) byPeer.set(peerId, [...byPeer.get(peerId) ?? [], address])
  }
  return [...byPeer.values()].flatMap((each) => candidate(each, { kind: 'list', title }, true))
}

/** What the settings say of relays of this kind that nobody agreed to yet. */
function asSet (relay: RelayCandidate, { relaysFromPeers, relaysThroughRelays }: RelaySettings): RelayCandidate[] {
  if (relay.approved) return [relay]
  if (relay.source.kind === 'peer') return relaysFromPeers ? [relay] : []
  if (relay.source.kind !== 'relay') return [relay]
  if (relaysThroughRelays === 'off') return []
  // A name could lead into our own network: strangers' names are dialled only after the person saw them.
  const plain = [relay.address, ...relay.alternatives ?? []].filter((address) => /^\/ip[46]\//u.test(address))
  return relaysThroughRelays === 'use' && plain.length > 0 ? candidate(plain, relay.source, true) : [relay]
}

function candidate ([address, ...alternatives]: readonly string[], source: RelayCandidate['source'], approved: boolean): RelayCandidate[] {
  return address === undefined ? [] : [{ address, ...(alternatives.length === 0 ? {} : { alternatives }), source, approved }]
}

function peerIdOf ({ address }: RelayCandidate): string {
  return peerIdInAddress(address) ?? address
}
