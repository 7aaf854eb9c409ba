import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, describe, expect, it } from 'vitest'
import { candidate, circuits, met, relayOf, reserved, startDesktop, startRelay } from './support/desktops.ts'
import { proxyTo } from './support/proxy.ts'
import { TestNet, TOPIC } from './support/test-net.ts'
import { pause, until } from './support/until.ts'

const net = new TestNet()
afterEach(async () => net.stop())

describe('a relay that goes and comes', () => {
  // Without RelayKeeper's redial nobody asks again: a listener that lost its lone relay stays lost.
  it('does not keep the app from starting when it is down, and is used once it is up', async () => {
    const relay = await startRelay(net)
    await relay.stop()
    const desktop = await startDesktop(net, { relays: [relay.candidate] })
    await until(() => relayOf(desktop, relay)?.state === 'down', 3_000, 'the relay is said to be down')
    expect(relayOf(desktop, relay)?.detail).toBe('Nobody answers at its address.')
    await until(() => desktop.node.reachability.state.state === 'offline', 1_000, 'and we offline')
    const back = await relay.again()
    expect(await reserved(desktop, back, 10_000)).toBeLessThan(5_000)
    expect(desktop.node.reachability.state).toMatchObject({ state: 'relayed', through: [{ relay: relay.id }] })
  })

  it('is missed within a second when it ends, and used again after its return', async () => {
    const relay = await startRelay(net)
    const desktop = await startDesktop(net, { relays: [relay.candidate] })
    await reserved(desktop, relay)
    await relay.stop()
    await until(() => relayOf(desktop, relay)?.state !== 'reserved' && desktop.node.reachability.state.state !== 'relayed', 1_000, 'the loss is noticed')
    expect(circuits(desktop, relay)).toEqual([])
    expect(desktop.node.reachability.state.evidence.map(({ text }) => text).join()).toContain('The connection was lost')
    await reserved(desktop, await relay.again(), 10_000)
  })

  it('is missed within a second when it is cut off without a word, and used again at once', async () => {
    const relay = await startRelay(net)
    const proxy = await proxyTo(net, multiaddr(relay.address))
    const desktop = await startDesktop(net, { relays: [candidate(proxy.address.toString())] })
    await reserved(desktop, relay)
    const seen: (string | undefined)[] = []
    desktop.node.reachability.on('relays:change', () => seen.push(relayOf(desktop, relay)?.state))
    proxy.cut()
    await until(() => seen.includes('connecting'), 1_000, 'the loss is noticed')
    await reserved(desktop, relay, 5_000)
  })
})

describe('a relay that is full', () => {
  it('is said to be, and used as soon as a place is free', async () => {
    const relay = await startRelay(net, { maxReservations: 1 })
    const first = await startDesktop(net, { relays: [relay.candidate] })
    await reserved(first, relay)
    const second = await startDesktop(net, { relays: [relay.candidate] })
    await until(() => relayOf(second, relay)?.state === 'refused', 3_000, 'the second is refused')
    expect(relayOf(second, relay)?.detail).toBe('It is full.')
    expect(circuits(second, relay)).toEqual([])
    await first.node.stop()
    await reserved(second, relay, 10_000)
  })
})

describe('several relays', () => {
  it('two are used, a third stands by and takes over within 2 s', async () => {
    const relays = await Promise.all([startRelay(net), startRelay(net), startRelay(net)])
    const desktop = await startDesktop(net, { relays: relays.map((relay) => relay.candidate) })
    const states = (): (string | undefined)[] => relays.map((relay) => relayOf(desktop, relay)?.state)
    await until(() => states().join() === 'reserved,reserved,ready', 5_000, () => `two are used: ${states().join()}`)
    await relays[0].stop()
    await until(() => states()[2] === 'reserved' && circuits(desktop, relays[2]).length > 0, 2_000, () => `the third takes over: ${states().join()}`)
    expect(states()[1]).toBe('reserved')
  })

  it('one that is down does not hold up the next', async () => {
    const [down, up] = await Promise.all([startRelay(net), startRelay(net)])
    await down.stop()
    const desktop = await startDesktop(net, { relays: [down.candidate, up.candidate] })
    await reserved(desktop, up, 2_000)
    expect(relayOf(desktop, down)?.state).toBe('down')
  })
})

