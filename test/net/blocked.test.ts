import { afterEach, describe, expect, it } from 'vitest'
import { heard, met, path, reserved, say, startDesktop, startRelay, talk, type Desktop, type OurRelay } from './support/desktops.ts'
import { PROTOCOLS, TestNet, TOPIC } from './support/test-net.ts'
import { pause, until } from './support/until.ts'

const net = new TestNet()
afterEach(async () => net.stop())

async function people (count: number, relay: OurRelay, protocol: 'gossipsub' | 'floodsub'): Promise<readonly Desktop[]> {
  const desktops = await Promise.all(Array.from({ length: count }, async () => startDesktop(net, { relays: [relay.candidate], protocol })))
  await Promise.all(desktops.map(async (desktop) => reserved(desktop, relay)))
  return desktops
}

describe.each(PROTOCOLS)('a blocked peer, under %s', (protocol) => {
  it('is not heard, not connected and not listed, until it is unblocked', async () => {
    const relay = await startRelay(net)
    const [a, b] = await people(2, relay, protocol) as readonly [Desktop, Desktop]
    await met(a, b)
    await talk(a, b, 'before')
    a.node.setBlocked([b.node.peerId])
    await until(() => path(a, b) === undefined, 3_000, 'the blocked one is gone from the list')
    const read = heard(a).length
    // The hub still carries it; the reader drops it.
    await say(b, 'while blocked')
    await pause(500)
    expect(heard(a).slice(read)).toEqual([])
    a.node.setBlocked([])
    await talk(a, b, 'after', 10_000)
    expect(heard(a)).not.toContain('while blocked')
  })

  it('is not heard through others either, and what it says is not handed on', async () => {
    const [relay, other] = await Promise.all([startRelay(net), startRelay(net)])
    const [a] = await people(1, relay, protocol) as readonly [Desktop]
    const [b] = await people(1, other, protocol) as readonly [Desktop]
    // C is on both relays: what B posts comes to A's hub through C alone.
    const c = await startDesktop(net, { relays: [relay.candidate, other.candidate], protocol })
    await Promise.all([reserved(c, relay), reserved(c, other)])
    await talk(b, a, 'through c', 10_000)
    c.node.setBlocked([b.node.peerId])
    const [readA, readC] = [heard(a).length, heard(c).length]
    await say(b, 'to nobody')
    await pause(500)
    expect(heard(a).slice(readA)).toEqual([])
    expect(heard(c).slice(readC)).toEqual([])
    await say(a, 'others still speak', TOPIC)
    await until(() => heard(c).includes('others still speak'), 3_000, 'others are heard')
  })
})
