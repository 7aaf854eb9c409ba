import type { Relay } from '../../preload/contract/index.ts'
import { peerIdInAddress } from '../node/addresses/peer-ids.ts'
import { MAX_INVITE_RELAYS } from '../node/discovery/invite.ts'
import type { RelayCandidate } from '../node/types.ts'

/** Relays for an invite. */
export interface OfferedRelays {
  /** Multiaddrs, best first; at most {@link MAX_INVITE_RELAYS}. */
  readonly addresses: readonly string[]
  /** One of them answers us at the moment. */
  readonly answering: boolean
  /** How many of ours are left out because they do not. */
  readonly leftOut: number
}

/** States of relays, best first. A relay is `connecting` until it has answered or failed: it is not known to be down. */
const ORDER: readonly Relay['state'][] = ['reserved', 'ready', 'connecting', 'refused', 'down', 'asking']
const HOPEFUL = ORDER.indexOf('connecting')
const ANSWERING = ORDER.indexOf('ready')

/**
 * Chooses what an invite names of our relays: those that listen for us, then
 * those that answer. Whoever joins uses them as they are, so one that is down is
 * named only where nothing better is there.
 *
 * @param through peer ids of the relays that listen for us, best first
 */
export function relaysToOffer (candidates: readonly RelayCandidate[], relays: readonly Relay[], through: readonly string[]): OfferedRelays {
  const states = new Map(relays.map(({ peerId, state }) => [peerId, ORDER.indexOf(state)]))
  const ours = candidates.filter(({ approved }) => approved).map(({ address }) => {
    const peerId = peerIdInAddress(address) ?? ''
    const at = through.indexOf(peerId)
    return { address, rank: at === -1 ? states.get(peerId) ?? HOPEFUL : 0, at: at === -1 ? through.length : at }
  }).sort((a, b) => a.rank - b.rank || a.at - b.at)
  const good = ours.filter(({ rank }) => rank <= HOPEFUL)
  const named = good.length > 0 ? good : ours
  return {
    addresses: named.slice(0, MAX_INVITE_RELAYS).map(({ address }) => address),
    answering: ours.some(({ rank }) => rank <= ANSWERING),
    leftOut: ours.length - named.length
  }
}
