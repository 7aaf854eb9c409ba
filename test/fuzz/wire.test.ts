import { RELAY_V2_HOP_CODEC, RELAY_V2_STOP_CODEC } from '@libp2p/circuit-relay-v2'
import fc from 'fast-check'
import { afterEach, expect, it } from 'vitest'
import { startDesktop, startRelay, type Desktop } from '../net/support/desktops.ts'
import { encodeRpc, signMessage, STREAMS, subscribe } from '../net/support/raw-peer.ts'
import { TestNet, TOPIC } from '../net/support/test-net.ts'
import { until } from '../net/support/until.ts'
import { openStream, startRawNode, type RawNode } from '../hostile/support/raw-node.ts'
import { generateIdentity } from '../../main/node/identity.ts'
import { DCUTR } from '../../main/node/paths/exchange.ts'
import { KAD_PROTOCOL, PROTOCOLS } from '../../main/node/protocols.ts'
import { SECONDS } from './support/fuzz.ts'
import { nearly } from './support/mutations.ts'
import { WIRE_DECODERS } from './support/wire-decoders.ts'

const net = new TestNet()
afterEach(async () => net.stop())

/** Seconds for each kind of node: a tenth of all each. */
const share = SECONDS / 10
/** Inputs on one connection. */
const A_VISIT = 50

/** What nodes speak beside pubsub. */
const EVERYTHING = [
  ...Object.values(PROTOCOLS).map(({ id }) => id), KAD_PROTOCOL, DCUTR, '/ipfs/id/1.0.0', '/ipfs/id/push/1.0.0', '/ipfs/ping/1.0.0', RELAY_V2_HOP_CODEC, RELAY_V2_STOP_CODEC
]

/** What no code of ours caught. */
function watchFaults (): unknown[] {
  const faults: unknown[] = []
  const take = (error: unknown): void => { faults.push(error) }
  process.on('unhandledRejection', take)
  process.on('uncaughtException', take)
  net.atEnd(() => {
    process.off('unhandledRejection', take)
    process.off('uncaughtException', take)
  })
  return faults
}

function behindLength (bytes: Uint8Array): Uint8Array {
  const length: number[] = []
  let rest = bytes.byteLength
  for (; rest > 127; rest = Math.floor(rest / 128)) length.push(rest % 128 | 128)
  return new Uint8Array(Buffer.concat([Uint8Array.from([...length, rest]), bytes]))
}

async function seeds (): Promise<Uint8Array[]> {
  const messages = [await signMessage(await generateIdentity(), new TextEncoder().encode('plain text'))]
  const pubsub = [encodeRpc(subscribe(TOPIC)), encodeRpc({ messages }), encodeRpc({ ...subscribe(TOPIC), messages, prune: [TOPIC] })]
  const ours = WIRE_DECODERS.flatMap(({ seeds: each }) => [...each]).filter((seed) => typeof seed !== 'string')
  return [...pubsub, ...ours].map(behindLength)
}

/** Sends what nearly is right to every protocol of a node, each on a stream of its own, for so long. @returns how many it sent */
async function visit (address: string, protocols: readonly string[], seconds: number): Promise<number> {
  const inputs = nearly(await seeds())
  const end = performance.now() + seconds * 1_000
  let sent = 0
  for (let visits = 0; performance.now() < end; visits++) {
    // Who sends nonsense without end is cut off, and refused under its address for a while.
    const peer = await startRawNode(address, `127.5.${Math.floor(visits / 250) % 250}.${visits % 250 + 1}`).catch(() => undefined)
    if (peer === undefined) continue
    for (const [at, bytes] of fc.sample(inputs, A_VISIT).entries()) {
      if (peer.connection.status !== 'open') break
      await send(peer, protocols[(at + visits) % protocols.length] ?? '', bytes)
      sent++
    }
    await peer.libp2p.stop()
  }
  return sent
}

async function send (peer: RawNode, protocol: string, bytes: Uint8Array): Promise<void> {
  try {
    const stream = await openStream(peer.connection, protocol)
    stream.send(bytes)
    await stream.close({ signal: AbortSignal.timeout(500) })
  } catch {
    // It was refused.
  }
}

async function hears (from: Desktop, to: Desktop): Promise<void> {
  await until(async () => {
    await from.node.pubsub.publish(TOPIC, new TextEncoder().encode('still here'))
    return to.inbox.some(({ data }) => new TextDecoder().decode(data) === 'still here')
  }, 15_000, 'two people hear each other afterwards')
}

it.each(['gossipsub', 'floodsub'] as const)('whatever strangers send to a desktop under %s, it goes on', async (protocol) => {
  const faults = watchFaults()
  const [desktop, friend] = await Promise.all([startDesktop(net, { protocol, allowPrivate: true }), startDesktop(net, { protocol, allowPrivate: true })])
  const address = desktop.node.addresses.find((each) => each.startsWith('/ip4/127.0.0.1/tcp/')) ?? ''
  const count = await visit(address, [...EVERYTHING, STREAMS[protocol]], share)
  console.log(`a desktop under ${protocol}: ${count.toLocaleString('en')} messages in ${share.toFixed(0)} s`)
  await friend.node.people.know({ record: await desktop.node.people.ownRecord(), topics: [TOPIC] })
  await hears(friend, desktop)
  expect(faults).toEqual([])
  expect(count).toBeGreaterThan(share * 20)
}, 60_000 + 2_000 * share)

it('whatever strangers send to a relay, it goes on', async () => {
  const faults = watchFaults()
  const relay = await startRelay(net)
  const count = await visit(relay.address, [...EVERYTHING, ...Object.values(STREAMS)], share)
  console.log(`a relay: ${count.toLocaleString('en')} messages in ${share.toFixed(0)} s`)
  const [ada, bo] = await Promise.all([startDesktop(net, { relays: [relay.candidate] }), startDesktop(net, { relays: [relay.candidate] })])
  await hears(ada, bo)
  expect(faults).toEqual([])
  expect(count).toBeGreaterThan(share * 20)
}, 60_000 + 2_000 * share)
