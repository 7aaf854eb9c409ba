import { createServer, type AddressInfo } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, expect, it } from 'vitest'
import { createNode } from '../../main/node/create-node.ts'
import { generateIdentity } from '../../main/node/identity.ts'
import { candidate, relayOf, reserved, startDesktop, startRelay } from './support/desktops.ts'
import { proxyTo } from './support/proxy.ts'
import { TestNet } from './support/test-net.ts'
import { until } from './support/until.ts'

const net = new TestNet()
afterEach(async () => net.stop())

// By libp2p's defaults this takes up to 14.9 s (measured); by ours 10.
it('a relay that freezes is missed within 12 s, and used again when it thaws', async () => {
  const relay = await startRelay(net)
  const proxy = await proxyTo(net, multiaddr(relay.address))
  const desktop = await startDesktop(net, { relays: [candidate(proxy.address.toString())] })
  await reserved(desktop, relay)
  proxy.freeze()
  await until(() => relayOf(desktop, relay)?.state !== 'reserved', 12_000, 'the loss is noticed')
  proxy.thaw()
  await reserved(desktop, relay, 10_000)
})

it('a relay that hangs keeps neither the start nor the end waiting', async () => {
  const relay = await startRelay(net)
  const proxy = await proxyTo(net, multiaddr(relay.address))
  // Who gives up resets the connection.
  const hung = createServer((socket) => { socket.on('error', () => {}) })
  await new Promise<void>((resolve) => { hung.listen(0, '127.0.0.1', resolve) })
  net.atEnd(() => { hung.close() })
  const silent = `/ip4/127.0.0.1/tcp/${(hung.address() as AddressInfo).port}/p2p/${(await startRelay(net)).id}`

  const start = performance.now()
  const desktop = await startDesktop(net, { relays: [candidate(silent), candidate(proxy.address.toString())] })
  expect(performance.now() - start).toBeLessThan(2_000)
  // What hangs does not keep the next relay from its turn.
  await reserved(desktop, relay, 3_000)
  proxy.freeze()
  const end = performance.now()
  await desktop.node.stop()
  expect(performance.now() - end).toBeLessThan(5_000)
})

// Between the choice of a port and its use somebody else may take it: libp2p's default then throws.
it('an address that cannot be listened on keeps no node from starting', async () => {
  const taken = createServer()
  await new Promise<void>((resolve) => { taken.listen(0, '127.0.0.1', resolve) })
  net.atEnd(() => { taken.close() })
  const node = await createNode({
    role: 'desktop',
    privateKey: await generateIdentity(),
    listen: [`/ip4/127.0.0.1/tcp/${(taken.address() as AddressInfo).port}`]
  })
  net.atEnd(async () => node.libp2p.stop())
  await node.libp2p.start()
  expect(node.libp2p.getMultiaddrs()).toEqual([])
})

it('a port that is taken is replaced by another, which is said', async () => {
  const taken = createServer()
  await new Promise<void>((resolve) => { taken.listen(0, resolve) })
  net.atEnd(() => { taken.close() })
  const { port } = taken.address() as AddressInfo
  const [first, second] = [await startDesktop(net, { listenPort: port }), await startDesktop(net)]
  expect(first.node.port).toBeGreaterThan(0)
  expect(first.node.port).not.toBe(port)
  expect(second.node.port).not.toBe(first.node.port)
  const { port: free } = first.node
  await first.node.stop()
  const third = await startDesktop(net, { listenPort: free })
  expect(third.node.port).toBe(free)
})
