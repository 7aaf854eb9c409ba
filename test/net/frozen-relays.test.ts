import { createServer, type AddressInfo } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, expect, it } from 'vitest'
import { candidate, relayOf, reserved, startDesktop, startRelay } from './support/desktops.ts'
import { proxyTo } from './support/proxy.ts'
import { TestNet } from './support/test-net.ts'
import { until } from './support/until.ts'

const net = new TestNet()
afterEach(async () => net.stop())

// By libp2p's defaults this takes 14.9 s (measured).
it('a relay that freezes is missed within 15 s, and used again when it thaws', async () => {
  const relay = await startRelay(net)
  const proxy = await proxyTo(net, multiaddr(relay.address))
  const desktop = await startDesktop(net, { relays: [candidate(proxy.address.toString())] })
  await reserved(desktop, relay)
  proxy.freeze()
  await until(() => relayOf(desktop, relay)?.state !== 'reserved', 15_000, 'the loss is noticed')
  proxy.thaw()
  await reserved(desktop, relay, 10_000)
})

it('a relay that hangs keeps neither the start nor the end waiting', async () => {
  const relay = await startRelay(net)
  const proxy = await proxyTo(net, multiaddr(relay.address))
  const hung = createServer(() => {})
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
