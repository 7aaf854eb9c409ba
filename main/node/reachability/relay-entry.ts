import type { PeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Relay } from '../../../preload/contract/index.ts'
import { monotonicNow } from '../clock.ts'
import type { RelayCandidate } from '../types.ts'

/** Where a relay is: at least one address. */
export type Addresses = readonly [Multiaddr, ...Multiaddr[]]

/** What is known of one of our relays. */
export interface Entry {
  candidate: RelayCandidate
  readonly peerId: PeerId
  /** Its addresses, the one in use first. */
  addresses: Addresses
  state: Relay['state']
  /** Since when it is in this state, by `monotonicNow` as all times below. */
  changedAt: number
  detail: string
  hub: boolean
  tryingSince: number | undefined
  failures: number
  nextTry: number
  /** Since when we know that it is to close; undefined once it is back. */
  closesSince: number | undefined
  /** We give up its place, and its connection is about to end. */
  leaving: boolean
}

/** Whether two say the same of a relay, but for where it was learned. */
export function isSame (one: RelayCandidate, other: RelayCandidate): boolean {
  return one.address === other.address && one.approved === other.approved && String(one.alternatives) === String(other.alternatives)
}

/** One that was not asked yet. */
export function fresh (candidate: RelayCandidate, addresses: Addresses, peer: string): Entry {
  return {
    candidate,
    peerId: peerIdFromString(peer),
    addresses,
    state: candidate.approved ? 'connecting' : 'asking',
    changedAt: monotonicNow(),
    detail: candidate.approved ? 'Asking for a place.' : 'Not used before you agree.',
    hub: false,
    tryingSince: undefined,
    failures: 0,
    nextTry: -Infinity,
    closesSince: undefined,
    leaving: false
  }
}

/** The next try is another address's turn. */
export function turn (entry: Entry): void {
  const [first, second, ...others] = entry.addresses
  if (second !== undefined) {
    entry.addresses = [second, ...others, first]
  }
}

/** Says how it is with a relay. */
export function set (entry: Entry, state: Relay['state'], detail: string): void {
  if (entry.state !== state) {
    entry.changedAt = monotonicNow()
  }
  entry.state = state
  entry.detail = detail
}
