import { afterEach, expect, it } from 'vitest'
import { startRelay } from '../net/support/desktops.ts'
import { TestNet } from '../net/support/test-net.ts'
import { ForeignPeer } from './support/foreign-peer.ts'

const net = new TestNet()
afterEach(async () => net.stop())

// As milliseconds were sent, Go read 20,000 s.
it('go-libp2p reads the time that a relay of ours gives a circuit as it is meant', async () => {
  const [relay, peer] = await Promise.all([startRelay(net, { hub: false, circuitSeconds: 20, circuitBytes: 4_096 }), ForeignPeer.start(net, 'go')])
  expect(await peer.reserve(relay.address)).toEqual({ seconds: 20, bytes: 4_096 })
})
