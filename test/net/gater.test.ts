import { createServer, type AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { multiaddr } from '@multiformats/multiaddr'
import { MAX_CONNECTIONS_PER_PEER } from '../../main/node/limits.ts'
import { dialThrough, meet, reserve, TestNet } from './support/test-net.ts'
import { pause, until } from './support/until.ts'

const net = new TestNet()
afterEach(async () => net.stop())

/** Something else that listens on this computer: a printer's page, say. */
async function service (): Promise<{ readonly port: number, readonly visits: () => number }> {
  let visits = 0
  const server = createServer((socket) => {
    visits++
    socket.destroy()
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  net.atEnd(() => { server.close() })
  return { port: (server.address() as AddressInfo).port, visits: () => visits }
}

describe('what a peer can make us dial', () => {
  it('is nothing on our own computer, by whatever name', async () => {
    const [node, peer, { port, visits }] = await Promise.all([net.node({ allowPrivate: false }), net.node(), service()])
    for (const host of ['ip4/127.0.0.1', 'ip4/0.0.0.0', 'ip6/::1', 'ip6/::ffff:127.0.0.1', 'dns4/localhost', 'dns/localhost']) {
      await expect(node.libp2p.dial(multiaddr(`/${host}/tcp/${port}/p2p/${peer.id}`)), host).rejects.toThrow()
    }
    expect(visits()).toBe(0)
    await expect(node.libp2p.dial(peer.address)).rejects.toThrow()
    node.gater.allowTarget(peer.address)
    await node.libp2p.dial(peer.address)
    await meet(node, peer)
  })

  it('is nothing through a relay that nobody agreed to, nor an agreed one at another address', async () => {
    const [relay, a, b, { port, visits }] = await Promise.all([net.plainRelay(), net.node(), net.node({ allowPrivate: false }), service()])
    await reserve(a, relay)
    const circuit = multiaddr(`${relay.address.toString()}/p2p-circuit/p2p/${a.id}`)
    b.gater.allowTarget(relay.address)
    await expect(b.libp2p.dial(circuit)).rejects.toThrow()
    expect(b.libp2p.getConnections()).toEqual([])

    b.gater.setRelays([relay.id])
    await expect(b.libp2p.dial(multiaddr(`/ip4/127.0.0.1/tcp/${port}/p2p/${relay.id}/p2p-circuit/p2p/${a.id}`))).rejects.toThrow()
    expect(visits()).toBe(0)
    await dialThrough(b, relay, a)
    await meet(a, b)
  })

  it('is nothing by what identify tells of it', async () => {
    const [node, peer, { port, visits }] = await Promise.all([net.node({ allowPrivate: false }), net.node(), service()])
    await peer.components.peerStore.merge(peer.libp2p.peerId, { multiaddrs: [multiaddr(`/ip4/127.0.0.1/tcp/${port}`)] })
    const connection = await peer.libp2p.dial(node.address)
    await meet(node, peer)
    await node.components.peerStore.merge(peer.libp2p.peerId, { multiaddrs: [multiaddr(`/ip4/127.0.0.1/tcp/${port}`)] })
    await connection.close()
    await until(() => node.libp2p.getConnections().length === 0, 2_000, 'they part')
    await expect(node.libp2p.dial(peer.libp2p.peerId)).rejects.toThrow()
    expect(visits()).toBe(0)
  })
})

describe('who may connect', () => {
  it('one peer no more often than the cap, and again once a connection closed', async () => {
    const [node, peer] = await Promise.all([net.node(), net.node()])
    const dial = async (): Promise<unknown> => peer.libp2p.dial(node.address, { force: true })
    for (let count = 0; count < MAX_CONNECTIONS_PER_PEER; count++) {
      await dial()
    }
    await until(() => node.libp2p.getConnections().length === MAX_CONNECTIONS_PER_PEER, 2_000, 'all within the cap are there')
    await dial().catch(() => {})
    await pause(200)
    expect(node.libp2p.getConnections()).toHaveLength(MAX_CONNECTIONS_PER_PEER)
    await node.libp2p.getConnections()[0]?.close()
    await until(async () => {
      await dial().catch(() => {})
      return node.libp2p.getConnections().length === MAX_CONNECTIONS_PER_PEER
    }, 3_000, 'the place is free again')
  })

  // libp2p's threshold of 5 a second and 10 pending let 5 of 12 in (measured).
  it.each(['desktop', 'relay'] as const)('12 people at one address who come at once, all of them (%s)', async (role) => {
    const [node, ...people] = await Promise.all([net.node({ role }), ...Array.from({ length: 12 }, async () => net.node())])
    const results = await Promise.allSettled(people.map(async (person) => person.libp2p.dial(node.address)))
    expect(results.map(({ status }) => status)).toEqual(people.map(() => 'fulfilled'))
    await until(() => node.libp2p.getPeers().length === 12, 3_000, () => `all 12 are connected; ${node.libp2p.getPeers().length} are`)
    await Promise.all(people.map(async (person) => meet(person, node)))
  })
})
