import type { Socket } from 'node:net'
import type { AbortOptions, Transport } from '@libp2p/interface'
import { tcp, type TCPComponents } from '@libp2p/tcp'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Outbound } from './outbound.ts'

/** How libp2p's transport opens a connection (tcp 11.0.28). */
interface Dials { _connect: (address: Multiaddr, options: AbortOptions & { readonly signal: AbortSignal }) => Promise<Socket> }

/** libp2p's TCP, with connections made by {@link Outbound}. It has no option for that. */
export function outboundTcp (outbound: Outbound): (components: TCPComponents) => Transport {
  return (components) => {
    const transport = tcp()(components) as Transport & Dials
    transport._connect = async (address, { signal }) => outbound.connect(address, signal)
    return transport
  }
}
