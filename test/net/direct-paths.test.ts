import { create, toBinary } from '@bufbuild/protobuf'
import { lpStream } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, describe, expect, it } from 'vitest'
import { isCircuit } from '../../main/node/addresses/kinds.ts'
import { DirectPaths, type DirectPathsOptions } from '../../main/node/paths/direct-paths.ts'
import { DCUTR } from '../../main/node/paths/exchange.ts'
import { HolePunchSchema } from '../../main/node/paths/hole-punch_pb.ts'
import { Mappings } from '../../main/node/paths/mappings.ts'
import type { MeetingPlace } from '../../main/node/paths/punch.ts'
import { WORDS } from '../../main/node/paths/words.ts'
import { meetingPoint } from './support/meeting-point.ts'
import { dialThrough, meet, post, PROTOCOLS, reserve, TestNet, texts, type PlainRelay, type TestNode } from './support/test-net.ts'
import { pause, until } from './support/until.ts'

const net = new TestNet()
afterEach(async () => net.stop())

interface Scene { readonly relay: PlainRelay, readonly a: TestNode, readonly b: TestNode, readonly ofA: DirectPaths, readonly ofB: DirectPaths }

async function paths (node: TestNode, place: MeetingPlace | undefined, more: Partial<DirectPathsOptions> = {}): Promise<DirectPaths> {
  const watch = new DirectPaths(node, {
    mappings: { places: async () => Promise.resolve(place === undefined ? [] : [place]), mapping: () => undefined, on: () => new Mappings(node, { isOurRelay: () => false, allowPrivate: true }) },
    isWanted: (peer) => node.pubsub.sharedWith(peer).length > 0,
    // What they listen on counts as private: they meet where the test says.
    allowPrivate: false,
    ...more
  })
  node.pubsub.on('subscribers:change', () => { watch.look() })
  await watch.set(true)
  net.atEnd(async () => watch.set(false))
  return watch
}

/** B has a place on a relay, and A calls it there; both turn circuits into direct connections. */
async function scene (places: readonly [MeetingPlace | undefined, MeetingPlace | undefined], { protocol = 'gossipsub', more = {} }: { readonly protocol?: (typeof PROTOCOLS)[number], readonly more?: Partial<DirectPathsOptions> } = {}): Promise<Scene> {
  const [relay, a, b] = await Promise.all([net.plainRelay({ reservations: { applyDefaultLimit: false } }), net.node({ protocol }), net.node({ protocol })])
  const [ofA, ofB] = [await paths(a, places[0], more), await paths(b, places[1], more)]
  await reserve(b, relay)
  await dialThrough(a, relay, b)
  await meet(a, b)
  return { relay, a, b, ofA, ofB }
}

const ways = (from: TestNode, to: TestNode): string[] => from.libp2p.getConnections(to.libp2p.peerId).filter(({ status }) => status === 'open').map(({ remoteAddr }) => isCircuit(remoteAddr) ? 'circuit' : 'direct')
const isDirectAlone = (from: TestNode, to: TestNode): boolean => ways(from, to).length === 1 && ways(from, to)[0] === 'direct'
const finding = (watch: DirectPaths, peer: TestNode): string | undefined => watch.findings.find(({ peerId }) => peerId === peer.id)?.words

describe.each(PROTOCOLS)('%s', (protocol) => {
  // Without the roles both ends are clients and the handshake never ends; without retiring, the circuit stays.
  it('a circuit gives way to a connection that both ends opened, while both post 20 times a second: nothing is lost or doubled', async () => {
    const point = await meetingPoint(net)
    const { a, b, ofA, ofB } = await scene(point.places, { protocol })
    const sent: [string[], string[]] = [[], []]
    let count = 0
    const ended = new AbortController()
    const posting = (async () => {
      while (!ended.signal.aborted) {
        const text = `post ${count++}`
        for (const [at, from, to] of [[0, a, b], [1, b, a]] as const) {
          const own = `${text} of ${at}`
          // As the outbox does: what the router gave to nobody is posted again.
          await until(async () => (await post(from, own)).includes(to.id), 5_000, 'the other one is there')
          sent[at].push(own)
        }
        await pause(50)
      }
    })()
    await until(() => isDirectAlone(a, b) && isDirectAlone(b, a), 20_000, () => JSON.stringify([ways(a, b), ways(b, a), ofA.findings, ofB.findings]))
    await pause(500)
    ended.abort()
    await posting
    await until(() => texts(a).length >= sent[1].length && texts(b).length >= sent[0].length, 3_000, () => `${texts(a).length} of ${sent[1].length}, ${texts(b).length} of ${sent[0].length}`)
    expect([texts(a), texts(b)]).toEqual([sent[1], sent[0]])
    const [toB] = a.libp2p.getConnections(b.libp2p.peerId)
    const [toA] = b.libp2p.getConnections(a.libp2p.peerId)
    // The specification: who dialled the circuit is the client.
    expect([toB?.direction, toA?.direction]).toEqual(['outbound', 'inbound'])
    expect([finding(ofA, b), finding(ofB, a)]).toEqual([WORDS.direct, WORDS.direct])
  })
})

