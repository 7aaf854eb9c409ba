import type { Libp2p, PeerId } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { webSockets } from '@libp2p/websockets'
import type { Multiaddr } from '@multiformats/multiaddr'
import { createDiallingNode, DIAL } from '../dialling-node.ts'

/**
 * Dials with a node of its own, so that the relay's own connections, and the
 * pubsub streams on them, are not touched by what it does. Made at the first dial.
 */
export class Dialler {
  #node: Promise<Libp2p> | undefined

  /**
   * Dials one address and checks by Noise that the peer is the one; closes again.
   *
   * @throws what the network says: nobody answers, another peer answers
   */
  async reach (address: Multiaddr, peer: PeerId, signal: AbortSignal): Promise<void> {
    this.#node ??= createDiallingNode([tcp(), webSockets()])
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
