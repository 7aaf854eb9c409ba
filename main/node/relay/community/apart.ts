import type { PeerId, Topology } from '@libp2p/interface'
import type { Components } from '../../components.ts'
import { PROTOCOLS } from '../../protocols.ts'

/**
 * Components over which a hub's router never begins with another hub. Relays
 * of a community are connected to find each other; as clients of each other
 * they would keep each other's topics for ever, and each client's posts would
 * pass through all of them.
 */
export function apartFromHubs (components: Components): Components {
  const { registrar, peerStore } = components
  // A router registers four protocols, and is told of a peer for each at once: one look into the store serves all.
  const asked = new Map<string, Promise<readonly string[]>>()
  const protocolsOf = async (peerId: PeerId): Promise<readonly string[]> => {
    const peer = peerId.toString()
    const protocols = asked.get(peer) ?? peerStore.get(peerId).then(({ protocols }) => protocols, () => []).finally(() => asked.delete(peer))
    asked.set(peer, protocols)
    return protocols
  }
  const register = async (protocol: string, topology: Topology): Promise<string> => registrar.register(protocol, {
    ...topology,
    onConnect: async (peerId, connection) => {
      // Identify has written them down before anybody is told of the peer.
      if (!(await protocolsOf(peerId)).includes(PROTOCOLS.hub.id)) await topology.onConnect?.(peerId, connection)
    }
  })
  return overlay(components, { registrar: overlay(registrar, { register }) })
}

function overlay<T extends object> (base: T, over: Partial<T>): T {
  return new Proxy(base, {
    get (target, property) {
      if (property in over) return Reflect.get(over, property) as unknown
      const value: unknown = Reflect.get(target, property, target)
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value
    }
  })
}
