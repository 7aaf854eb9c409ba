import type { Connection, NewStreamOptions, PeerId, Stream, StreamHandlerOptions, Topology } from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'
import { MAX_PEER_BUFFER_BYTES } from '../limits.ts'
import { hasOutboundPubsub, isPubsubProtocol } from './router.ts'

/**
 * Trap: Floodsub has no option to run on limited circuits and says nothing
 * (`recipients: []`), and it lets a slow peer's buffer grow without bound.
 *
 * Gives a router components whose registrar and connections allow limited
 * circuits and bound what waits in an outbound stream.
 */
export function limitedComponents<C extends Steady> (components: C): C {
  const { registrar, connectionManager } = components
  const opening = new WeakSet<Connection>()
  const wrapped: Registrar = overlay(registrar, {
    handle: async (protocol, handler, options?: StreamHandlerOptions) =>
      registrar.handle(protocol, async (stream, connection) => handler(forgetful(stream), connection), { ...options, runOnLimitedConnection: true }),
    register: async (protocol: string, topology: Topology) =>
      registrar.register(protocol, {
        ...topology,
        notifyOnLimitedConnection: true,
        // Trap: told of a peer twice in a row, by identify and by its push, Floodsub opens two streams and uses the one
        // that is refused; told on another connection, it moves there, be it the older one that is about to close.
        onConnect: async (peer, connection) => {
          if (opening.has(connection) || connectionManager.getConnections(peer).some(hasOutboundPubsub)) {
            return
          }
          opening.add(connection)
          try {
            await topology.onConnect?.(peer, limitedConnection(connection))
          } finally {
            opening.delete(connection)
          }
        }
      })
  })
  return overlay(components, { registrar: wrapped } as Partial<C>)
}

/** Milliseconds after which a peer that said it speaks no pubsub any more, and has no stream, is let go. */
const LET_GO = 1_000

/** What is needed of libp2p here. */
interface Steady {
  readonly registrar: Registrar
  readonly connectionManager: { getConnections: (peer?: PeerId) => Connection[] }
}

/**
 * Gives a router components that tell, before the router hears of it, that a
 * peer opened a pubsub stream.
 *
 * Trap: a router drops a peer, and what it sent, when identify says that the
 * peer speaks its protocol no more. A peer that switches says so in between; on
 * a busy machine that is heard when its new streams stand. Streams are
 * believed more than what is said.
 */
export function steadyComponents<C extends Steady> (components: C, onStream: (stream: Stream, connection: Connection) => void): C {
  const { registrar, connectionManager } = components
  const wrapped: Registrar = overlay(registrar, {
    handle: async (protocol, handler, options?: StreamHandlerOptions) =>
      registrar.handle(protocol, async (stream, connection) => {
        onStream(stream, connection)
        closeWithTheOther(stream)
        return handler(stream, connection)
      }, options),
    register: async (protocol: string, topology: Topology) =>
      registrar.register(protocol, {
        ...topology,
        onDisconnect: async (peer) => {
          if (connectionManager.getConnections(peer).length === 0) {
            await topology.onDisconnect?.(peer)
            return
          }
          setTimeout(() => {
            if (!connectionManager.getConnections(peer).some(({ streams }) => streams.some((stream) => isPubsubProtocol(stream.protocol)))) {
              void topology.onDisconnect?.(peer)
            }
          }, LET_GO).unref()
        }
      })
  })
  return overlay(components, { registrar: wrapped } as Partial<C>)
}

/**
 * Trap: a router never closes its half of a stream that the other end closed.
 * The other end learns from it that all was read: until then what it sends by
 * another way could overtake, and a reset would have the router drop the peer.
 */
function closeWithTheOther (stream: Stream): void {
  stream.addEventListener('remoteCloseWrite', () => {
    stream.close().catch((error: unknown) => { stream.abort(error instanceof Error ? error : new Error(String(error))) })
  }, { once: true })
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
export function overlay<T extends object> (base: T, over: Partial<T>): T {
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
