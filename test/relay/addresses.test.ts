import { connect, type Socket } from 'node:net'
import { expect, it } from 'vitest'
import { MAX_FLOODS_PER_ADDRESS, MAX_PENDING_PER_ADDRESS } from '../../main/node/limits.ts'
import { percentile } from '../bench/relay/measure.ts'
import { RawPeer } from '../net/support/raw-peer.ts'
import { until } from '../net/support/until.ts'
import { ATTACKS } from './support/attacks.ts'
import { established } from './support/established.ts'
import { playScene } from './support/scene.ts'

/** Milliseconds that a client of the WebSocket listener has for TLS and HTTP. */
const HANDSHAKE = 10_000
const SLACK = 10_000

const scene = playScene(['--listen', '/ip4/127.0.0.1/tcp/0/ws'])
const { net, dial, othersNotice } = scene

it('50 people behind one address, who come at once, are let in', async () => {
  const people = await Promise.all(Array.from({ length: 50 }, async () => RawPeer.start(net, 'gossipsub')))
  const connections = await Promise.all(people.map(async (peer) => dial(peer)))
  expect(connections.every(({ status }) => status === 'open')).toBe(true)
  await Promise.all(people.map(async (peer, index) => {
    const stream = await peer.open(connections[index] as Awaited<ReturnType<typeof dial>>)
    await stream.send({ subscriptions: [{ subscribe: true, topic: '/natter/1/office' }] })
    await until(() => peer.received.some(({ subscriptions }) => subscriptions?.some(({ topic }) => topic === '/natter/1/office')), SLACK, 'the hub is on the topic')
  }))
  expect(connections.every(({ status }) => status === 'open')).toBe(true)
  await Promise.all(connections.map(async (connection) => connection.close()))
})

it.each(['', '/ws'])('who knocks%s and says nothing, or half of something, holds a quarter of the handshakes, for 10 s', async (kind) => {
  const address = scene.relay().addresses.find((each) => each.includes('/ws/') === (kind === '/ws')) ?? ''
  const port = Number(/tcp\/(\d+)/u.exec(address)?.[1])
  const from = kind === '' ? '127.9.9.9' : '127.9.9.7'
  const sockets = Array.from({ length: 2 * MAX_PENDING_PER_ADDRESS.relay }, (_, index): Socket => {
    const socket = connect({ host: '127.0.0.1', port, localAddress: from }).on('error', () => {})
    if (index % 2 === 0) socket.write(kind === '' ? '\x13/multistr' : 'GET / HTTP/1.1\r\nHost: x\r\nUpgr')
    return socket
  })
  const open = (): number => established(port, from)
  await until(() => sockets.every((socket) => !socket.connecting), SLACK, 'all knocked')
  await until(() => open() <= MAX_PENDING_PER_ADDRESS.relay, SLACK, 'those beyond are refused')
  expect(open()).toBeGreaterThan(0)
  expect(percentile(await scene.people().newcomers({ first: kind === '' ? 6_000 : 6_100, count: 5, relay: scene.relay().address, protocol: 'gossipsub' }), 1)).toBeLessThan(2_000)
  await othersNotice(async () => {})
  await until(() => open() === 0, HANDSHAKE + SLACK, 'none is left')
  sockets.forEach((socket) => socket.destroy())
})

it('a request that is no WebSocket is answered once, and that was it', async () => {
  const address = scene.relay().addresses.find((each) => each.includes('/ws/')) ?? ''
  const socket = connect({ host: '127.0.0.1', port: Number(/tcp\/(\d+)/u.exec(address)?.[1]), localAddress: '127.9.9.6' }).on('error', () => {})
  let answers = ''
  socket.setEncoding('utf8').on('data', (text: string) => { answers += text })
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(100))
  await until(() => socket.closed, SLACK, 'it is closed')
  expect(answers.split('HTTP/1.1 400').length - 1).toBe(1)
})

// The last: nobody new is let in from the test's own address after it.
it('who comes with a new peer id after each flood is let in a few times, and then nobody new from there is', async () => {
  let floods = 0
  await othersNotice(async (ended) => {
    while (!ended.aborted) {
      const attacker = await RawPeer.start(net, 'gossipsub')
      try {
        const connection = await dial(attacker)
        await ATTACKS['frames of one byte'](connection, ended)
        if (connection.status !== 'open') floods++
      } catch {
        // Refused at the door.
      }
      await attacker.node.libp2p.stop()
    }
  })
  expect(floods).toBeGreaterThanOrEqual(MAX_FLOODS_PER_ADDRESS.atOnce)
  // The attack takes less than a minute.
  expect(floods).toBeLessThanOrEqual(MAX_FLOODS_PER_ADDRESS.atOnce + 1 + MAX_FLOODS_PER_ADDRESS.perMinute)
  await expect(dial(await RawPeer.start(net, 'gossipsub'))).rejects.toThrow()
  // From elsewhere people come in.
  expect(await scene.people().newcomers({ first: 6_200, count: 2, relay: scene.relay().address, protocol: 'gossipsub' })).toHaveLength(2)
})
