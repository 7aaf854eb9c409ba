import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { FaultTolerance, type Libp2p, type Transport } from '@libp2p/interface'
import type { WebSocketsComponents } from '@libp2p/websockets'
import { createLibp2p } from 'libp2p'

/** Milliseconds that a dial may take: libp2p's own limit for an address. */
export const DIAL = 6_000

/**
 * A node that does nothing but dial: a peer id of its own that nobody knows, no
 * services, nobody can connect to it. What it does touches no other connection,
 * and nobody learns from it who we are. It runs already.
 */
export async function createDiallingNode (transports: readonly ((components: WebSocketsComponents) => Transport)[]): Promise<Libp2p> {
  return createLibp2p({
    addresses: { listen: [] },
    transports: [...transports],
    transportManager: { faultTolerance: FaultTolerance.NO_FATAL },
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    // Which address may be dialled has been decided by who calls.
    connectionGater: { denyDialMultiaddr: () => false, denyInboundConnection: () => true },
    connectionManager: { reconnectRetries: 0 },
    connectionMonitor: { enabled: false }
  })
}
