import { syncBuiltinESMExports } from 'node:module'
import net, { type NetConnectOpts, type Socket } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'
import { createNode, type CreatedNode } from '../../../main/node/create-node.ts'
import { generateIdentity } from '../../../main/node/identity.ts'
import { PROTOCOLS } from '../../../main/node/protocols.ts'
import type { SwitchingPubsub } from '../../../main/node/pubsub/switching-pubsub.ts'
import { serve } from '../../../main/node/streams.ts'
import type { Protocol } from '../../../preload/contract/index.ts'

/** A client of a relay: what a desktop is to it, without what a desktop does with others. */
export interface Client {
  readonly node: CreatedNode
  readonly pubsub: SwitchingPubsub
  readonly topic: string
}

/** How a {@link Client} is made. */
export interface ClientOptions {
  /** The how manieth it is of all: gives its IP address. */
  readonly index: number
  readonly relay: string
  readonly protocol: Protocol
  readonly topic: string
}

/** Clients that share an address, as people in one house do. */
const PER_ADDRESS = 16

let source = '127.0.0.1'
const connect = net.connect.bind(net)
// A thousand people come from many addresses. libp2p's TCP does not let one choose where a connection comes from.
net.connect = ((options: NetConnectOpts, ...rest: []): Socket => connect({ ...options, localAddress: source } as NetConnectOpts, ...rest)) as typeof net.connect
// For who imports it by name.
syncBuiltinESMExports()

/** From where the connection comes that is opened next in this turn of the event loop. */
export function sourceOf (index: number): string {
  const house = Math.floor(index / PER_ADDRESS)
  return `127.1.${Math.floor(house / 250)}.${house % 250 + 1}`
}

/** A client that stands ready to dial. */
export async function createClient ({ protocol, topic }: Pick<ClientOptions, 'protocol' | 'topic'>): Promise<Client> {
  const node = await createNode({
    role: 'desktop',
    privateKey: await generateIdentity(),
    listen: [],
    pubsub: { protocol, topics: [topic] },
    allowPrivate: true
  })
  const pubsub = node.pubsub
  if (pubsub === undefined) throw new TypeError('a client takes part in pubsub')
  // What tells a hub that it may name members.
  await serve(node.components.registrar, PROTOCOLS.members, async () => undefined)
  await node.libp2p.start()
  return { node, pubsub, topic }
}

/** Dials the relay and takes a place; answers how many milliseconds that took. */
export async function join ({ node }: Pick<Client, 'node'>, { relay, index }: Pick<ClientOptions, 'relay' | 'index'>): Promise<number> {
  const address = multiaddr(relay)
  node.gater.setRelays([relayId(relay)])
  const begin = performance.now()
  const connection = await fromAddress(sourceOf(index), async () => node.libp2p.dial(address))
  await node.slots.reserve(connection.remotePeer)
  return performance.now() - begin
}

let turn: Promise<unknown> = Promise.resolve()

/** One dial at a time has the source address to itself. */
async function fromAddress<T> (address: string, dial: () => Promise<T>): Promise<T> {
  const result = turn.then(async () => {
    source = address
    return dial()
  })
  turn = result.catch(() => {})
  return result
}

/** The peer id at the end of a relay's address. */
export function relayId (relay: string): string {
  return relay.split('/p2p/')[1] ?? ''
}
