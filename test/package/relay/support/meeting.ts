// A program: two desktops that know the relay whose address is the one argument, and each other only through it.
// Ends with 0 and one line of JSON once each holds a circuit to the other.
import process from 'node:process'
import { createDesktopNode } from '../../../../main/node/desktop-node.ts'
import { generateIdentity } from '../../../../main/node/identity.ts'
import { until } from '../../../net/support/until.ts'

const address = process.argv[2] ?? ''
const topic = 'a topic'
const desktops = await Promise.all((['gossipsub', 'floodsub'] as const).map(async (protocol) => createDesktopNode({
  privateKey: await generateIdentity(),
  protocol,
  listenPort: 0,
  mdns: false,
  beRelay: false,
  relays: [{ address, source: { kind: 'settings' }, approved: true }],
  topics: [topic],
  known: []
})))
for (const [i, node] of desktops.entries()) {
  const other = desktops[1 - i]?.peerId
  await until(() => node.people.onTopic(topic).some(({ peerId, path }) => peerId === other && path.kind === 'circuit'), 30_000, `desktop ${String(i)} to hold a circuit to the other`)
}
process.stdout.write(`${JSON.stringify({ states: desktops.map(({ reachability }) => reachability.state.state) })}\n`)
await Promise.all(desktops.map(async (node) => node.stop()))
process.exit(0)
