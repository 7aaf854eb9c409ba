import type { PeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Relay } from '../../../preload/contract/index.ts'
import type { RelayCandidate } from '../types.ts'

/** What is known of one of our relays. */
export interface Entry {
  candidate: RelayCandidate
  readonly peerId: PeerId
  readonly address: Multiaddr
  state: Relay['state']
  since: number
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

/** One that was not asked yet. */
export function fresh (candidate: RelayCandidate, address: Multiaddr, peer: string): Entry {
  return {
    candidate,
    peerId: peerIdFromString(peer),
    address,
    state: candidate.approved ? 'connecting' : 'asking',
    since: Date.now(),
    detail: candidate.approved ? 'Asking for a place.' : 'Not used before you agree.',
    hub: false,
    tryingSince: undefined,
    failures: 0,
    nextTry: 0,
    closesSince: undefined,
    leaving: false
  }
}

/** Says how it is with a relay. */
export function set (entry: Entry, state: Relay['state'], detail: string): void {
  if (entry.state !== state) {
    entry.since = Date.now()
  }
  entry.state = state
  entry.detail = detail
}
