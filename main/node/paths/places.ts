import { getNetConfig, isNetworkAddress, isPrivate } from '@libp2p/utils'
import { CODE_P2P, type Multiaddr } from '@multiformats/multiaddr'
import { TCP } from '@multiformats/multiaddr-matcher'
import type { CreatedNode } from '../create-node.ts'
import { isCircuit } from '../addresses/kinds.ts'
import type { MeetingPlace } from './punch.ts'

/** Addresses that are dialled of those that somebody names, so that nobody makes us knock at many doors. */
export const MAX_PLACES = 4

/**
 * Where to dial of what somebody named: IP addresses with a TCP port that the
 * gater lets us dial and to which no proxy leads; the port to leave by is ours
 * of the same version of IP.
 */
export async function placesToDial (node: CreatedNode, named: readonly Multiaddr[], own: readonly MeetingPlace[]): Promise<readonly MeetingPlace[]> {
  const plain = new Map(plainOf(named).map((address) => [address.toString(), address]))
  const places: MeetingPlace[] = []
  for (const address of plain.values()) {
    if (places.length === MAX_PLACES) {
      break
    }
    if (!node.gater.denyDialMultiaddr(address) && !await node.outbound.needsProxy(address)) {
      const { type } = getNetConfig(address)
      const localPort = own.find((place) => getNetConfig(place.address).type === type)?.localPort
      places.push({ address, ...(localPort === undefined ? {} : { localPort }) })
    }
  }
  return places
}

/** Those addresses of a node at which everybody may try to reach it. */
export function openAddresses (addresses: readonly Multiaddr[], allowPrivate: boolean): readonly Multiaddr[] {
  return plainOf(addresses).filter((address) => allowPrivate || !isPrivate(address)).slice(0, MAX_PLACES)
}

/** Without peer ids. Trap: what stands before a circuit is the relay's address, not theirs. */
function plainOf (addresses: readonly Multiaddr[]): readonly Multiaddr[] {
  return addresses.filter((address) => !isCircuit(address)).map((address) => address.decapsulateCode(CODE_P2P)).filter(isPlain)
}

function isPlain (address: Multiaddr): boolean {
  if (!TCP.exactMatch(address) || !isNetworkAddress(address)) {
    return false
  }
  const { type } = getNetConfig(address)
  return type === 'ip4' || type === 'ip6'
}
