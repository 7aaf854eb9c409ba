import { createServer, type IncomingMessage } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { connect, createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** A proxy for CONNECT on loopback that leads every name to loopback. */
export interface TestProxy {
  readonly port: number
  /** What it was asked for, in order: `relay.test:4001`. */
  readonly asked: readonly string[]
  /** Values of `Proxy-Authorization`, in order. */
  readonly authorizations: readonly (string | undefined)[]
  readonly close: () => Promise<void>
}

/** How a {@link TestProxy} behaves. */
export interface TestProxyOptions {
  /** What it wants to see in `Proxy-Authorization`. @default nothing */
  readonly authorization?: string
  /** Ports that it leads elsewhere: what the other end would listen on, and what it does in the test. @default none */
  readonly ports?: Readonly<Record<number, number>>
  /** It speaks TLS itself, with this certificate. @default it does not */
  readonly tls?: { readonly cert: Buffer, readonly key: Buffer }
}

export async function startProxy ({ authorization, ports = {}, tls }: TestProxyOptions = {}): Promise<TestProxy> {
  const asked: string[] = []
  const authorizations: (string | undefined)[] = []
  const sockets = new Set<Duplex>()
  const server = tls === undefined ? createServer() : createTlsServer(tls)
  server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    asked.push(request.url ?? '')
    authorizations.push(request.headers['proxy-authorization'])
    client.on('error', () => {})
    if (authorization !== undefined && request.headers['proxy-authorization'] !== authorization) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="test"\r\n\r\n')
      return
    }
    const port = Number(request.url?.split(':').at(-1))
    const target = connect(ports[port] ?? port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n')
      target.write(head)
      target.pipe(client).pipe(target)
    })
    for (const each of [client, target]) {
      sockets.add(each)
      each.on('close', () => { sockets.delete(each) })
    }
    target.on('error', () => { client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n') })
  })
  return { port: await listen(server), asked, authorizations, close: async () => shut(server, sockets) }
}

/** A server on loopback that writes this to whoever connects, and nothing else. */
export async function startTalker (words: string): Promise<{ readonly port: number, readonly close: () => Promise<void> }> {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.write(words)
  })
  return { port: await listen(server), close: async () => shut(server, sockets) }
}

async function listen (server: Server): Promise<number> {
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  return (server.address() as AddressInfo).port
}

async function shut (server: Server, sockets: Iterable<Duplex>): Promise<void> {
  const closed = new Promise((resolve) => { server.close(resolve) })
  for (const socket of sockets) {
    socket.destroy()
  }
  await closed
}
