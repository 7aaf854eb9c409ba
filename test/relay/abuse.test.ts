import { connect } from 'node:net'
import { readFileSync } from 'node:fs'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { RELAY_V2_HOP_CODEC } from '@libp2p/circuit-relay-v2'
import type { Connection } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { lpStream } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { HUB_LIMITS, MAX_NEW_STREAMS, MAX_PENDING_PER_ADDRESS, RELAY_LIMITS } from '../../main/node/limits.ts'
import { PROTOCOLS } from '../../main/node/protocols.ts'
import { startCrowd, type Crowd } from '../bench/relay/crowd.ts'
import { exchange, percentile } from '../bench/relay/measure.ts'
import { startRelayProcess, type RelayProcess } from '../bench/relay/relay-process.ts'
import { multihash, RawPeer } from '../net/support/raw-peer.ts'
import { TestNet } from '../net/support/test-net.ts'
import { pause, until } from '../net/support/until.ts'

/** People who talk on one topic while somebody misbehaves. */
const HONEST = 12
const POSTS = 100
/**
 * Milliseconds below which a p99 says nothing about the relay: on two cores
 * with everybody's processes on them it comes and goes by as much by itself.
 */
const NOISE = 25
/** libp2p gives a handshake 10 s; a ping is missed after 10 s and 5 more. */
const HANDSHAKE = 10_000
const SILENT = 15_000
const SLACK = 10_000

const net = new TestNet()
let relay: RelayProcess
let people: Crowd

beforeAll(async () => {
  relay = await startRelayProcess()
  people = startCrowd()
  await people.join({ first: 0, count: HONEST, relay: relay.address, protocol: 'gossipsub', rooms: 1 })
  await exchange([people], HONEST, 50)
})
afterAll(async () => {
  await net.stop()
  await people.stop()
  await relay.stop()
})

/** Measures what the others get without the attack and during it: every post, in at most twice the time, and no connection is lost. */
async function othersNotice (attack: (ended: AbortSignal) => Promise<void>): Promise<void> {
  const [quiet, lost] = [await exchange([people], HONEST, POSTS), await people.rejoined()]
  const end = new AbortController()
  const attacking = attack(end.signal)
  const during = await exchange([people], HONEST, POSTS)
  end.abort()
  await attacking
  expect(during.delivered).toBe(1)
  expect(await people.rejoined()).toBe(lost)
  // Quiet once more: what else runs on the machine comes and goes.
  const again = await exchange([people], HONEST, POSTS)
  const [before, meanwhile, after] = [quiet, during, again].map(({ times }) => percentile(times, 0.99)) as [number, number, number]
  console.log(`p99 ${before.toFixed(1)} ms before, ${meanwhile.toFixed(1)} ms during the attack, ${after.toFixed(1)} ms after it`)
  expect(meanwhile).toBeLessThanOrEqual(2 * Math.max(before, after, NOISE))
}

const dial = async (peer: RawPeer): Promise<Connection> => peer.connect(multiaddr(relay.address))

/** Whether the relay lets a peer in, and keeps it. */
async function isRefused (peer: RawPeer): Promise<boolean> {
  try {
    const connection = await dial(peer)
    await pause(500)
    return connection.status !== 'open'
  } catch {
    return true
  }
}

it('who opens circuits without end gets as many as a minute allows, and is then cut off', async () => {
  const attacker = await RawPeer.start(net, 'gossipsub')
  // In a process of its own: who is dialled is busy with it.
  const dialled = startCrowd()
  net.atEnd(dialled.stop)
  const [receiver] = await dialled.receivers({ first: 5_000, count: 1, relay: relay.address })
  const target = peerIdFromString(receiver?.circuit.split('/p2p/').at(-1) ?? '')
  const request = new BinaryWriter().tag(1, WireType.Varint).uint32(1)
    .tag(2, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).bytes(multihash(target)).join().finish()
  let [granted, asked] = [0, 0]
  const connection = await dial(attacker)
  await othersNotice(async (ended) => {
    while (connection.status === 'open' && !ended.aborted) {
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
  expect(granted).toBeLessThanOrEqual(RELAY_LIMITS.dialsPerPeer)
  expect(asked).toBeLessThanOrEqual(MAX_NEW_STREAMS.atOnce + 60 * MAX_NEW_STREAMS.perSecond)
  await until(() => connection.status !== 'open', SLACK, 'it is cut off')
  expect(await isRefused(attacker)).toBe(true)
})

it('who subscribes to 100,000 topics counts for 200, takes no more room than these, and is cut off', async () => {
  const attacker = await RawPeer.start(net, 'gossipsub')
  const before = relay.memory()
  const connection = await dial(attacker)
  const stream = await attacker.open(connection)
  await othersNotice(async () => {
    for (let at = 0; at < 100_000 && connection.status === 'open'; at += 1_000) {
      await stream.send({ subscriptions: Array.from({ length: 1_000 }, (_, index) => ({ subscribe: true, topic: `/natter/1/many-${at + index}` })) }).catch(() => {})
      await pause(10)
    }
  })
  const served = new Set(attacker.received.flatMap(({ subscriptions }) => subscriptions ?? [])
    .filter(({ subscribe, topic }) => subscribe && topic.includes('many')).map(({ topic }) => topic)).size
  expect(served).toBeGreaterThan(0)
  expect(served).toBeLessThanOrEqual(HUB_LIMITS.topicsPerClient)
  // Gossipsub keeps about 1,000 topics a peer, of 1 KiB each with what surrounds them; the rest is garbage not yet collected.
  expect(relay.memory() - before).toBeLessThan(64_000_000)
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

it('who connects and says nothing holds a quarter of the handshakes at most, and those for 10 s', async () => {
  const { host, port } = where(relay)
  const sockets = Array.from({ length: 2 * MAX_PENDING_PER_ADDRESS.relay }, () => connect({ host, port, localAddress: '127.9.9.9' }).on('error', () => {}))
  const open = (): number => established(port, '127.9.9.9')
  await until(() => sockets.every((socket) => !socket.connecting), SLACK, 'all knocked')
  await until(() => open() <= MAX_PENDING_PER_ADDRESS.relay, SLACK, 'those beyond are refused')
  // Others come in meanwhile, and talk on.
  expect(percentile(await people.newcomers({ first: 6_000, count: 5, relay: relay.address, protocol: 'gossipsub' }), 1)).toBeLessThan(1_000)
  await othersNotice(async () => {})
  await until(() => open() === 0, HANDSHAKE + SLACK, 'none is left')
  sockets.forEach((socket) => socket.destroy())
})

it('who falls silent after the handshake is let go after two missed pings', async () => {
  const silent = startCrowd()
  net.atEnd(silent.stop)
  const first = 8_000
  await silent.join({ first, count: 5, relay: relay.address, protocol: 'gossipsub', rooms: 1 })
  const { port } = where(relay)
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

function where ({ address }: RelayProcess): { readonly host: string, readonly port: number } {
  return { host: '127.0.0.1', port: Number(/tcp\/(\d+)/u.exec(address)?.[1]) }
}

/** Connections that stand at the relay's end, from one address. */
function established (port: number, from: string): number {
  const hex = (value: number, digits: number): string => value.toString(16).toUpperCase().padStart(digits, '0')
  const remote = from.split('.').map(Number).reverse().map((byte) => hex(byte, 2)).join('')
  return readFileSync('/proc/net/tcp', 'utf8').split('\n').filter((line) => {
    const [, local = '', other = '', state] = line.trim().split(/\s+/u)
    return local.endsWith(`:${hex(port, 4)}`) && other.startsWith(`${remote}:`) && state === '01'
  }).length
}
