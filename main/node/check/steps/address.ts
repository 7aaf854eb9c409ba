import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os'
import { isPrivate } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import { finding } from '../finding.ts'
import type { Step } from '../types.ts'

/** Whether this computer has an address that the whole network knows. */
export const addressStep: Step = {
  id: 'address',
  title: 'Is your address a private one?',
  run: async () => {
    const addresses = ownAddresses(networkInterfaces())
    const evidence = addresses.map((address) => `This computer has the address ${address}.`)
    if (addresses.length === 0) {
      return Promise.resolve(finding('bad', 'This computer has no network address: it is connected to no network.', 'Connect it, by cable or Wi-Fi.'))
    }
    return Promise.resolve(addresses.some((address) => !isPrivateIp(address))
      ? finding('good', 'This computer has a public address.', '', evidence)
      : finding('warn', 'This computer has private addresses alone: a router stands between it and the network outside, as it does in most homes and offices.', 'Nothing is wrong with that. People outside reach you through a relay.', evidence))
  }
}

/** Addresses of this computer that lead further than itself and the cable. */
export function ownAddresses (interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>): string[] {
  return Object.values(interfaces).flatMap((all) => all ?? [])
    .filter(({ internal, address }) => !internal && !/^(?:fe[89ab]|169\.254\.)/iu.test(address))
    .map(({ address }) => address)
}

/** Whether an IP address means something in one network only; 100.64.0.0/10 is what providers share among customers (RFC 6598). */
export function isPrivateIp (address: string): boolean {
  return isPrivate(multiaddr(address.includes(':') ? `/ip6/${address}` : `/ip4/${address}`)) || /^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./u.test(address)
}
