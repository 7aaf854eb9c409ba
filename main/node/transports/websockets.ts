import type { Server } from 'node:https'
import { once } from 'node:events'
import type { AbortOptions, Listener, Transport } from '@libp2p/interface'
import { webSockets, type WebSocketsComponents } from '@libp2p/websockets'
import type { Multiaddr } from '@multiformats/multiaddr'
import { multiaddrToUri } from '@multiformats/multiaddr-to-uri'
import { WebSocket as WsWebSocket } from 'ws'
import { boundListener, type Doors } from './bounded-listener.ts'
import type { Outbound } from './outbound.ts'
import type { ServerCertificate } from './server-certificate.ts'
import { secure } from './sockets.ts'
import { TLS_PARAMETERS } from './tls-parameters.ts'

/** What of libp2p's transport is steered here (websockets 10.1.21). */
interface Dials { _connect: (address: Multiaddr, options: AbortOptions & { readonly signal: AbortSignal }) => Promise<unknown> }
interface Serves extends Listener { readonly https?: Server }

/** What listens is given. */
export interface WebSocketsListening {
  readonly doors: Doors
  /** Left out: nobody can connect by TLS. */
  readonly certificate?: ServerCertificate
}

/** Milliseconds for a client's TLS handshake, and then for its request: ten slow round trips. Node's own are 120 s and 60 s. */
const HANDSHAKE = 10_000
/** Bytes of one message. Noise cuts what it sends into 64 KiB; `ws` would take 100 MiB. */
const MAX_MESSAGE = 1_048_576

/**
 * libp2p's WebSocket, with connections made by {@link Outbound}, certificates
 * checked against those that this computer trusts, and a certificate of our own
 * that may change while we listen. The runtime's own WebSocket can do neither.
 */
export function outboundWebSockets (outbound: Outbound, listening?: WebSocketsListening): (components: WebSocketsComponents) => Transport {
  return (components) => {
    const limits = { handshakeTimeout: HANDSHAKE, headersTimeout: HANDSHAKE, requestTimeout: HANDSHAKE }
    const transport = webSockets({ http: limits, https: { ...limits, ...TLS_PARAMETERS } })(components) as Transport & Dials
    transport._connect = async (address, { signal }) => dial(outbound, address, signal)
    const createListener = transport.createListener.bind(transport)
    if (listening !== undefined) {
      const { doors, certificate } = listening
      transport.createListener = (options) => {
        const listener = boundListener(createListener(options), { doors, handshake: HANDSHAKE, maxMessage: MAX_MESSAGE })
        return certificate === undefined ? listener : withCertificate(listener, certificate)
      }
    }
    return transport
  }
}

async function dial (outbound: Outbound, address: Multiaddr, signal: AbortSignal): Promise<unknown> {
  const uri = multiaddrToUri(address)
  const url = new URL(uri)
  const plain = await outbound.connect(address, signal)
  const socket = url.protocol === 'wss:' ? await secure(plain, url.hostname.replace(/^\[|\]$/gu, ''), signal) : plain
  if (socket !== plain) outbound.tell(address, 'tls')
  const websocket = new WsWebSocket(uri, { createConnection: () => socket, perMessageDeflate: false, maxPayload: MAX_MESSAGE })
  websocket.binaryType = 'arraybuffer'
  try {
    await once(websocket, 'open', { signal })
  } catch (error) {
    websocket.on('error', () => {})
    websocket.terminate()
    socket.destroy()
    throw error
  }
  // What goes wrong later shows as the end of the connection.
  websocket.on('error', () => {})
  return websocket
}

/**
 * Trap: libp2p's own way to change a certificate, its event `certificate:renew`,
 * makes listeners for plain WebSocket speak TLS too. A new context forgets
 * what the server was made with, so it is given everything again.
 */
function withCertificate (listener: Serves, certificate: ServerCertificate): Listener {
  const show = (): void => {
    if (certificate.current !== undefined) {
      listener.https?.setSecureContext({ ...certificate.current, ...TLS_PARAMETERS })
    }
  }
  listener.addEventListener('listening', show)
  certificate.on('certificate:change', show)
  listener.addEventListener('close', () => { certificate.off('certificate:change', show) })
  return listener
}
