import { afterEach, describe, expect, it } from 'vitest'
import { createRelayService } from '../../../main/node/relay/relay-service.ts'
import { TestNet, TOPIC, dialThrough, meet, post, reserve, texts, type PlainRelay, type TestNode } from '../support/test-net.ts'
import { pause, until } from '../support/until.ts'
import { connectTo, startRelay } from './support.ts'

const net = new TestNet()
afterEach(async () => net.stop())

describe('places', () => {
  // Trap: libp2p keeps them for two hours.
  it('are granted, and free at once when their holder has left', async () => {
    const relay = await startRelay(net, { maxReservations: 1 })
    const [a, b] = [await net.node(), await net.node()]
    await reserve(a, relay)
    expect(relay.stats.relay.reservations).toBe(1)
    await expect(reserve(b, relay)).rejects.toThrow()
    await a.libp2p.stop()
    await until(() => relay.stats.relay.reservations === 0, 1_000, 'the place is free')
    await reserve(b, relay)
    expect(relay.stats.relay.reservations).toBe(1)
  })

  it('outlast a connection of their holder as long as it has another', async () => {
    const relay = await startRelay(net)
    const a = await net.node()
    await reserve(a, relay)
    const second = await a.libp2p.dial(relay.address, { force: true })
    await until(() => relay.stats.connections === 2, 1_000, 'both connections stand')
    await second.close()
    await until(() => relay.stats.connections === 1, 1_000, 'one is closed')
    expect(relay.stats.relay.reservations).toBe(1)
  })

  // Trap: the timer of a place that was given up deletes the next one of the same peer.
  it('taken anew do not end with the time of the former', async () => {
    const relay = await startRelay(net, { reservationTtl: 1_500 })
    const a = await net.node()
    const connection = await reserve(a, relay)
    // Renewed once: libp2p can no longer stop that timer.
    await a.slots.reserve(relay.libp2p.peerId)
    await connection.close()
    await until(() => relay.stats.relay.reservations === 0, 1_000, 'the place is free')
    await pause(700)
    await reserve(a, relay)
    await pause(1_000)
    expect(relay.stats.relay.reservations).toBe(1)
    await until(() => relay.stats.relay.reservations === 0, 1_500, 'it ends with its own time')
  })

  it('are bounded for one IP address, and who has one may renew it', async () => {
    // So short that a second request asks the relay indeed.
    const relay = await startRelay(net, { reservationTtl: 60_000, limits: { reservationsPerAddress: 2 } })
    const [a, b, c] = [await net.node(), await net.node(), await net.node()]
    await reserve(a, relay)
    await reserve(b, relay)
    await expect(reserve(c, relay)).rejects.toThrow()
    expect(relay.stats.relay.refused.reservationsPerAddress).toBe(1)
    await reserve(a, relay)
    expect(relay.stats.relay.reservations).toBe(2)
  })
})

describe('circuits', () => {
  it('have no limit unless one is set', async () => {
    const relay = await startRelay(net, { hub: false })
    const [a, b] = [await net.node(), await net.node()]
    await reserve(a, relay)
    await connectTo(b, relay)
    const circuit = await dialThrough(b, relay, a)
    expect(circuit.limits).toBeUndefined()
    expect(relay.stats.relay.circuits).toBe(1)
    await meet(a, b)
    const long = 'x'.repeat(300_000)
    await post(b, long)
    await until(() => texts(a).includes(long), 5_000, 'more than libp2p\'s 128 KiB passes')
    await circuit.close()
    await until(() => relay.stats.relay.circuits === 0, 2_000, 'the circuit is gone')
  })

  it('end at the bytes that the relay allows', async () => {
    const relay = await startRelay(net, { hub: false, circuitBytes: 50_000 })
    const [a, b] = [await net.node(), await net.node()]
    await reserve(a, relay)
    await connectTo(b, relay)
    const circuit = await dialThrough(b, relay, a)
    expect(circuit.limits?.bytes).toBeGreaterThan(0n)
    await meet(a, b)
    await post(b, 'y'.repeat(60_000))
    await until(() => circuit.status !== 'open', 3_000, 'the circuit is cut')
  })

  // Trap: libp2p takes milliseconds where everybody else has seconds.
  it('end at the seconds that the relay allows', async () => {
    const relay = await startRelay(net, { hub: false, circuitSeconds: 1 })
    const [a, b] = [await net.node(), await net.node()]
    await reserve(a, relay)
    await connectTo(b, relay)
    const start = performance.now()
    const circuit = await dialThrough(b, relay, a)
    await until(() => circuit.status !== 'open', 3_000, 'the circuit is cut')
    expect(performance.now() - start).toBeGreaterThan(900)
  })

  it('are bounded for one peer, and for one address', async () => {
    const relay = await startRelay(net, { hub: false, limits: { circuitsPerPeer: 2, circuitsPerAddress: 3 } })
    const targets = [await net.node(), await net.node(), await net.node()] as const
    const [a, b] = [await net.node(), await net.node()]
    for (const target of targets) {
      await reserve(target, relay)
    }
    await dialThrough(a, relay, targets[0])
    await dialThrough(a, relay, targets[1])
    await expect(dialThrough(a, relay, targets[2])).rejects.toThrow()
    expect(relay.stats.relay.refused.circuitsPerPeer).toBe(1)
    await dialThrough(b, relay, targets[0])
    await expect(dialThrough(b, relay, targets[1])).rejects.toThrow()
    expect(relay.stats.relay.refused.circuitsPerAddress).toBe(1)
    expect(relay.stats.relay.circuits).toBe(3)
  })

  it('can be asked for so often a minute only', async () => {
    const relay = await startRelay(net, { hub: false, limits: { dialsPerPeer: 2 } })
    const [a, b] = [await net.node(), await net.node()]
    await reserve(a, relay)
    for (let i = 0; i < 2; i++) {
      await (await dialThrough(b, relay, a)).close()
    }
    await expect(dialThrough(b, relay, a)).rejects.toThrow()
    expect(relay.stats.relay.refused.dials).toBe(1)
  })
})

it('a desktop is a relay while it wants to be, and again later', async () => {
  const desktop = await net.node({ topics: [] })
  const service = createRelayService(desktop.components)
  const [a, b] = [await net.node(), await net.node()]
  const relay = asRelay(desktop)
  for (let i = 0; i < 2; i++) {
    await service.start()
    const own = await reserve(a, relay)
    await connectTo(b, relay as Parameters<typeof connectTo>[1])
    const circuit = await dialThrough(b, relay, a)
    await meet(a, b)
    await post(a, `round ${i}`, TOPIC)
    await until(() => texts(b).includes(`round ${i}`), 2_000, 'the post crosses')
    await service.stop()
    await until(() => circuit.status !== 'open' && own.status !== 'open', 3_000, 'the circuit, and the connection of who held a place, are closed')
    expect(service.stats.reservations).toBe(0)
    await until(() => !a.slots.has(desktop.libp2p.peerId), 1_000, 'the holder knows that its place is gone')
  }
})

function asRelay (node: TestNode): PlainRelay {
  return { id: node.id, address: node.address, libp2p: node.libp2p as PlainRelay['libp2p'] }
}
