import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createDesktopNode } from '../../main/node/desktop-node.ts'
import { generateIdentity } from '../../main/node/identity.ts'
import { createRelayNode } from '../../main/node/relay/relay-node.ts'
import { TestNet, TOPIC } from './support/test-net.ts'
import { until } from './support/until.ts'

const IDENTIFY = '/ipfs/id/1.0.0'

let net: TestNet
beforeEach(() => { net = new TestNet() })
afterEach(async () => { await net.stop() })

// Without a second try nothing that A posts ever reached B: routers learn of peers from identify alone.
it('asks again where the first identify failed', async () => {
  const [a, b] = await Promise.all([net.node({ protocol: 'floodsub' }), net.node({ protocol: 'floodsub' })])
  const { handler, options } = b.components.registrar.getHandler(IDENTIFY)
  let failures = 0
  await b.components.registrar.handle(IDENTIFY, async (stream, connection) => {
    if (failures++ === 0) {
      stream.abort(new Error('too busy'))
      return
    }
    await handler(stream, connection)
  }, { ...options, force: true })

  // A push, which B sends when its addresses change, would mend it by chance.
  await a.components.registrar.unhandle('/ipfs/id/push/1.0.0')

  await a.libp2p.dial(b.address)
  await until(() => failures > 0, 5_000, 'the first identify to fail')
  await until(async () => {
    await a.pubsub.publish(TOPIC, new TextEncoder().encode('heard at last'))
    return b.inbox.length > 0
  }, 15_000, 'a post to arrive')
  expect(failures).toBeGreaterThan(1)
})

// Before identify told what a peer is, a hub that speaks first looked like a person.
it('counts nobody as a person before identify told', async () => {
  const relay = await createRelayNode({ privateKey: await generateIdentity(), listen: ['/ip4/127.0.0.1/tcp/0'] })
  net.atEnd(relay.stop)
  await relay.start()
  const client = await net.node({ protocol: 'gossipsub' })
  await client.libp2p.dial(multiaddr(relay.multiaddrs[0]))
  await until(() => relay.pubsub?.topics.includes(TOPIC) === true, 5_000, 'the hub to be on the topic')

  const told = Promise.withResolvers<undefined>()
  const { handler, options } = relay.components.registrar.getHandler(IDENTIFY)
  await relay.components.registrar.handle(IDENTIFY, async (stream, connection) => {
    await told.promise
    await handler(stream, connection)
  }, { ...options, force: true })

  const desktop = await createDesktopNode({
    privateKey: await generateIdentity(), protocol: 'gossipsub', listenPort: 0, mdns: false, beRelay: false, topics: [TOPIC], known: [], allowPrivate: true,
    relays: [{ address: relay.multiaddrs[0] ?? '', source: { kind: 'settings' }, approved: true }]
  })
  net.atEnd(async () => desktop.stop())
  await until(() => desktop.pubsub.subscribers(TOPIC).includes(relay.peerId), 5_000, 'the hub to announce the topic')
  expect(desktop.people.onTopic(TOPIC).map(({ peerId }) => peerId)).not.toContain(relay.peerId)
  expect(desktop.people.reached(TOPIC, [relay.peerId])).toBe(0)
  told.resolve(undefined)
  await until(() => desktop.people.isHub(relay.peerId), 15_000, 'identify to tell that it is a hub')
  expect(desktop.people.onTopic(TOPIC).map(({ peerId }) => peerId)).not.toContain(relay.peerId)
})
