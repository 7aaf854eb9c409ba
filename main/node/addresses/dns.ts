import { dns, type DNS, type DNSInit } from '@multiformats/dns'
import { jumpMeter } from '../wake.ts'

/**
 * Looks up the names that stand for whole multiaddrs, and keeps answers for as long as they say.
 *
 * Trap: what keeps them goes by the wall clock. After that was set back by three hours, a relay that has moved is
 * looked for where it was for three hours.
 *
 * @param init who is asked. @default the system's
 */
export function lookUpNames (init?: DNSInit): DNS {
  let names = dns(init)
  const jumped = jumpMeter()
  return {
    query: async (domain, options) => {
      if (jumped() !== 0) names = dns(init)
      return names.query(domain, options)
    }
  }
}
