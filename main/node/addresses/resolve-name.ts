import { lookup, Resolver } from 'node:dns/promises'

/** Milliseconds until a name counts as one that does not resolve; a resolver that lives answers within one or two. */
const DEADLINE = 5_000

/** Looks a name up; `addr` means libp2p's TXT records. Answers what was found, nothing where there is nothing. Never rejects. */
export type Resolve = (name: string, family: 'any' | 4 | 6 | 'addr') => Promise<readonly string[]>

/** {@link Resolve} by the system's resolver, which also reads /etc/hosts; gives up after 5 s. */
export const resolveName: Resolve = async (name, family) => {
  const { promise: late, resolve: giveUp } = Promise.withResolvers<readonly string[]>()
  const timer = setTimeout(() => { giveUp([]) }, DEADLINE)
  try {
    return await Promise.race([late, family === 'addr' ? lookUpText(name) : lookUpAddress(name, family)])
  } catch {
    return []
  } finally {
    clearTimeout(timer)
  }
}

async function lookUpAddress (name: string, family: 'any' | 4 | 6): Promise<readonly string[]> {
  const found = await lookup(name, { all: true, family: family === 'any' ? 0 : family })
  return found.map(({ address }) => address)
}

/** libp2p's `dnsaddr`: multiaddrs in TXT records of `_dnsaddr.<name>`. */
async function lookUpText (name: string): Promise<readonly string[]> {
  const resolver = new Resolver({ timeout: DEADLINE, tries: 1 })
  const records = await resolver.resolveTxt(`_dnsaddr.${name}`)
  return records.map((chunks) => chunks.join('')).filter((text) => text.startsWith('dnsaddr='))
}
