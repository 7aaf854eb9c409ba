import { getNetConfig, isNetworkAddress } from '@libp2p/utils'
import { CODE_P2P, CODE_P2P_CIRCUIT, CODE_WS, multiaddr, type Multiaddr } from '@multiformats/multiaddr'

/** Whether an address leads through a relay, also one of ours as seen from its end. */
export function isCircuit (address: Multiaddr): boolean {
  return address.getComponents().some(({ code }) => code === CODE_P2P_CIRCUIT)
}

/** Whether an address is one of WebSocket, with or without TLS. */
export function isWebSocket (address: Multiaddr): boolean {
  return address.getComponents().some(({ code }) => code === CODE_WS)
}

/** Whether an address begins with an IP address, and not with a name. */
export function isIp (address: Multiaddr): boolean {
  const type = isNetworkAddress(address) ? getNetConfig(address).type : undefined
  return type === 'ip4' || type === 'ip6'
}

/**
 * Trap: IPv6 addresses that stand for an IPv4 one (64:ff9b::/96 by a translating
 * gateway, ::/96 of old) count as public, though it may be 127.0.0.1. Nobody is
 * found only there.
 */
export function holdsIp4 (address: Multiaddr): boolean {
  return /^(?:64:ff9b:|::(?!ffff:))/iu.test(hostOf(multiaddr(address.bytes)) ?? '')
}

/** The host of an address that names one. */
export function hostOf (address: Multiaddr): string | undefined {
  return isNetworkAddress(address) ? getNetConfig(address).host : undefined
}

/** What a dial comes down to: the address without the peer at its end. */
export function dialTarget (address: Multiaddr): string {
  return address.decapsulateCode(CODE_P2P).toString()
}
