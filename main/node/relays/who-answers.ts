import { multiaddr } from '@multiformats/multiaddr'
import { createDiallingNode, DIAL } from '../dialling-node.ts'
import { relayTrouble } from '../reachability/words.ts'
import { Outbound } from '../transports/outbound.ts'
import type { ProxyFor } from '../transports/types.ts'
import { outboundWebSockets } from '../transports/websockets.ts'

/** Who answers at a host and port over WebSocket in TLS: the peer id and the address with it; or in a sentence what went wrong. */
export type WhoAnswers = (host: string, port: number) => Promise<{ readonly peerId: string, readonly address: string } | { readonly trouble: string }>

/**
 * Asks at the place itself, through the proxy that leads there: such a proxy
 * looks the name up, so that it needs no DNS here. TLS proves that who answers
 * holds the host's name, and Noise that they hold the key of the peer id. Never rejects.
 */
export function createWhoAnswers (proxyFor?: ProxyFor): WhoAnswers {
  return async (host, port) => {
    const place = multiaddr(`/dns/${host}/tcp/${String(port)}/tls/ws`)
    const node = await createDiallingNode([outboundWebSockets(new Outbound(proxyFor))])
    try {
      const { remotePeer } = await node.dial(place, { signal: AbortSignal.timeout(DIAL) })
      const peerId = remotePeer.toString()
      return { peerId, address: `${place.toString()}/p2p/${peerId}` }
    } catch (error) {
      return { trouble: relayTrouble(error) }
    } finally {
      await node.stop()
    }
  }
}
