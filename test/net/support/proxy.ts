import { createServer, connect, type AddressInfo, type Socket } from 'node:net'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import type { TestNet } from './test-net.ts'

/** A TCP proxy before a node: what runs through it can be frozen, thawed and cut. */
export interface Proxy {
  /** The node's address as the proxy has it. */
  readonly address: Multiaddr
  /** Bytes stand still in both directions, and new connections too; nobody is told. */
  readonly freeze: () => void
  readonly thaw: () => void
  readonly cut: () => void
}

/** @param onBytes told of all that comes from who dials, `out`, and from the node, `in` */
export async function proxyTo (net: TestNet, target: Multiaddr, onBytes?: (direction: 'in' | 'out', bytes: Uint8Array) => void): Promise<Proxy> {
  const sockets = new Set<Socket>()
  let frozen = false
  const pair = (from: Socket, to: Socket, direction: 'in' | 'out'): void => {
    sockets.add(from)
    from.on('data', (chunk: Buffer) => {
      onBytes?.(direction, chunk)
      if (!to.write(chunk)) {
        from.pause()
      }
    })
    to.on('drain', () => { if (!frozen) from.resume() })
    from.on('close', () => { sockets.delete(from); to.destroy() })
    from.on('error', () => {})
    if (frozen) {
      from.pause()
    }
  }
  const parts = Object.fromEntries(target.getComponents().map(({ name, value }) => [name, value]))
  const server = createServer((from) => {
    const to = connect(Number(parts['tcp']), parts['ip4'])
    pair(from, to, 'out')
    pair(to, from, 'in')
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const cut = (): void => { sockets.forEach((socket) => socket.destroy()) }
  net.atEnd(() => {
    cut()
    server.close()
  })
  return {
    address: multiaddr(`/ip4/127.0.0.1/tcp/${(server.address() as AddressInfo).port}/p2p/${parts['p2p'] ?? ''}`),
    freeze: () => {
      frozen = true
      sockets.forEach((socket) => socket.pause())
    },
    thaw: () => {
      frozen = false
      sockets.forEach((socket) => socket.resume())
    },
    cut
  }
}