it('who has an open address is dialled there, and nobody tries to meet', async () => {
  const { a, b, ofB } = await scene([undefined, undefined], { more: { allowPrivate: true } })
  await until(() => isDirectAlone(a, b) && isDirectAlone(b, a), 20_000, () => JSON.stringify([ways(a, b), ofB.findings]))
  expect(b.libp2p.getConnections(a.libp2p.peerId)[0]?.remoteAddr.toString()).toContain(a.address.toString())
})

it('where neither hears the other the circuit stays, both say why, and it is not tried again at once', async () => {
  const point = await meetingPoint(net)
  // Nobody joins what comes in at these two: the calls are answered by silence.
  const [{ places: [placeA] }, { places: [, placeB] }] = [point, await meetingPoint(net)]
  const { a, b, ofA, ofB } = await scene([placeA, placeB])
  await until(() => ofB.findings[0]?.state === 'relayed' && ofA.findings[0]?.state === 'relayed', 30_000, () => JSON.stringify([ofA.findings, ofB.findings]))
  expect([finding(ofA, b), finding(ofB, a)]).toEqual([WORDS.failed, WORDS.failed])
  expect([ways(a, b), ways(b, a)]).toEqual([['circuit'], ['circuit']])
  const rounds = point.came[0]
  expect(rounds).toBe(3)
  for (let look = 0; look < 5; look++) {
    ofB.look()
    await pause(100)
  }
  expect(point.came[0]).toBe(rounds)
}, 60_000)

it('who has no place to be met says so to the other end, which says it too', async () => {
  const point = await meetingPoint(net)
  const { a, b, ofA, ofB } = await scene([undefined, point.places[1]])
  await until(() => finding(ofB, a) === WORDS.nowhere && finding(ofA, b) === WORDS.unseen, 10_000, () => JSON.stringify([ofA.findings, ofB.findings]))
  expect([ways(a, b), point.came]).toEqual([['circuit'], [0, 0]])
})

it('nobody is told where we are who shares no topic with us, nor while it is switched off', async () => {
  const point = await meetingPoint(net)
  const { a, b, ofA, ofB } = await scene(point.places, { more: { isWanted: () => false } })
  const ask = async (): Promise<unknown> => {
    const [circuit] = b.libp2p.getConnections(a.libp2p.peerId)
    const stream = await circuit?.newStream(DCUTR, { runOnLimitedConnection: true })
    if (stream === undefined) throw new Error('no circuit')
    const messages = lpStream(stream)
    await messages.write(toBinary(HolePunchSchema, create(HolePunchSchema, { type: 100, observedAddresses: [multiaddr('/ip4/127.0.0.1/tcp/1').bytes] })))
    return messages.read({ signal: AbortSignal.timeout(5_000) })
  }
  await expect(ask()).rejects.toThrow()
  await ofA.set(false)
  await expect(ask()).rejects.toThrow()
  expect([ofA.findings, ofB.findings, point.came]).toEqual([[], [], [0, 0]])
  expect(ofA.why(b.id)).toBe(WORDS.off)
})

it('two relays see us come from one port, and after a reconnection from another', async () => {
  const [one, two, node] = await Promise.all([net.plainRelay(), net.plainRelay(), net.node()])
  const mappings = new Mappings(node, { isOurRelay: (peer) => peer === one.id || peer === two.id, allowPrivate: true })
  expect([mappings.mapping(4), await mappings.places()]).toEqual([undefined, []])
  for (const relay of [one, two]) {
    node.outbound.steady(relay.address)
    await node.libp2p.dial(relay.address)
  }
  await until(() => mappings.seen.length === 2, 5_000, 'both relays tell')
  const [first, second] = mappings.seen
  expect(mappings.mapping(4)).toBe('kept')
  expect(second).toMatchObject({ localPort: first?.localPort, port: first?.port, host: '127.0.0.1', family: 4 })
  expect((await mappings.places()).map(({ address, localPort }) => [address.toString(), localPort])).toEqual([[`/ip4/127.0.0.1/tcp/${first?.port ?? 0}`, first?.localPort]])

  await node.libp2p.hangUp(one.libp2p.peerId)
  await until(() => mappings.seen.length === 1, 5_000, 'what it told to be forgotten')
  await node.libp2p.dial(one.address)
  await until(() => mappings.seen.length === 2, 5_000, 'it to tell again')
  expect(mappings.seen.at(-1)?.localPort).not.toBe(first?.localPort)
})

// As go-libp2p and js-libp2p send them.
it('messages are the specification\'s, byte for byte', () => {
  const address = multiaddr('/ip4/192.0.2.1/tcp/4001')
  expect(Buffer.from(toBinary(HolePunchSchema, create(HolePunchSchema, { type: 100, observedAddresses: [address.bytes] }))).toString('hex')).toBe('08641208' + '04c0000201060fa1')
  expect(Buffer.from(toBinary(HolePunchSchema, create(HolePunchSchema, { type: 300 }))).toString('hex')).toBe('08ac02')
})
