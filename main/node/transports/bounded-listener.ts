import type { IncomingMessage, Server as HttpServer } from 'node:http'
import type { Server, Socket } from 'node:net'
import type { Listener } from '@libp2p/interface'
import { ipPortToMultiaddr } from '@libp2p/utils'
import type { WebSocket } from 'ws'
import { MAX_SMALL_FRAMES } from '../limits.ts'
import { PendingConnections } from '../pending-connections.ts'
import { Bucket } from '../quota.ts'

/** What of libp2p's listener is steered here (websockets 10.1.21). */
interface Serves extends Listener {
  readonly server: Server
  readonly http?: HttpServer
  readonly https?: HttpServer
  readonly wsServer: { readonly options: { maxPayload?: number } }
  onWsServerConnection: (websocket: WebSocket, request: IncomingMessage) => void
}

/** Who may knock. */
export interface Doors {
  /** Asked of each bare connection; `waiting` others of its IP address have not come to speak WebSocket yet. */
  readonly denySocket: (host: string, waiting: number) => boolean
  /** Told of an address from which too much came. */
  readonly noteFlood: (host: string) => void
}

/** How a listener is bounded. */
export interface ListenerBounds {
  readonly doors: Doors
  /** Milliseconds from the first packet to the end of TLS and HTTP. */
  readonly handshake: number
  /** Bytes of one message. */
  readonly maxMessage: number
}

const KIB = 1_024

/**
 * Bounds what comes before libp2p sees a connection by WebSocket. Trap: its
 * listener waits for a first byte for ever, answers one request after another
 * that is no WebSocket, and takes in whatever `ws` does: pings, messages of 100 MiB.
 */
export function boundListener (listener: Listener, { doors, handshake, maxMessage }: ListenerBounds): Listener {
  const serves = listener as Serves
  const pending = new PendingConnections<Socket>()
  const waiting = new Map<string, () => void>()
  serves.wsServer.options.maxPayload = maxMessage

  serves.server.prependListener('connection', (socket) => {
    const [host, name] = [hostOf(socket), nameOf(socket)]
    if (host === undefined || doors.denySocket(host, pending.countOf(host))) {
      socket.destroy()
      return
    }
    pending.add(host, socket)
    const timer = setTimeout(() => { socket.destroy() }, handshake).unref()
    const settle = (): void => {
      clearTimeout(timer)
      waiting.delete(name)
      pending.remove(socket)
    }
    waiting.set(name, settle)
    socket.once('close', settle)
    // libp2p listens for errors from the first byte on.
    socket.on('error', () => {})
  })

  listener.addEventListener('listening', () => {
    for (const server of [serves.http, serves.https]) {
      if (server !== undefined) {
        server.maxRequestsPerSocket = 1
        // Inside TLS it is another socket with the same ends.
        server.prependListener('upgrade', (request: IncomingMessage) => { waiting.get(nameOf(request.socket))?.() })
      }
    }
  })

  const take = serves.onWsServerConnection.bind(serves)
  serves.onWsServerConnection = (websocket, request) => {
    boundMessages(websocket, () => {
      const host = hostOf(request.socket)
      if (host !== undefined) doors.noteFlood(host)
    })
    take(websocket, request)
  }
  return listener
}

/** Below Noise, which counts its own. */
function boundMessages (websocket: WebSocket, onFlood: () => void): void {
  const { atOnce, perSecond } = MAX_SMALL_FRAMES
  const bucket = new Bucket({ perWindow: atOnce, window: atOnce / perSecond * 1_000 })
  let over = false
  const count = (data: { readonly byteLength?: number }): void => {
    if (!over && !bucket.take(1 - (data.byteLength ?? 0) / KIB)) {
      over = true
      onFlood()
      websocket.terminate()
    }
  }
  websocket.on('message', count)
  websocket.on('ping', count)
  websocket.on('pong', count)
}

function nameOf ({ remoteAddress, remotePort }: Socket): string {
  return `${String(remoteAddress)} ${String(remotePort)}`
}

/** As multiaddrs spell it. Undefined: it has gone already. */
function hostOf ({ remoteAddress, remotePort }: Socket): string | undefined {
  return remoteAddress === undefined || remotePort === undefined ? undefined : ipPortToMultiaddr(remoteAddress, remotePort).getComponents()[0]?.value
}
