import { getNetConfig, isNetworkAddress, isPrivate } from '@libp2p/utils'
import { CODE_P2P, type Multiaddr } from '@multiformats/multiaddr'
import { TCP, WebSockets, WebSocketsSecure } from '@multiformats/multiaddr-matcher'

/**
 * Whether an address that a stranger gave of themselves can be used by others:
 * over TCP or WebSocket, and not into anybody's own network.
 *
 * @param withNames names count too; where they lead is not known before they are looked up
 */
export function isUsableOutside (address: Multiaddr, allowPrivate: boolean, withNames = false): boolean {
  const place = address.decapsulateCode(CODE_P2P)
  if (!isNetworkAddress(place) || !(TCP.exactMatch(place) || WebSockets.exactMatch(place) || WebSocketsSecure.exactMatch(place))) return false
  const { type } = getNetConfig(place)
  if (type !== 'ip4' && type !== 'ip6') return withNames
  return allowPrivate || !isPrivate(place)
}
