import type { Connection, Libp2pEvents, PeerId, TypedEventTarget } from '@libp2p/interface'
import type { ConnectionManager } from '@libp2p/interface-internal'

/** What {@link SpareRoom} needs of libp2p. */
interface Parts {
  readonly events: TypedEventTarget<Libp2pEvents>
  readonly connectionManager: Pick<ConnectionManager, 'getConnectionsMap' | 'getMaxConnections'>
}

/** Part of all connections from which on room is made. */
const FULL = 0.8

/**
 * Lets go of strangers who connected and do nothing with us, the one who came first, before connections run out.
 *
 * Without it 300 of them, which cost nothing, would keep everybody else out for as long as they like.
 *
 * @param isNeeded whether somebody shares a topic with us, or is there for another reason
 */
export function keepSpareRoom ({ events, connectionManager }: Parts, isNeeded: (peer: string) => boolean): void {
  events.addEventListener('connection:open', ({ detail }: CustomEvent<Connection>) => {
    const peers = connectionManager.getConnectionsMap()
    if (peers.size < FULL * connectionManager.getMaxConnections()) return
    const idle = firstIdle(peers.entries(), detail.remotePeer, isNeeded)
    idle?.forEach((connection) => { connection.close().catch((error: unknown) => { connection.abort(error instanceof Error ? error : new Error(String(error))) }) })
  })
}

function firstIdle (peers: Iterable<[PeerId, Connection[]]>, newest: PeerId, isNeeded: (peer: string) => boolean): readonly Connection[] | undefined {
  for (const [peer, connections] of peers) {
    // Whom we dialed we dialed for a reason, and who has just come could not say yet what for.
    const isGuest = connections.every(({ direction }) => direction === 'inbound')
    if (isGuest && !peer.equals(newest) && !isNeeded(peer.toString())) return connections
  }
  return undefined
}
