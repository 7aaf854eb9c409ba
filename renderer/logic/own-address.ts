import type { Reachability, Self } from '../../preload/contract/index.ts'

/** The whole address under which others reach us now: proven, else through our first relay, else where we listen. */
export function ownAddress (reachability: Reachability, self: Self | undefined): string | undefined {
  if (self === undefined) return undefined
  const [relay] = reachability.through
  if (reachability.address !== undefined) return `${reachability.address}/p2p/${self.peerId}`
  if (relay !== undefined) return `${relay.address}/p2p-circuit/p2p/${self.peerId}`
  return self.addresses[0]
}
