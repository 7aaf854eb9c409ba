import type { Resolve } from '../../node/addresses/resolve-name.ts'
import type { RelayName } from '../../node/relays/relay-name.ts'
import type { NamedRelays } from '../../node/relays/resolve-relay-name.ts'
import type { ProxyFor } from '../../node/transports/types.ts'

/**
 * Looks relays' names up: by the system's resolver, and at the name itself, the
 * way that the proxies of this network lead. Loaded at the first name: who has
 * none needs none of it.
 */
export function createLookUpName (proxyFor: ProxyFor, resolve: Resolve): (name: RelayName) => Promise<NamedRelays> {
  return async (name) => {
    const [{ resolveRelayName }, { createWhoAnswers }] = await Promise.all([import('../../node/relays/resolve-relay-name.ts'), import('../../node/relays/who-answers.ts')])
    return resolveRelayName(name, { resolve, whoAnswers: createWhoAnswers(proxyFor) })
  }
}
