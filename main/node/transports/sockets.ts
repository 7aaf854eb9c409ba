import { once } from 'node:events'
import { connect, isIP, type Socket } from 'node:net'
import tls from 'node:tls'
import { boundedLookup } from './lookup.ts'
import { trustedContext } from './roots.ts'

/** Where a TCP connection leads. */
export interface Target {
  readonly host: string
  readonly port: number
  /** The only version of IP to use. @default either */
  readonly family?: 4 | 6
  /** The port to come from, on which nothing listens. @default the system chooses */
  readonly localPort?: number
  /** Told once the host's name is found. */
  readonly onName?: () => void
}

/** Opens a TCP connection. @throws what the network says; nothing stays open then */
export async function openSocket ({ host, port, family, localPort, onName }: Target, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted()
  const socket = connect({
    host,
    port,
    lookup: boundedLookup,
    noDelay: true,
    keepAlive: true,
    ...(family === undefined ? {} : { family }),
    ...(localPort === undefined ? {} : { localPort })
  })
  if (onName !== undefined) {
    socket.once('lookup', (error: Error | null) => { if (error === null) onName() })
  }
  return settled(socket, 'connect', signal)
}

/**
 * Speaks TLS on a connection, and checks the certificate like a browser: its
 * name is the host's, and somebody whom this computer trusts signed it.
 *
 * @throws what is wrong with the certificate; the connection is closed then
 */
export async function secure (socket: Socket, host: string, signal: AbortSignal): Promise<Socket> {
  const inside = tls.connect({
    socket,
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    secureContext: trustedContext(),
    ALPNProtocols: ['http/1.1']
  })
  return settled(inside, 'secureConnect', signal)
}

async function settled (socket: Socket, event: string, signal: AbortSignal): Promise<Socket> {
  try {
    // It rejects with the socket's own error too.
    await once(socket, event, { signal })
    return socket
  } catch (error) {
    socket.on('error', () => {})
    socket.destroy()
    throw error
  }
}
