import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { FaultTolerance, type Libp2p, type PeerId } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { webSockets } from '@libp2p/websockets'
import type { Multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'

/** Milliseconds that a dial may take: libp2p's own limit for an address. */
const DIAL = 6_000

/**
 * A node of its own that does nothing but dial: another peer id, no services,
 * nobody can connect to it. The relay's own connections, and the pubsub
 * streams on them, are not touched by what it does. Made at the first dial.
 */
export class Dialler {
  #node: Promise<Libp2p> | undefined

  /**
   * Dials one address and checks by Noise that the peer is the one; closes again.
   *
   * @throws what the network says: nobody answers, another peer answers
   */
  async reach (address: Multiaddr, peer: PeerId, signal: AbortSignal): Promise<void> {
    this.#node ??= create()
    const node = await this.#node
    const target = address.encapsulate(`/p2p/${peer.toString()}`)
    try {
      const connection = await node.dial(target, { force: true, signal: AbortSignal.any([signal, AbortSignal.timeout(DIAL)]) })
      connection.abort(new Error('that was all'))
    } finally {
      await node.peerStore.delete(peer)
    }
  }

  async stop (): Promise<void> {
    const node = this.#node
    this.#node = undefined
    await (await node)?.stop()
  }
}

async function create (): Promise<Libp2p> {
  return createLibp2p({
    addresses: { listen: [] },
    transports: [tcp(), webSockets()],
    transportManager: { faultTolerance: FaultTolerance.NO_FATAL },
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    // Which address may be dialled has been decided by who calls.
    connectionGater: { denyDialMultiaddr: () => false, denyInboundConnection: () => true },
    connectionManager: { reconnectRetries: 0 },
    connectionMonitor: { enabled: false }
  })
}
