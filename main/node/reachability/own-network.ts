import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { networkInterfaces } from 'node:os'

/** Multicast DNS (RFC 6762, section 3): a packet there goes to the local network. */
const LOCAL_NETWORK = { address: '224.0.0.251', port: 5_353 } as const

/**
 * Whether this computer is on any network: it has an address beside loopback,
 * or a route to the local network. Sends nothing.
 */
export async function isOnNetwork (): Promise<boolean> {
  return hasAddress() || await hasRoute()
}

function hasAddress (): boolean {
  try {
    return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ internal }) => !internal))
  } catch {
    // A system that does not tell: nothing is claimed about it.
    return true
  }
}

/** The system looks the route up when a socket is connected: `ENETUNREACH` where there is none. */
async function hasRoute (): Promise<boolean> {
  const socket = createSocket('udp4')
  try {
    const connected = once(socket, 'connect')
    socket.connect(LOCAL_NETWORK.port, LOCAL_NETWORK.address)
    await connected
    return true
  } catch {
    return false
  } finally {
    socket.close()
  }
}
