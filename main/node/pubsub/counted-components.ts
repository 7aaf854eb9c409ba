import type { Connection, NewStreamOptions, StreamHandlerOptions, Topology } from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'
import type { Counters } from './counters.ts'
import { overlay } from './limited-components.ts'
import type { RouterComponents } from './router.ts'

/** Gives a router components that count what passes on its streams, both ways. */
export function countedComponents (components: RouterComponents, counters: Counters): RouterComponents {
  const { registrar } = components
  // One for each, because routers compare them.
  const known = new WeakMap<Connection, Connection>()
  const counted = (connection: Connection): Connection => {
    const before = known.get(connection)
    if (before !== undefined) return before
    const peer = connection.remotePeer.toString()
    const over = overlay(connection, {
      newStream: async (protocols, options?: NewStreamOptions) => {
        const stream = await connection.newStream(protocols, options)
        counters.watchOutbound(stream, peer)
        return stream
      }
    })
    known.set(connection, over)
    return over
  }
  const wrapped: Registrar = overlay(registrar, {
    handle: async (protocol, handler, options?: StreamHandlerOptions) =>
      registrar.handle(protocol, async (stream, connection) => {
        counters.watchInbound(stream, connection.remotePeer.toString())
        return handler(stream, counted(connection))
      }, options),
    register: async (protocol: string, topology: Topology) =>
      registrar.register(protocol, {
        ...topology,
        onConnect: async (peer, connection) => topology.onConnect?.(peer, counted(connection))
      })
  })
  return overlay(components, { registrar: wrapped })
}
