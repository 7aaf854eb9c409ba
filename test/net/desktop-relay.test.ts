import { afterEach, expect, it } from 'vitest'
import { candidate, startDesktop, talk, type Desktop } from './support/desktops.ts'
import { TestNet } from './support/test-net.ts'
import { until } from './support/until.ts'

const net = new TestNet()
afterEach(async () => net.stop())

const listening = ({ node }: Desktop): string => `/ip4/127.0.0.1/tcp/${node.port}/p2p/${node.peerId}`
const holds = ({ node }: Desktop, relay: Desktop): boolean => node.reachability.state.through.some(({ relay: peer }) => peer === relay.node.peerId)

it('a desktop that offers it listens for others, carries their circuits, and stops when it is switched off', async () => {
  const host = await startDesktop(net, { topics: [] })
  const relays = [candidate(listening(host))]
  const [a, b] = await Promise.all([startDesktop(net, { relays }), startDesktop(net, { relays })])
  await until(() => a.node.reachability.relays[0]?.state === 'refused', 10_000, 'a desktop that does not offer it to be no relay')

  await host.node.setBeRelay(true)
  await until(() => holds(a, host) && holds(b, host), 15_000, 'a place for both')
  await b.node.people.know({ record: await a.node.people.ownRecord(), topics: a.node.pubsub.topics })
  await until(() => b.node.people.onTopic(a.node.pubsub.topics[0] ?? '').some(({ peerId, path }) => peerId === a.node.peerId && path.kind === 'circuit'), 15_000, 'a circuit between them')
  await talk(a, b, 'through a desktop')
  // It is a person's desktop, and no hub.
  expect(a.node.people.isHub(host.node.peerId)).toBe(false)

  await host.node.setBeRelay(false)
  await until(() => !holds(a, host) && !holds(b, host), 10_000, 'the places to be gone')
})
