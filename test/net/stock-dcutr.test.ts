import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { dcutr } from '@libp2p/dcutr'
import { identify } from '@libp2p/identify'
import type { ComponentLogger, Libp2p, Logger } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { afterEach, expect, it } from 'vitest'
import { isCircuit } from '../../main/node/addresses/kinds.ts'
import { generateIdentity } from '../../main/node/identity.ts'
import { DirectPaths } from '../../main/node/paths/direct-paths.ts'
import { Mappings } from '../../main/node/paths/mappings.ts'
import { WORDS } from '../../main/node/paths/words.ts'
import { reserve, TestNet, type PlainRelay, type TestNode } from './support/test-net.ts'
import { until } from './support/until.ts'

// libp2p's own service for the upgrade of circuits and ours understand each other.

const net = new TestNet()
afterEach(async () => net.stop())

/** Where we say that we are met; libp2p's service takes no private address. */
const OUTSIDE = multiaddr('/ip4/44.0.0.11/tcp/4001')

interface Stock { readonly libp2p: Libp2p, readonly said: string[], readonly errors: string[] }

/** A node with libp2p's own service; who dials {@link OUTSIDE} there comes to `ours`. */
async function stock (relay: PlainRelay, ours: TestNode, takesPlace: boolean): Promise<Stock> {
  const said: string[] = []
  const errors: string[] = []
  const libp2p = await createLibp2p({
    privateKey: await generateIdentity(),
    logger: listening(said, errors),
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0', ...(takesPlace ? [`${relay.address.toString()}/p2p-circuit`] : [])] },
    transports: [leading(() => ours.address), circuitRelayTransport()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: { denyDialMultiaddr: () => false },
    services: { identify: identify(), dcutr: dcutr() }
  })
  net.atEnd(async () => libp2p.stop())
  return { libp2p, said, errors }
}

function leading (to: () => Multiaddr): ReturnType<typeof tcp> {
  return (components) => {
    const transport = tcp()(components)
    const dial = transport.dial.bind(transport)
    transport.dial = async (address, options) => dial(address.toString().startsWith(OUTSIDE.toString()) ? to() : address, options)
    return transport
  }
}

/** Keeps what the service says. */
function listening (said: string[], errors: string[]): ComponentLogger {
  const make = (name: string): Logger => {
    const isOfInterest = name.startsWith('libp2p:dcutr')
    const into = (lines: string[]) => (format: string, ...args: readonly unknown[]): void => {
      if (isOfInterest) lines.push([format, ...args].map(String).join(' '))
    }
    return Object.assign(into(said), { error: into(errors), trace: () => {}, enabled: isOfInterest, newScope: (scope: string) => make(`${name}:${scope}`) })
  }
  return { forComponent: make }
}

/** Our end; everybody is wanted, as theirs takes part in no topic. */
async function ourPaths (node: TestNode): Promise<DirectPaths> {
  const paths = new DirectPaths(node, {
    mappings: { places: async () => Promise.resolve([{ address: OUTSIDE }]), mapping: () => undefined, on: () => new Mappings(node, { isOurRelay: () => false, allowPrivate: true }) },
    isWanted: () => true,
    // Where they listen on loopback counts as private: both ends have to tell where they meet.
    allowPrivate: false
  })
  await paths.set(true)
  net.atEnd(async () => paths.set(false))
  return paths
}

const ways = (from: Libp2p, to: Libp2p): string[] => [...new Set(from.getConnections(to.peerId).filter(({ status }) => status === 'open').map(({ remoteAddr }) => isCircuit(remoteAddr) ? 'circuit' : 'direct'))]

async function isDirectAlone (ours: TestNode, theirs: Stock): Promise<void> {
  const seen = (): readonly string[][] => [ways(ours.libp2p, theirs.libp2p), ways(theirs.libp2p, ours.libp2p)]
  await until(() => seen().every((each) => each.join() === 'direct'), 15_000, () => JSON.stringify([seen(), theirs.said, theirs.errors]))
}

it('asked by libp2p\'s own service, ours answers as it expects, and the circuit gives way', async () => {
  const [relay, ours] = await Promise.all([net.plainRelay({ reservations: { applyDefaultLimit: false } }), net.node()])
  const paths = await ourPaths(ours)
  const theirs = await stock(relay, ours, true)
  const place = `${relay.address.toString()}/p2p-circuit/p2p/${theirs.libp2p.peerId.toString()}`
  await until(() => theirs.libp2p.getMultiaddrs().some((address) => address.toString() === place), 5_000, 'its place on the relay')
  ours.gater.setRelays([relay.id])
  await ours.libp2p.dial(multiaddr(place))
  await isDirectAlone(ours, theirs)
  await until(() => theirs.said.some((line) => line.startsWith('DCUtR to %p succeeded')), 5_000, () => JSON.stringify([theirs.said, theirs.errors]))
  expect(theirs.said.filter((line) => line.startsWith('B sending connect'))).toHaveLength(1)
  expect(theirs.said.filter((line) => line.startsWith('A sending sync'))).toHaveLength(1)
  expect(theirs.errors).toEqual([])
  expect(paths.findings.map(({ words }) => words)).toEqual([WORDS.direct])
})

it('ours asks libp2p\'s own service in a way that it understands, and the circuit gives way', async () => {
  const [relay, ours] = await Promise.all([net.plainRelay({ reservations: { applyDefaultLimit: false } }), net.node()])
  const paths = await ourPaths(ours)
  await reserve(ours, relay)
  const theirs = await stock(relay, ours, false)
  await theirs.libp2p.dial(multiaddr(`${relay.address.toString()}/p2p-circuit/p2p/${ours.id}`))
  await isDirectAlone(ours, theirs)
  await until(() => theirs.said.some((line) => line.startsWith('DCUtR to %p succeeded')), 5_000, () => JSON.stringify([theirs.said, theirs.errors]))
  expect(theirs.said.filter((line) => line.startsWith('A receiving sync'))).toHaveLength(1)
  expect(theirs.errors).toEqual([])
  expect(paths.findings.map(({ words }) => words)).toEqual([WORDS.direct])
})
