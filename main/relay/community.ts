import type { CommunityOptions } from '../node/relay/community/community.ts'
import { readRelayName } from '../node/relays/relay-name.ts'
import { resolveRelayName } from '../node/relays/resolve-relay-name.ts'

/**
 * The other relays of a community, as the configuration names them. Names are
 * looked up whenever they are needed: a relay that starts before its network
 * does finds the others later.
 *
 * @param named multiaddrs with a peer id, `/dnsaddr/` names, short names
 * @returns undefined where none is named: then no others are looked for
 */
export function communityOf (named: readonly string[]): CommunityOptions | undefined {
  return named.length === 0 ? undefined : {
    others: async () => (await Promise.all(named.map(async (text) => {
      const name = readRelayName(text)
      if (name === undefined) return [text]
      const found = await resolveRelayName(name)
      return found.kind === 'found' ? found.relays.flatMap(({ addresses }) => addresses) : []
    }))).flat()
  }
}
