import type { MultiaddrConnection } from '@libp2p/interface'
import type { ConnectionManager } from '@libp2p/interface-internal'
import { CODE_P2P, CODE_P2P_CIRCUIT } from '@multiformats/multiaddr'
import { MAX_CIRCUITS_IN } from '../limits.ts'
import { Quota } from '../quota.ts'

/** What of libp2p's connection manager is steered here (libp2p 3.3.11). */
interface Accepts extends ConnectionManager {
  incomingPendingConnections: number
  acceptIncomingConnection: (connection: MultiaddrConnection) => boolean
}

/**
 * Bounds the circuits that others open to us, by the peer at the far end.
 *
 * libp2p counts them all under their relay's IP address: strangers who open and close circuits use up what that
 * address may do in a second, and strangers who say nothing on theirs hold all places for handshakes, so that nobody
 * else gets through the relay. Here each peer has an allowance of its own. Peer ids are free, so that those who come
 * later are not refused when all places for handshakes are taken: the one that has waited longest gives way, which
 * an honest handshake of two round trips has left long before.
 */
export class CircuitDoors {
  readonly #perPeer = new Quota({ perWindow: MAX_CIRCUITS_IN.perPeer, window: MAX_CIRCUITS_IN.window })
  /** Those whose handshake is under way, the one that has waited longest first. */
  readonly #pending = new Set<MultiaddrConnection>()

  /** Has a connection manager ask here about circuits. */
  attach (connectionManager: ConnectionManager): void {
    const manager = connectionManager as Accepts
    const accept = manager.acceptIncomingConnection.bind(manager)
    manager.acceptIncomingConnection = (connection) => {
      const peer = farEnd(connection)
      if (peer === undefined) return accept(connection)
      if (manager.getConnections().length >= manager.getMaxConnections() || !this.admit(connection, peer)) return false
      // It is taken back when the handshake has ended.
      manager.incomingPendingConnections++
      return true
    }
  }

  /** Whether a circuit may begin its handshake; until {@link CircuitDoors.passed} or its end it holds a place. */
  admit (connection: MultiaddrConnection, peer: string): boolean {
    if (!this.#perPeer.take(peer)) return false
    const [longest] = this.#pending
    if (longest !== undefined && this.#pending.size >= MAX_CIRCUITS_IN.pending) {
      this.#pending.delete(longest)
      longest.abort(new Error('its handshake took too long'))
    }
    this.#pending.add(connection)
    connection.addEventListener('close', () => { this.passed(connection) }, { once: true })
    return true
  }

  /** A handshake has ended. */
  passed (connection: MultiaddrConnection): void {
    this.#pending.delete(connection)
  }
}

/** The peer that a circuit comes from, as the relay says; undefined for other connections. */
function farEnd ({ remoteAddr }: MultiaddrConnection): string | undefined {
  const components = remoteAddr.getComponents()
  const circuit = components.findIndex(({ code }) => code === CODE_P2P_CIRCUIT)
  return circuit < 0 ? undefined : components.slice(circuit).find(({ code }) => code === CODE_P2P)?.value ?? ''
}
