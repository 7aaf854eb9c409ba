import { resolveName, type Resolve } from '../../node/addresses/resolve-name.ts'
import type { ProxyFor } from '../../node/transports/types.ts'

/** The port that a name is asked about: most relays behind proxies are on it. */
const HTTPS = 443

/**
 * Whether a name is there. Behind a proxy that is the proxy's to find out:
 * such networks often look up no names from outside, and need not.
 */
export function resolveBehindProxy (proxyFor: ProxyFor, resolve: Resolve = resolveName): Resolve {
  return async (name, family) => {
    // Lists of addresses in TXT records are no place that a proxy leads to.
    const ways = family === 'addr' ? [] : await proxyFor(name, HTTPS).catch(() => [])
    return ways.every((way) => way === 'direct') ? resolve(name, family) : [name]
  }
}
