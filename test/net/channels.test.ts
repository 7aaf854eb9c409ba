import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { PROTOCOLS } from '../../main/node/protocols.ts'
import type { Channel } from '../../main/node/types.ts'
import { connect, crosses, dialThrough, reserve, TestNet, type TestNode } from './support/test-net.ts'
import { until } from './support/until.ts'

const net = new TestNet()
afterEach(async () => net.stop())

const { id, maxBytes } = PROTOCOLS.history

/** Sends back what comes, until the other end closes. */
async function echo (channel: Channel): Promise<void> {
  for (;;) {
    const message = await channel.receive()
    if (message === undefined) return
    await channel.send(message)
  }
}

async function pair (handler: (channel: Channel) => Promise<void> = echo): Promise<readonly [TestNode, TestNode]> {
  const [a, b] = await Promise.all([net.node(), net.node()])
  await b.channels.serve('history', handler)
  await connect(a, b)
  return [a, b]
}

describe('a channel', () => {
  it('carries messages each way, up to the largest, and ends in good order', async () => {
    const ended = Promise.withResolvers<string>()
    const [a, b] = await pair(async (channel) => {
      await echo(channel)
      ended.resolve('ended')
    })
    const channel = await a.channels.open('history', b.id)
    expect(channel).toMatchObject({ peerId: b.id, limited: false, bytesLeft: undefined })
    for (const size of [0, 1, 70_000, maxBytes]) {
      await channel.send(new Uint8Array(size).fill(7))
      expect((await channel.receive())?.byteLength).toBe(size)
    }
    await channel.close()
    expect(await ended.promise).toBe('ended')
    await crosses(a, [b], 'and posts cross')
  })

  it('says so where the other end closed, and where it was reset', async () => {
    const outcomes: string[] = []
    const [a, b] = await pair(async (channel) => {
      await channel.receive()
      if (outcomes.length > 0) throw new Error('not today')
    })
    const first = await a.channels.open('history', b.id)
    await first.send(new Uint8Array(1))
    expect(await first.receive()).toBeUndefined()
    outcomes.push('closed')
    const second = await a.channels.open('history', b.id)
    await second.send(new Uint8Array(1))
    await expect(second.receive()).rejects.toThrow()
  })

  it('takes no message that is too long, from us or from a peer', async () => {
    const [a, b] = await pair()
    const channel = await a.channels.open('history', b.id)
    await expect(channel.send(new Uint8Array(maxBytes + 1))).rejects.toThrow(RangeError)
    const [connection] = a.libp2p.getConnections(b.libp2p.peerId)
    const raw = await connection?.newStream(id)
    // A length of 1 GiB in front.
    raw?.send(Uint8Array.from([0x80, 0x80, 0x80, 0x80, 0x04]))
    await until(() => raw?.status !== 'open', 3_000, 'the stream is reset')
    await crosses(a, [b], 'and posts cross')
  })

  it('is reset where far more comes than is read', async () => {
    const hold = Promise.withResolvers<undefined>()
    net.atEnd(() => { hold.resolve(undefined) })
    const [a, b] = await pair(async (channel) => {
      await hold.promise
      await channel.receive()
    })
    const channel = await a.channels.open('history', b.id)
    await expect((async () => {
      for (let sent = 0; sent < 32; sent++) await channel.send(new Uint8Array(maxBytes))
    })()).rejects.toThrow()
    await crosses(a, [b], 'and posts cross')
  })

  it('is refused without a connection, and to who does not serve it', async () => {
    const [a, b] = await Promise.all([net.node(), net.node()])
    await expect(a.channels.open('history', b.id)).rejects.toThrow('no connection')
    await connect(a, b)
    await expect(a.channels.open('history', b.id)).rejects.toThrow()
  })

  it('is opened at most so many times a minute by one peer', async () => {
    const [a, b] = await pair()
    let refused = 0
    for (let n = 0; n < PROTOCOLS.history.perMinute + 5; n++) {
      try {
        const channel = await a.channels.open('history', b.id)
        await channel.send(new Uint8Array(1))
        if (await channel.receive() === undefined) refused++
        await channel.close()
      } catch {
        refused++
      }
    }
    expect(refused).toBeGreaterThan(0)
    expect(refused).toBeLessThanOrEqual(6)
  })

  it('knows what a relay lets through', async () => {
    const [relay, a, b] = await Promise.all([net.plainRelay({ reservations: { defaultDataLimit: 65_536n } }), net.node(), net.node()])
    await a.channels.serve('history', echo)
    await reserve(a, relay)
    await dialThrough(b, relay, a)
    const channel = await b.channels.open('history', a.id)
    expect(channel.limited).toBe(true)
    const before = channel.bytesLeft ?? 0
    await channel.send(new Uint8Array(10_000))
    await channel.receive()
    expect(channel.bytesLeft).toBeLessThan(before - 20_000)
  })
})

describe('who speaks it', () => {
  it('is told, when they come and when they go', async () => {
    const [a, b] = await Promise.all([net.node(), net.node()])
    const seen: string[] = []
    await a.channels.serve('history', echo, { onPeer: (peer) => { seen.push(`+${peer}`) }, onGone: (peer) => { seen.push(`-${peer}`) } })
    await b.channels.serve('history', echo)
    await connect(a, b)
    await until(() => seen.includes(`+${b.id}`), 3_000, 'the peer is told')
    await b.libp2p.stop()
    await until(() => seen.includes(`-${b.id}`), 3_000, 'that it went is told')
  })

  it('is told of those who were there before, and of those who begin to speak it', async () => {
    const [a, b, c] = await Promise.all([net.node(), net.node(), net.node()])
    await b.channels.serve('history', echo)
    await connect(a, b)
    await connect(a, c)
    const seen: string[] = []
    await a.channels.serve('history', echo, { onPeer: (peer) => { seen.push(peer) }, onGone: () => {} })
    await until(() => seen.includes(b.id), 3_000, 'who was there is told')
    expect(seen).not.toContain(c.id)
    await c.channels.serve('history', echo)
    await until(() => seen.includes(c.id), 3_000, 'who speaks it from now on is told')
  })

  it('and breaks the rules is out for a while, in both directions', async () => {
    const [a, b] = await pair()
    b.channels.shutOut(a.id)
    await until(() => b.libp2p.getConnections(a.libp2p.peerId).length === 0, 3_000, 'the connection is closed')
    await expect(b.libp2p.dial(a.address)).rejects.toThrow()
    // The dial may stand for a moment before the other end refuses it.
    await a.libp2p.dial(b.address).catch(() => undefined)
    await until(() => a.libp2p.getConnections(b.libp2p.peerId).length === 0, 3_000, 'the new connection is refused')
    await delay(50)
    expect(b.libp2p.getConnections(a.libp2p.peerId)).toHaveLength(0)
  })
})