describe('only relays that the person agreed to', () => {
  // libp2p takes a place on any connected peer that offers one.
  it('are used: not one that is merely connected', async () => {
    const [ours, other] = await Promise.all([startRelay(net), startRelay(net)])
    const desktop = await startDesktop(net, { relays: [ours.candidate, candidate(other.address, false)], allowPrivate: true })
    await reserved(desktop, ours)
    expect(relayOf(desktop, other)).toMatchObject({ state: 'asking', detail: 'Not used before you agree.' })
    const guest = await startDesktop(net, { beRelay: true, allowPrivate: true })
    await desktop.node.people.know({ record: await guest.node.people.ownRecord(), topics: [TOPIC] })
    await met(desktop, guest, 'direct')
    await pause(1_500)
    expect(other.node.stats.connections).toBe(0)
    expect(desktop.node.addresses.filter((address) => address.includes('p2p-circuit')).every((address) => address.includes(ours.id))).toBe(true)
    expect(desktop.node.addresses.join()).not.toContain(guest.node.peerId)
    expect(desktop.node.reachability.relays.map(({ peerId }) => peerId)).toEqual([ours.id, other.id])
  })

  it('are used once agreed to, and let go once removed', async () => {
    const relay = await startRelay(net)
    const desktop = await startDesktop(net, { relays: [candidate(relay.address, false)] })
    await pause(300)
    expect(relay.node.stats.connections).toBe(0)
    desktop.node.reachability.setCandidates([relay.candidate])
    await reserved(desktop, relay)
    expect(relay.node.stats.relay.reservations).toBe(1)
    desktop.node.reachability.setCandidates([])
    expect(desktop.node.reachability.relays).toEqual([])
    await until(() => circuits(desktop, relay).length === 0 && relay.node.stats.relay.reservations === 0 && relay.node.stats.connections === 0, 2_000, 'the place is given back')
    expect(desktop.node.reachability.state).toMatchObject({ state: 'unknown', through: [] })
    await pause(1_500)
    expect(relay.node.stats.connections).toBe(0)
    desktop.node.reachability.setCandidates([relay.candidate])
    await reserved(desktop, relay)
  })

  it('also when the agreement is taken back', async () => {
    const relay = await startRelay(net)
    const desktop = await startDesktop(net, { relays: [relay.candidate] })
    await reserved(desktop, relay)
    desktop.node.reachability.setCandidates([candidate(relay.address, false)])
    await until(() => circuits(desktop, relay).length === 0 && relay.node.stats.relay.reservations === 0, 2_000, 'the place is given back')
    expect(relayOf(desktop, relay)?.state).toBe('asking')
  })
})

it('a peer that is no relay, and another peer at a relay\'s address, are said to be', async () => {
  const [relay, plain] = await Promise.all([startRelay(net), net.hub()])
  const wrong = `${relay.address.slice(0, relay.address.indexOf('/p2p/'))}/p2p/${plain.id}`
  const desktop = await startDesktop(net, { relays: [candidate(wrong)] })
  await until(() => desktop.node.reachability.relays[0]?.state === 'down', 3_000, 'it cannot be used')
  expect(desktop.node.reachability.relays[0]?.detail).toBe('Another peer answers at this address.')
  desktop.node.reachability.setCandidates([candidate(plain.address.toString())])
  await until(() => desktop.node.reachability.relays[0]?.state === 'refused', 3_000, 'it cannot be used')
  expect(desktop.node.reachability.relays[0]?.detail).toBe('It answers, but is no relay.')
})
