// The neighbours of who receives, in a process of their own; told by its parent how many posts to send.
import process from 'node:process'
import { multiaddr } from '@multiformats/multiaddr'
import type { Protocol } from '../../../preload/contract/index.ts'
import { createNode, type CreatedNode } from '../../../main/node/create-node.ts'
import { generateIdentity } from '../../../main/node/identity.ts'

/** What the parent says first, and then what it says of each batch. */
export type Told = { readonly receiver: string, readonly protocol: Protocol, readonly topic: string, readonly neighbours: number } | { readonly posts: number }

const LISTEN = ['/ip4/127.0.0.1/tcp/0']
/** Bytes of a short sentence with its envelope. */
const POST_BYTES = 200

let nodes: CreatedNode[] = []
let on = ''

process.on('message', (told: Told) => { void ('posts' in told ? send(told.posts) : start(told)) })
process.on('disconnect', () => { process.exit(0) })

/** Each is connected with all others and with who receives. */
async function start ({ receiver, protocol, topic, neighbours }: Extract<Told, { receiver: string }>): Promise<void> {
  on = topic
  nodes = await Promise.all(Array.from({ length: neighbours }, async () =>
    createNode({ role: 'desktop', privateKey: await generateIdentity(), listen: LISTEN, pubsub: { protocol, topics: [topic] }, allowPrivate: true })))
  for (const [at, { libp2p }] of nodes.entries()) {
    await libp2p.start()
    await libp2p.dial(multiaddr(receiver))
    for (const before of nodes.slice(0, at)) await libp2p.dial(before.libp2p.getMultiaddrs())
  }
}

async function send (posts: number): Promise<void> {
  for (let post = 0; post < posts; post++) {
    await nodes[post % nodes.length]?.pubsub?.publish(on, Buffer.alloc(POST_BYTES))
  }
}
