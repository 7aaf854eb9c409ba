import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { RELAY_V2_HOP_CODEC } from '@libp2p/circuit-relay-v2'
import { peerIdFromString } from '@libp2p/peer-id'
import { lpStream } from '@libp2p/utils'
import { expect, it } from 'vitest'
import { HUB_LIMITS, MAX_NEW_STREAMS, RELAY_LIMITS } from '../../main/node/limits.ts'
import { PROTOCOLS } from '../../main/node/protocols.ts'
import { startCrowd } from '../bench/relay/crowd.ts'
import { multihash, RawPeer } from '../net/support/raw-peer.ts'
import { pause, until } from '../net/support/until.ts'
import { established } from './support/established.ts'
import { playScene } from './support/scene.ts'

/** A ping is missed after 10 s and 5 more. */
const SILENT = 15_000
const SLACK = 10_000

const scene = playScene()
const { net, dial, isRefused, othersNotice } = scene

it('who opens circuits without end gets as many as a minute allows, and is then cut off', async () => {
  const attacker = await RawPeer.start(net, 'gossipsub')
  // In a process of its own: who is dialled is busy with it.
  const dialled = startCrowd()
  net.atEnd(dialled.stop)
  const [receiver] = await dialled.receivers({ first: 5_000, count: 1, relay: scene.relay().address })
  const target = peerIdFromString(receiver?.circuit.split('/p2p/').at(-1) ?? '')
  const request = new BinaryWriter().tag(1, WireType.Varint).uint32(1)
    .tag(2, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).bytes(multihash(target)).join().finish()
  let [granted, asked] = [0, 0]
  const connection = await dial(attacker)
  let seconds = 0
  await othersNotice(async (ended) => {
    const begin = performance.now()
    while (connection.status === 'open' && !ended.aborted) {
      seconds = (performance.now() - begin) / 1_000
      try {
        const stream = await connection.newStream(RELAY_V2_HOP_CODEC, { maxOutboundStreams: 100_000, signal: AbortSignal.timeout(5_000) })
        asked++
        const frames = lpStream(stream)
        await frames.write(request)
        const answer = (await frames.read({ signal: AbortSignal.timeout(5_000) })).subarray()
        // Field 5, the status, is 100: OK.
        granted += answer.includes(100) ? 1 : 0
      } catch {
        await pause(1)
      }
    }
  })
  expect(granted).toBeGreaterThan(0)
  // A minute's worth at once, and what comes back to it meanwhile.
  expect(granted).toBeLessThanOrEqual(RELAY_LIMITS.dialsPerPeer * (1 + (seconds + 1) / 60))
  expect(asked).toBeLessThanOrEqual(MAX_NEW_STREAMS.atOnce + (seconds + 1) * MAX_NEW_STREAMS.perSecond)
  await until(() => connection.status !== 'open', SLACK, 'it is cut off')
  expect(await isRefused(attacker)).toBe(true)
})

it('who sends garbage on any protocol harms nobody', async () => {
  const attacker = await RawPeer.start(net, 'gossipsub')
  const protocols = [RELAY_V2_HOP_CODEC, '/meshsub/1.1.0', '/floodsub/1.0.0', '/ipfs/id/1.0.0', '/ipfs/id/push/1.0.0', '/ipfs/ping/1.0.0', ...Object.values(PROTOCOLS).map(({ id }) => id)]
  const garbage = Uint8Array.from({ length: 4_096 }, (_, index) => (index * 89 + 13) & 0xff)
  let connection = await dial(attacker)
  await othersNotice(async (ended) => {
    while (!ended.aborted && connection.status === 'open') {
      await Promise.all(protocols.map(async (protocol) => {
        const stream = await connection.newStream(protocol, { signal: AbortSignal.timeout(2_000), maxOutboundStreams: 1_000 })
        stream.send(garbage)
        await lpStream(stream).write(garbage, { signal: AbortSignal.timeout(2_000) })
        await stream.close({ signal: AbortSignal.timeout(2_000) })
      }).map(async (sent) => sent.catch(() => {})))
      await pause(100)
    }
  })
  connection = await dial(await RawPeer.start(net, 'gossipsub'))
  expect(connection.status).toBe('open')
})

it('who falls silent after the handshake is let go after two missed pings', async () => {
  const silent = startCrowd()
  net.atEnd(silent.stop)
  const first = 8_000
  await silent.join({ first, count: 5, relay: scene.relay().address, protocol: 'gossipsub', rooms: 1 })
  const port = Number(/tcp\/(\d+)/u.exec(scene.relay().address)?.[1])
  const open = (): number => established(port, `127.1.2.1`)
  expect(open()).toBe(5)
  silent.freeze()
  await until(() => open() === 0, SILENT + SLACK, 'the relay let go of all')
})

it('who floods a topic is heard for what a hub allows, and is then refused', async () => {
  const [attacker, reader] = await Promise.all([RawPeer.start(net, 'gossipsub'), RawPeer.start(net, 'gossipsub')])
  const topic = '/natter/1/flooded'
  const connection = await dial(attacker)
  const [stream, readers] = [await attacker.open(connection), await reader.open(await dial(reader))]
  await readers.send({ subscriptions: [{ subscribe: true, topic }] })
  await stream.send({ subscriptions: [{ subscribe: true, topic }] })
  await until(() => attacker.received.some(({ subscriptions }) => subscriptions?.some((each) => each.topic === topic)), 5_000, 'the hub is on the topic')
  // Signed beforehand: a flood is as fast as the attacker's line.
  const posts = await Promise.all(Array.from({ length: 5_000 }, async (_, index) => attacker.sign(new TextEncoder().encode(`flood ${index}`), { topic })))
  const begin = performance.now()
  await othersNotice(async () => {
    for (let at = 0; at < posts.length && connection.status === 'open'; at += 50) {
      await stream.send({ messages: posts.slice(at, at + 50) }).catch(() => {})
      await pause(0)
    }
  })
  const seconds = (performance.now() - begin) / 1_000
  // Five seconds' worth at once, and what a second allows.
  expect(reader.messages.length).toBeLessThanOrEqual(HUB_LIMITS.postsPerSecond * (5 + seconds))
  await until(() => connection.status !== 'open', SLACK, 'it is cut off')
  expect(await isRefused(attacker)).toBe(true)
})
