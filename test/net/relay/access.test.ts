import { afterEach, describe, expect, it } from 'vitest'
import { generateIdentity, peerIdOf } from '../../../main/node/identity.ts'
import { relayOf, reserved, startDesktop, startRelay, type Desktop, type OurRelay } from '../support/desktops.ts'
import { dialThrough, meet, post, reserve, TestNet } from '../support/test-net.ts'
import { until } from '../support/until.ts'
import { startRelay as startTestRelay } from './support.ts'

const net = new TestNet()
afterEach(async () => net.stop())

/** Waits until a desktop says why a relay refuses it, and was let go where that is due. */
async function isRefused (desktop: Desktop, relay: OurRelay, why: string): Promise<void> {
  await until(() => relayOf(desktop, relay)?.state === 'refused', 5_000, () => `it is refused: ${JSON.stringify(relayOf(desktop, relay))}`)
  expect(relayOf(desktop, relay)?.detail).toBe(why)
  expect(desktop.node.reachability.state.through).toEqual([])
}

describe('who gets no place is told why, and the relay counts it', () => {
  it('where it is full, and where one address has its share', async () => {
    const relay = await startRelay(net, { maxReservations: 2, limits: { reservationsPerAddress: 1 } })
    await reserved(await startDesktop(net, { relays: [relay.candidate] }), relay)
    const second = await startDesktop(net, { relays: [relay.candidate] })
    await isRefused(second, relay, 'It takes no more people from this address.')
    expect(relay.node.stats.relay.refused).toMatchObject({ reservationsPerAddress: 1, reservations: 0 })

    relay.node.setRules({ maxReservations: 1 })
    const third = await startDesktop(net, { relays: [relay.candidate] })
    await isRefused(third, relay, 'It is full.')
    expect(relay.node.stats.relay.refused.reservations).toBeGreaterThan(0)
    // More room is used at the next try, without a restart.
    relay.node.setRules({ maxReservations: 3 })
    await reserved(third, relay, 8_000)
  })

  it('where only named people are served', async () => {
    const privateKey = await generateIdentity()
    const relay = await startRelay(net, { access: { allow: [peerIdOf(privateKey)] } })
    const stranger = await startDesktop(net, { relays: [relay.candidate] })
    await isRefused(stranger, relay, 'It serves only people whom its owner named, and we are not among them.')
    expect(relay.node.stats.relay.refused.notAllowed).toBe(1)
    await reserved(await startDesktop(net, { privateKey, relays: [relay.candidate] }), relay)
    await until(() => relay.node.stats.connections === 1, 2_000, 'the stranger has gone')
  })

  it.each(['peer', 'address'] as const)('where the %s is banned', async (kind) => {
    const privateKey = await generateIdentity()
    const relay = await startRelay(net, { access: { ban: kind === 'peer' ? { peers: [peerIdOf(privateKey)], addresses: [] } : { peers: [], addresses: ['127.0.0.0/8'] } } })
    const desktop = await startDesktop(net, { privateKey, relays: [relay.candidate] })
    await isRefused(desktop, relay, 'Its owner lets nobody in from here.')
    expect(relay.node.stats.relay.refused.banned).toBeGreaterThan(0)
    await until(() => relay.node.stats.connections === 0, 2_000, 'it has gone')
  })
})

describe('rules that change', () => {
  it('end the place of who is banned, at once and with a word', async () => {
    const relay = await startRelay(net)
    const [stays, goes] = await Promise.all([startDesktop(net, { relays: [relay.candidate] }), startDesktop(net, { relays: [relay.candidate] })])
    await Promise.all([reserved(stays, relay), reserved(goes, relay)])
    relay.node.setRules({ access: { ban: { peers: [goes.node.peerId], addresses: [] } } })
    await isRefused(goes, relay, 'Its owner lets nobody in from here.')
    await until(() => relay.node.stats.relay.reservations === 1 && relay.node.stats.connections === 1, 4_000, 'it has gone')
    expect(relayOf(stays, relay)?.state).toBe('reserved')
  })

  it('end the place of who is no longer named', async () => {
    const relay = await startRelay(net)
    const [stays, goes] = await Promise.all([startDesktop(net, { relays: [relay.candidate] }), startDesktop(net, { relays: [relay.candidate] })])
    await Promise.all([reserved(stays, relay), reserved(goes, relay)])
    relay.node.setRules({ access: { allow: [stays.node.peerId] } })
    await isRefused(goes, relay, 'It serves only people whom its owner named, and we are not among them.')
    await until(() => relay.node.stats.relay.reservations === 1, 4_000, 'it has gone')
    expect(relayOf(stays, relay)?.state).toBe('reserved')
  })

  it('bound circuits that are opened from now on', async () => {
    const relay = await startTestRelay(net, { hub: false, limits: { circuitsPerPeer: 1 } })
    const [a, b, c] = [await net.node(), await net.node(), await net.node()]
    await reserve(a, relay)
    await reserve(b, relay)
    await dialThrough(c, relay, a)
    await expect(dialThrough(c, relay, b)).rejects.toThrow()
    relay.setRules({ limits: { circuitsPerPeer: 2 }, circuitBytes: 100_000 })
    await dialThrough(c, relay, b)
    expect(relay.stats.relay.circuits).toBe(2)
    // A place that was given before keeps what it was given.
    const d = await net.node()
    await reserve(d, relay)
    const e = await net.node()
    expect((await dialThrough(e, relay, a)).limits).toBeUndefined()
    expect((await dialThrough(e, relay, d)).limits?.bytes).toBeGreaterThan(0n)
  })
})

describe('on a relay for named people', () => {
  it('strangers reach nobody through it', async () => {
    const friend = await net.node()
    const relay = await startTestRelay(net, { hub: false, access: { allow: [friend.id] } })
    await reserve(friend, relay)
    await expect(dialThrough(await net.node(), relay, friend)).rejects.toThrow()
    expect(relay.stats.relay).toMatchObject({ circuits: 0, refused: { notAllowed: 1 } })
  })
})

describe('who is banned and comes again and again', () => {
  it('is let in four times a minute to be told, and then not at all', async () => {
    const relay = await startTestRelay(net, { access: { ban: { peers: [], addresses: ['127.0.0.1'] } } })
    let opened = 0
    relay.components.events.addEventListener('connection:open', () => { opened++ })
    for (let i = 0; i < 10; i++) {
      const node = await net.node()
      await node.libp2p.dial(relay.address).catch(() => undefined)
    }
    expect(opened).toBe(4)
    expect(relay.stats.relay.refused.banned).toBe(10)
  })

  it('is counted where one address has too many connections', async () => {
    const relay = await startTestRelay(net, { connectionsPerAddress: 1 })
    await (await net.node()).libp2p.dial(relay.address)
    await expect((await net.node()).libp2p.dial(relay.address)).rejects.toThrow()
    expect(relay.stats.relay.refused.connectionsPerAddress).toBe(1)
    relay.setRules({ connectionsPerAddress: 2 })
    await (await net.node()).libp2p.dial(relay.address)
  })
})

it('what circuits carry is counted', async () => {
  const relay = await startTestRelay(net, { hub: false })
  const [a, b] = [await net.node(), await net.node()]
  await reserve(a, relay)
  await dialThrough(b, relay, a)
  await meet(a, b)
  const before = relay.stats.relay.circuitBytes
  expect(before).toBeGreaterThan(0)
  await post(b, 'x'.repeat(100_000))
  await until(() => relay.stats.relay.circuitBytes > before + 100_000, 3_000, 'the post is counted')
})
