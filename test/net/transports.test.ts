import { afterEach, expect, it } from 'vitest'
import { createDesktopNode } from '../../main/node/desktop-node.ts'
import { generateIdentity } from '../../main/node/identity.ts'
import { createRelayNode } from '../../main/node/relay/relay-node.ts'
import { until } from './support/until.ts'

const ends: (() => Promise<void>)[] = []
afterEach(async () => { await Promise.all(ends.splice(0).map(async (end) => end())) })

// Many firewalls let out nothing but web ports, and some networks know IPv6 alone.
it.each(['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/tcp/0/ws', '/ip6/::1/tcp/0', '/ip6/::1/tcp/0/ws'])('reserves and meets through a relay on %s', async (listen) => {
  const relay = await createRelayNode({ privateKey: await generateIdentity(), listen: [listen] })
  ends.push(relay.stop)
  await relay.start()
  const address = relay.multiaddrs[0] ?? ''
  const desktops = await Promise.all(['gossipsub', 'floodsub'].map(async (protocol) => {
    const node = await createDesktopNode({
      privateKey: await generateIdentity(),
      protocol: protocol as 'gossipsub' | 'floodsub',
      listenPort: 0,
      mdns: false,
      beRelay: false,
      relays: [{ address, source: { kind: 'settings' }, approved: true }],
      topics: ['a topic'],
      known: []
    })
    ends.push(async () => node.stop())
    return node
  }))
  for (const [i, node] of desktops.entries()) {
    const other = desktops[1 - i]?.peerId
    await until(() => node.people.onTopic('a topic').some(({ peerId, path }) => peerId === other && path.kind === 'circuit'), 15_000, `desktop ${String(i)} to hold a circuit to the other`)
  }
  expect(desktops.map(({ reachability }) => reachability.state.state)).toEqual(['relayed', 'relayed'])
})
