import { CODE_P2P, multiaddr, type Multiaddr } from '@multiformats/multiaddr'

/** A peer id as people read it: `12D3…x7Qk`. */
export function shortPeerId (peerId: string): string {
  return peerId.length <= 10 ? peerId : `${peerId.slice(0, 4)}…${peerId.slice(-4)}`
}

/** The peer that a multiaddr ends at: its last `/p2p/…`, or undefined where it names none. */
export function lastPeerId (address: Multiaddr): string | undefined {
  return address.getComponents().findLast(({ code }) => code === CODE_P2P)?.value
}

/** The same for text; undefined also where the text is no multiaddr. */
export function peerIdInAddress (address: string): string | undefined {
  try {
    return lastPeerId(multiaddr(address))
  } catch {
    return undefined
  }
}
