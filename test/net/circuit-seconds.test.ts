import { RELAY_V2_HOP_CODEC } from '@libp2p/circuit-relay-v2'
import type { Connection } from '@libp2p/interface'
import { lpStream } from '@libp2p/utils'
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { toString } from 'uint8arrays/to-string'
import { afterEach, describe, expect, it } from 'vitest'
import { candidate, met, reserved, startDesktop, startRelay, type Desktop } from './support/desktops.ts'
import { reserve, dialThrough, TestNet, TOPIC, type PlainRelay, type TestNode } from './support/test-net.ts'
import { until } from './support/until.ts'

const net = new TestNet()
afterEach(async () => net.stop())

const SECONDS = 20
const limit = { reservations: { defaultDurationLimit: SECONDS * 1_000 } }
/** Relays that give a circuit 20 s, each in the unit that it is known to send. */
const RELAYS: Readonly<Record<string, () => Promise<Pick<PlainRelay, 'id' | 'address'>>>> = {
  'a relay of ours': async () => natter(await startRelay(net, { hub: false, circuitSeconds: SECONDS })),
  'a relay of Natter 0.1.0': async () => net.plainRelay(limit, { agent: 'natter-relay/1 js-libp2p' }),
  'a relay of js-libp2p': async () => net.plainRelay(limit, { agent: 'js-libp2p/3.3.11 node/24' })
}

function natter ({ id, node }: Awaited<ReturnType<typeof startRelay>>): PlainRelay {
  return { id, address: node.components.addressManager.getAddresses()[0], libp2p: { peerId: node.components.peerId } } as unknown as PlainRelay
}

/** How long a circuit lasts as Natter 0.1.0 reads it: by this rule alone. */
async function asRead010 ({ components }: TestNode, { limits }: Connection, relay: PlainRelay): Promise<number> {
  const { metadata } = await components.peerStore.get(relay.libp2p.peerId)
  const agent = toString(metadata.get('AgentVersion') ?? new Uint8Array(0))
  return (limits?.seconds ?? 0) * (agent.includes('js-libp2p') ? 1 : 1_000)
}

describe.each(Object.entries(RELAYS))('20 s for a circuit through %s', (_, start) => {
  it('are 20 s to us, on both ends', async () => {
    const relay = await start()
    const relays = [candidate(relay.address.toString())]
    const [a, b] = await Promise.all([startDesktop(net, { relays, directConnections: false }), startDesktop(net, { relays, directConnections: false })])
    await Promise.all([reserved(a, relay), reserved(b, relay)])
    await b.node.people.know({ record: await a.node.people.ownRecord(), topics: [TOPIC] })
    await met(a, b)
    for (const lasts of [lastsFor(a, b), lastsFor(b, a)]) {
      expect(lasts).toBeGreaterThan((SECONDS - 2) * 1_000)
      expect(lasts).toBeLessThan((SECONDS + 2) * 1_000)
    }
  })

  it('are 20 s to Natter 0.1.0, on both ends', async () => {
    const relay = await start() as PlainRelay
    const [a, b] = await Promise.all([net.node(), net.node()])
    await reserve(a, relay)
    await reserve(b, relay)
    const circuit = await dialThrough(b, relay, a)
    await until(() => a.libp2p.getConnections(b.libp2p.peerId).length > 0, 2_000, 'the other end has it')
    const [other] = a.libp2p.getConnections(b.libp2p.peerId)
    for (const lasts of [await asRead010(b, circuit, relay), await asRead010(a, other as Connection, relay)]) {
      expect(lasts).toBeGreaterThan((SECONDS - 2) * 1_000)
      expect(lasts).toBeLessThanOrEqual(SECONDS * 1_000)
    }
  })
})

function lastsFor (from: Desktop, to: Desktop): number {
  const link = from.node.network.peers().find(({ peerId }) => peerId === to.node.peerId)?.links.find(({ limit }) => limit !== undefined)
  return (link?.limit?.until ?? 0) - (link?.since ?? 0)
}

// libp2p's relay sends 20,000 here, which Go and Rust take for five hours and a half.
it('what a relay of ours sends is seconds, as the specification has it', async () => {
  const relay = natter(await startRelay(net, { hub: false, circuitSeconds: SECONDS, circuitBytes: 4_096 }))
  const node = await net.node()
  const stream = await (await node.libp2p.dial(relay.address)).newStream(RELAY_V2_HOP_CODEC)
  const frames = lpStream(stream)
  await frames.write(new BinaryWriter().tag(1, WireType.Varint).uint32(0).finish())
  const limitBytes = field((await frames.read()).subarray(), 4)
  expect([...numbers(limitBytes)]).toEqual([[1, SECONDS], [2, 4_096]])
})

/** A field with a length. */
function field (bytes: Uint8Array, wanted: number): Uint8Array {
  const reader = new BinaryReader(bytes)
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag()
    if (type === WireType.LengthDelimited) {
      const value = reader.bytes()
      if (number === wanted) return value
    } else {
      reader.skip(type)
    }
  }
  throw new Error(`there is no field ${wanted}`)
}

function * numbers (bytes: Uint8Array): Generator<readonly [number: number, value: number]> {
  const reader = new BinaryReader(bytes)
  while (reader.pos < reader.len) {
    const [number] = reader.tag()
    yield [number, Number(reader.uint64())]
  }
}
