// A pubsub peer made of js-libp2p 2.8 alone; see go/main.go, whose commands and events it has.
import process from 'node:process'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { gossipsub } from '@chainsafe/libp2p-gossipsub'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { floodsub } from '@libp2p/floodsub'
import { identify } from '@libp2p/identify'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'

const { values: { protocol, topic, strict } } = parseArgs({
  options: { protocol: { type: 'string', default: 'gossipsub' }, topic: { type: 'string', default: '' }, strict: { type: 'boolean', default: false } }
})

/** @param {object} event */
function tell (event) {
  process.stdout.write(`${JSON.stringify(event)}\n`)
}

const libp2p = await createLibp2p({
  addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
  transports: [tcp(), circuitRelayTransport()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  connectionGater: { denyDialMultiaddr: () => false },
  connectionManager: { inboundConnectionThreshold: 1_000, maxIncomingPendingConnections: 1_000 },
  services: { identify: identify(), pubsub: protocol === 'floodsub' ? floodsub() : gossipsub({ allowPublishToZeroTopicPeers: true }) }
})
const { pubsub } = libp2p.services

/** The greatest number of each author, as Go's BasicSeqnoValidator keeps them. */
const numbers = new Map()
if (strict) {
  pubsub.topicValidators.set(topic, (_, message) => {
    const author = message.from.toString()
    if (message.sequenceNumber <= (numbers.get(author) ?? 0n)) return 'ignore'
    numbers.set(author, message.sequenceNumber)
    return 'accept'
  })
}
pubsub.addEventListener('message', ({ detail }) => {
  tell({ event: 'message', from: detail.from.toString(), text: new TextDecoder().decode(detail.data), number: String(detail.sequenceNumber) })
})
pubsub.subscribe(topic)

const isCircuit = (connection) => connection.remoteAddr.toString().includes('/p2p-circuit')
const connectionsTo = (peer) => libp2p.getConnections().filter(({ remotePeer }) => remotePeer.toString() === peer)

const commands = {
  publish: async ({ text }) => { await pubsub.publish(topic, new TextEncoder().encode(text)) },
  subscribers: async () => pubsub.getSubscribers(topic).map(String),
  dial: async ({ address }) => { await libp2p.dial(multiaddr(address), { force: true }) },
  circuit: async ({ address }) => { await libp2p.dial(multiaddr(address), { force: true }) },
  reserve: async ({ address }) => {
    await libp2p.components.transportManager.listen([multiaddr(`${address}/p2p-circuit`)])
  },
  connections: async ({ peer }) => connectionsTo(peer).map(({ remoteAddr }) => remoteAddr.toString()),
  close: async ({ peer, circuits }) => { await Promise.all(connectionsTo(peer).filter((connection) => isCircuit(connection) === circuits).map(async (connection) => connection.close())) }
}

tell({ event: 'ready', peer: libp2p.peerId.toString(), addresses: libp2p.getMultiaddrs().map(String) })

for await (const line of createInterface({ input: process.stdin })) {
  const { do: name, ...command } = JSON.parse(line)
  try {
    tell({ event: 'answer', value: await commands[name](command) })
  } catch (error) {
    tell({ event: 'answer', error: String(error) })
  }
}
process.exit(0)
