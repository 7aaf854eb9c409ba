import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, describe, it } from 'vitest'
import { hasOutboundPubsub } from '../../main/node/pubsub/router.ts'
import { startRelay } from '../net/support/desktops.ts'
import { PROTOCOLS, TestNet } from '../net/support/test-net.ts'
import { until } from '../net/support/until.ts'
import { ForeignPeer } from './support/foreign-peer.ts'
import { KINDS } from './support/programs.ts'
import { expectTalk, heardAgain, meet } from './support/talk.ts'

const net = new TestNet()
afterEach(async () => net.stop())

const CASES = KINDS.flatMap((kind) => PROTOCOLS.map((protocol) => [kind, protocol] as const))

describe.each(CASES)('a %s peer, both on %s', (kind, protocol) => {
  it('talks over one connection', async () => {
    const [node, peer] = await Promise.all([net.node({ protocol }), ForeignPeer.start(net, kind, { protocol })])
    await peer.dial(node.address.toString())
    await meet(node, peer)
    await expectTalk(node, peer)
  })

  it('talks on when a second connection takes the place of the first', async () => {
    const [node, peer] = await Promise.all([net.node({ protocol }), ForeignPeer.start(net, kind, { protocol })])
    const first = await node.libp2p.dial(peer.address)
    await meet(node, peer)
    await expectTalk(node, peer)
    const second = await node.libp2p.dial(peer.address, { force: true })
    await until(() => node.libp2p.getConnections(second.remotePeer).length === 2, 2_000, 'there are two')
    await expectTalk(node, peer)
    await first.close()
    await heardAgain(node, peer)
    await expectTalk(node, peer)
  })

  it('talks on when a circuit gives way to a direct connection', async () => {
    const [relay, node, peer] = await Promise.all([startRelay(net, { hub: false }), net.node({ protocol }), ForeignPeer.start(net, kind, { protocol })])
    await peer.reserve(relay.address)
    node.gater.setRelays([relay.id])
    const circuit = await node.libp2p.dial(multiaddr(`${relay.address}/p2p-circuit/p2p/${peer.id}`))
    await meet(node, peer)
    await expectTalk(node, peer)
    const direct = await node.libp2p.dial(peer.address, { force: true })
    // As a hole punch does: the circuit closes once our own stream has left it.
    await until(() => hasOutboundPubsub(direct), 5_000, 'our stream leads over the direct connection')
    await circuit.close()
    await heardAgain(node, peer)
    await expectTalk(node, peer)
  })
})
