import { describe, it, type TestContext } from 'vitest'
import { candidate, heard, met, reserved, say, startDesktop, startRelay, type Desktop } from './support/desktops.ts'
import { PROTOCOLS, TestNet, TOPIC } from './support/test-net.ts'
import { pause, until } from './support/until.ts'

/** Two who meet by a record through a relay that is no hub. */
async function pair (net: TestNet, relay: { readonly address: string, readonly id: string }, protocol: (typeof PROTOCOLS)[number]): Promise<readonly [Desktop, Desktop]> {
  const relays = [candidate(relay.address)]
  const [a, b] = await Promise.all([startDesktop(net, { relays, protocol }), startDesktop(net, { relays, protocol })])
  await Promise.all([reserved(a, relay), reserved(b, relay)])
  await b.node.people.know({ record: await a.node.people.ownRecord(), topics: [TOPIC] })
  await met(a, b)
  return [a, b]
}

/**
 * Both post, one after the other as an outbox does: what the router gave to
 * nobody is posted again. Answers how many posts counted as sent and were not
 * read, and the longest that a post had to wait.
 */
async function converse (pair: readonly [Desktop, Desktop], { every, bytes, posts }: { readonly every: number, readonly bytes: number, readonly posts: number }): Promise<{ readonly lost: number, readonly waited: number }> {
  const text = (index: number): string => `${index} `.padEnd(bytes, 'x')
  let waited = 0
  await Promise.all(pair.map(async (desktop, index) => {
    const other = pair[1 - index]?.node.peerId ?? ''
    for (let count = 0; count < posts; count++) {
      waited = Math.max(waited, await until(async () => (await say(desktop, text(count))).includes(other), 5_000, 'the other one is there'))
      await pause(every)
    }
  }))
  const lost = (): number => pair.reduce((sum, desktop) => sum + posts - new Set(heard(desktop)).size, 0)
  await until(() => lost() === 0, 2_000, 'all are read').catch(() => {})
  return { lost: lost(), waited }
}

/** The ways that led to the other one. */
function waysTo (desktop: Desktop, other: Desktop): Set<string> {
  const seen = new Set<string>()
  desktop.node.people.on('people:change', () => {
    const path = desktop.node.people.onTopic(TOPIC).find(({ peerId }) => peerId === other.node.peerId)?.path
    seen.add(path?.kind ?? 'gone')
  })
  return seen
}

/** They run beside each other: each waits more than it works. */
function ownNet ({ onTestFinished }: TestContext): TestNet {
  const net = new TestNet()
  onTestFinished(async () => net.stop())
  return net
}

// Without CircuitRenewal the circuit ends in the middle of it; without Reattach's change-over posts that counted as sent are lost.
describe.concurrent.each(PROTOCOLS)('a conversation with %s over circuits that a relay limits', (protocol) => {
  it('goes on over 32 KiB and 10 s', async (context) => {
    const { expect } = context
    const net = ownNet(context)
    const relay = await startRelay(net, { hub: false, circuitBytes: 32_768, circuitSeconds: 10 })
    const both = await pair(net, relay, protocol)
    const seen = waysTo(...both)
    const result = await converse(both, { every: 200, bytes: 300, posts: 65 })
    expect({ ...result, seen: [...seen] }).toEqual({ lost: 0, waited: expect.any(Number) as number, seen: ['circuit'] })
    expect(result.waited).toBeLessThan(1_500)
  })

  it('goes on over libp2p\'s default of 128 KiB', async (context) => {
    const { expect } = context
    const net = ownNet(context)
    const relay = await net.plainRelay({ reservations: { applyDefaultLimit: true } })
    const both = await pair(net, { address: relay.address.toString(), id: relay.id }, protocol)
    const result = await converse(both, { every: 160, bytes: 1_200, posts: 85 })
    expect(result.lost).toBe(0)
    expect(result.waited).toBeLessThan(1_500)
  })
})
