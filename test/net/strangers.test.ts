import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, expect, it } from 'vitest'
import { MAX_CIRCUITS_IN } from '../../main/node/limits.ts'
import { openCircuit, startRawNode } from '../hostile/support/raw-node.ts'
import { startDesktop, startRelay, reserved } from './support/desktops.ts'
import { TestNet } from './support/test-net.ts'
import { pause, until } from './support/until.ts'

const net = new TestNet()
afterEach(async () => net.stop())

it('strangers who hold handshakes through the relay keep nobody out, and cost no reservation', async () => {
  const relay = await startRelay(net)
  const host = await startDesktop(net, { relays: [relay.candidate] })
  await reserved(host, relay)
  const target = multiaddr(`${relay.address}/p2p-circuit/p2p/${host.node.peerId}`)
  const strangers = await Promise.all(Array.from({ length: 20 }, async () => startRawNode(relay.address, '127.0.0.1', { identifies: false })))
  net.atEnd(async () => Promise.all(strangers.map(async ({ libp2p }) => libp2p.stop())))
  // Each opens as many as it may, and says nothing on any.
  const hostId = peerIdFromString(host.node.peerId)
  let opened = 0
  await Promise.all(strangers.map(async (stranger) => {
    for (let count = 0; count < MAX_CIRCUITS_IN.perPeer; count++) {
      if (await openCircuit(stranger, hostId).catch(() => undefined) !== undefined) opened++
    }
  }))
  expect(opened).toBeGreaterThan(MAX_CIRCUITS_IN.pending)
  const newcomer = await net.node()
  newcomer.gater.setRelays([relay.id])
  const connection = await newcomer.libp2p.dial(target, { signal: AbortSignal.timeout(5_000) })
  await pause(100)
  expect(connection.status).toBe('open')
  expect(host.node.reachability.state.state).toBe('relayed')
})

it('a peer that opens circuits again and again is refused after a few, and others come in', async () => {
  const relay = await startRelay(net)
  const host = await startDesktop(net, { relays: [relay.candidate] })
  await reserved(host, relay)
  const target = multiaddr(`${relay.address}/p2p-circuit/p2p/${host.node.peerId}`)
  const [flapper, friend] = await Promise.all([net.node(), net.node()])
  flapper.gater.setRelays([relay.id])
  friend.gater.setRelays([relay.id])
  let stood = 0
  const begin = performance.now()
  for (let count = 0; count < 2 * MAX_CIRCUITS_IN.perPeer; count++) {
    const connection = await flapper.libp2p.dial(target, { signal: AbortSignal.timeout(3_000) }).catch(() => undefined)
    stood += connection === undefined ? 0 : 1
    await connection?.close()
  }
  const windows = (performance.now() - begin) / MAX_CIRCUITS_IN.window
  expect(stood).toBeLessThanOrEqual(MAX_CIRCUITS_IN.perPeer * (1 + windows) + 1)
  expect(stood).toBeLessThan(2 * MAX_CIRCUITS_IN.perPeer)
  expect((await friend.libp2p.dial(target)).status).toBe('open')
})

it('strangers who connect and do nothing give way to those who come later', async () => {
  const host = await startDesktop(net, { allowPrivate: true })
  const address = host.node.addresses.find((each) => each.startsWith('/ip4/127.0.0.1/tcp/')) ?? ''
  const idle = await Promise.all(Array.from({ length: 300 }, async (_, index) => {
    await pause(10 * index)
    return startRawNode(address, `127.3.${Math.floor(index / 30)}.1`, { identifies: false }).catch(() => undefined)
  }))
  net.atEnd(async () => Promise.all(idle.map(async (each) => each?.libp2p.stop())))
  const friend = await startRawNode(address, '127.4.0.1')
  net.atEnd(async () => friend.libp2p.stop())
  await pause(300)
  expect(friend.connection.status).toBe('open')
  await until(() => idle.some((each) => each?.connection.status !== 'open'), 5_000, 'one of the idle ones gave way')
}, 60_000)

