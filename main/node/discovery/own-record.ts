import { PeerRecord, RecordEnvelope } from '@libp2p/peer-record'
import { isLoopback, isPrivate } from '@libp2p/utils'
import { CODE_P2P, type Multiaddr } from '@multiformats/multiaddr'
import type { Components } from '../components.ts'
import { hostOf, isCircuit, isIp, isWebSocket } from '../addresses/kinds.ts'
import { relayOf } from './records.ts'

/** Addresses that an invite holds at most; readers try eight as well. */
export const MAX_USEFUL = 8
/** Bytes of them together, so that an invite stays under 3,000 characters; eight circuits through relays with an IPv6 address have 800. */
const MAX_BYTES = 900
/** Circuits that come before public addresses, so that neither displaces the other: a desktop holds two reservations. */
const FIRST_CIRCUITS = 4

/** Our own signed peer record as of now, with the most useful of our addresses. */
export async function sealOwnRecord ({ addressManager, peerId, privateKey }: Components): Promise<Uint8Array> {
  const multiaddrs = usefulAddresses(addressManager.getAddresses().map((address) => address.decapsulateCode(CODE_P2P)))
  return (await RecordEnvelope.seal(new PeerRecord({ peerId, multiaddrs }), privateKey)).marshal()
}

/**
 * The addresses that are worth most to somebody elsewhere, most useful first:
 * a circuit through each relay, public addresses, further circuits, then those
 * of the local network. A computer with many network interfaces has hundreds.
 */
export function usefulAddresses (addresses: readonly Multiaddr[]): Multiaddr[] {
  const unique = [...new Map(addresses.map((address) => [address.toString(), address])).values()]
  const seen = new Map<string, number>()
  const ranked = unique.map((address) => {
    const relay = isCircuit(address) ? relayOf(address)?.peer ?? '' : undefined
    const before = relay === undefined ? 0 : seen.get(relay) ?? 0
    if (relay !== undefined) seen.set(relay, before + 1)
    return { address, rank: rankOf(address, relay !== undefined && before === 0 && seen.size <= FIRST_CIRCUITS) }
  })
  ranked.sort((a, b) => a.rank - b.rank)
  const useful: Multiaddr[] = []
  let bytes = 0
  for (const { address } of ranked) {
    const size = address.bytes.byteLength
    if (useful.length === MAX_USEFUL) break
    if (bytes + size > MAX_BYTES) continue
    useful.push(address)
    bytes += size
  }
  return useful
}

function rankOf (address: Multiaddr, isFirstCircuit: boolean): number {
  const host = hostOf(address) ?? ''
  // Names count as public: nobody gives a relay of the local network one.
  const isLocal = isIp(address) && isPrivate(address)
  const isNarrow = isIp(address) && (isLoopback(address) || /^(?:169\.254\.|fe80:)/iu.test(host))
  if (isNarrow) return 8
  if (isLocal) return (isCircuit(address) ? 4 : 5) + (isWebSocket(address) ? 1 : 0)
  if (isFirstCircuit) return 0
  return isCircuit(address) ? 3 : isWebSocket(address) ? 2 : 1
}
