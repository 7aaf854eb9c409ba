import { CODE_IP4, CODE_IP6, CODE_TCP, multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { WebSocketsSecure } from '@multiformats/multiaddr-matcher'

/** What libp2p takes as `addresses`, as far as names go. */
interface Announced {
  readonly appendAnnounce: string[]
  readonly announceFilter: (addresses: Multiaddr[]) => Multiaddr[]
}

/**
 * Announces what is listened on with TLS under the names of its certificate,
 * and not under an IP address: nobody could check the certificate there.
 *
 * @param listen multiaddrs that are listened on
 * @param announce what the person names is announced as it is
 */
export function announceByName ({ listen, announce = [], certificateNames = [] }: { readonly listen: readonly string[], readonly announce?: readonly string[], readonly certificateNames?: readonly string[] }): Announced | Record<never, never> {
  if (announce.length > 0 || certificateNames.length === 0) {
    return {}
  }
  const secure = listen.map((address) => multiaddr(address)).filter((address) => WebSocketsSecure.exactMatch(address))
  const named = secure.flatMap((address) => {
    const [host, tcp] = address.getComponents()
    // Whoever has the system choose a port names it with `announce`, or nobody finds it twice.
    return tcp?.code === CODE_TCP && tcp.value !== '0' ? certificateNames.map((name) => `/${host?.code === CODE_IP6 ? 'dns6' : 'dns4'}/${name}/tcp/${tcp.value ?? ''}/tls/ws`) : []
  })
  return {
    appendAnnounce: [...new Set(named)],
    announceFilter: (addresses) => addresses.filter((address) => !(isIp(address) && address.getComponents().some(({ name }) => name === 'tls' || name === 'wss')))
  }
}

function isIp (address: Multiaddr): boolean {
  const code = address.getComponents()[0]?.code
  return code === CODE_IP4 || code === CODE_IP6
}
