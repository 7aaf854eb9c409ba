import type { Connection, NewStreamOptions, Stream, StreamHandlerOptions, Topology } from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'
import { MAX_PEER_BUFFER_BYTES } from '../limits.ts'

/**
 * Trap: Floodsub has no option to run on limited circuits and says nothing
 * (`recipients: []`), and it lets a slow peer's buffer grow without bound.
 *
 * Gives a router components whose registrar and connections allow limited
 * circuits and bound what waits in an outbound stream.
 */
export function limitedComponents<C extends { readonly registrar: Registrar }> (components: C): C {
  const { registrar } = components
  const wrapped: Registrar = overlay(registrar, {
    handle: async (protocol, handler, options?: StreamHandlerOptions) =>
      registrar.handle(protocol, async (stream, connection) => handler(forgetful(stream), connection), { ...options, runOnLimitedConnection: true }),
    register: async (protocol: string, topology: Topology) =>
      registrar.register(protocol, {
        ...topology,
        notifyOnLimitedConnection: true,
        onConnect: async (peer, connection) => topology.onConnect?.(peer, limitedConnection(connection))
      })
  })
  return overlay(components, { registrar: wrapped } as Partial<C>)
}

/** Gives a router components that tell, before the router hears of it, that a peer opened a pubsub stream. */
export function onInboundPubsub<C extends { readonly registrar: Registrar }> (components: C, onStream: (peer: string) => void): C {
  const { registrar } = components
  const wrapped: Registrar = overlay(registrar, {
    handle: async (protocol, handler, options?: StreamHandlerOptions) =>
      registrar.handle(protocol, async (stream, connection) => {
        onStream(connection.remotePeer.toString())
        return handler(stream, connection)
      }, options)
  })
  return overlay(components, { registrar: wrapped } as Partial<C>)
}

function limitedConnection (connection: Connection): Connection {
  return overlay(connection, {
    newStream: async (protocols, options?: NewStreamOptions) => {
      const stream = await connection.newStream(protocols, { ...options, runOnLimitedConnection: true })
      stream.maxWriteBufferLength = MAX_PEER_BUFFER_BYTES
      return forgetful(stream)
    }
  })
}

/**
 * Trap: when a stream ends in the middle of a frame, Floodsub puts back what
 * it had read, which throws on a closed stream: an unhandled rejection, by
 * which any neighbour could end the process.
 */
function forgetful (stream: Stream): Stream {
  stream.unshift = () => {}
  return stream
}

/** An object that answers from `over` first, and otherwise as `base` does. */
function overlay<T extends object> (base: T, over: Partial<T>): T {
  return new Proxy(base, {
    get (target, property) {
      if (property in over) {
        return Reflect.get(over, property) as unknown
      }
      const value: unknown = Reflect.get(target, property, target)
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value
    }
  })
}
