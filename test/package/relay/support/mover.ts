// A program: a desktop on the relay whose address is the one argument, which would move to another relay that never
// answers. Says 'here' once it holds its place, and stays until it is ended.
import { createServer, type AddressInfo } from 'node:net'
import process from 'node:process'
import { createDesktopNode } from '../../../../main/node/desktop-node.ts'
import { generateIdentity, peerIdOf } from '../../../../main/node/identity.ts'
import { until } from '../../../net/support/until.ts'

const address = process.argv[2] ?? ''
const silent = createServer((socket) => { socket.on('error', () => {}) })
await new Promise<void>((resolve) => { silent.listen(0, '127.0.0.1', resolve) })
const other = `/ip4/127.0.0.1/tcp/${String((silent.address() as AddressInfo).port)}/p2p/${peerIdOf(await generateIdentity())}`
const node = await createDesktopNode({
  privateKey: await generateIdentity(),
  protocol: 'gossipsub',
  listenPort: 0,
  mdns: false,
  beRelay: false,
  relays: [address, other].map((each) => ({ address: each, source: { kind: 'settings' }, approved: true })),
  topics: [],
  known: []
})
await until(() => node.reachability.relays.some(({ state }) => state === 'reserved'), 30_000, 'a place')
process.stdout.write('here\n')
