import { multiaddr } from '@multiformats/multiaddr'
import type { Stream } from '@libp2p/interface'
import { createNode, type CreatedNode } from '../../../main/node/create-node.ts'
import { generateIdentity } from '../../../main/node/identity.ts'
import { sendAll } from '../../net/support/drained.ts'
import { join, relayId } from './client.ts'

const PROTOCOL = '/natter-bench/bytes/1.0.0'
const CHUNK = new Uint8Array(65_536)
const MIB = 1_048_576

/** Two ways to one who takes in bytes. */
export interface Receiver { readonly direct: string, readonly circuit: string }

async function plainNode (listen: readonly string[]): Promise<CreatedNode> {
  const node = await createNode({ role: 'desktop', privateKey: await generateIdentity(), listen, allowPrivate: true })
  await node.libp2p.start()
  return node
}

/** Takes a place on the relay and counts what comes. */
export async function startReceiver (index: number, relay: string): Promise<Receiver> {
  const node = await plainNode(['/ip4/127.0.0.1/tcp/0'])
  await node.libp2p.handle(PROTOCOL, async (stream: Stream) => {
    for await (const bytes of stream) void bytes
    stream.send(Uint8Array.of(1))
    await stream.close()
  }, { runOnLimitedConnection: true })
  await join({ node }, { relay, index })
  const direct = node.libp2p.getMultiaddrs().map(String).find((address) => !address.includes('p2p-circuit'))
  if (direct === undefined) throw new Error('the receiver does not listen')
  return { direct, circuit: `${relay}/p2p-circuit/p2p/${node.libp2p.peerId.toString()}` }
}

/** Each address gets as many bytes, from a node of its own, all at once; answers MiB a second in all. */
export async function sendTo (addresses: readonly string[], relay: string, mib: number): Promise<number> {
  const nodes = await Promise.all(addresses.map(async () => plainNode([])))
  const streams: Stream[] = []
  for (const [index, node] of nodes.entries()) {
    node.gater.setRelays([relayId(relay)])
    const connection = await node.libp2p.dial(multiaddr(addresses[index]))
    streams.push(await connection.newStream(PROTOCOL, { runOnLimitedConnection: true }))
  }
  const chunks = Math.ceil(mib * MIB / CHUNK.byteLength / streams.length)
  const begin = performance.now()
  await Promise.all(streams.map(async (stream) => {
    for (let sent = 0; sent < chunks; sent++) {
      await sendAll(stream, CHUNK)
    }
    await stream.close()
    for await (const answer of stream) void answer
  }))
  const seconds = (performance.now() - begin) / 1_000
  await Promise.all(nodes.map(async (node) => node.libp2p.stop()))
  return chunks * streams.length * CHUNK.byteLength / MIB / seconds
}
