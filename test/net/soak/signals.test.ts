import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { candidate, heard, relayOf, reserved, startDesktop, startRelay, talk, type Desktop } from '../support/desktops.ts'
import { TestNet } from '../support/test-net.ts'
import { pause, until } from '../support/until.ts'
import { silentRelay } from '../relay/support.ts'
import { Command, events, freePort, LOOPBACK, started, type Listening, type Run } from '../relay/command.ts'

const net = new TestNet()
const command = new Command()
const { run: relay } = command

beforeEach(async () => command.begin())
afterEach(async () => {
  await command.end()
  await net.stop()
})

describe('SIGTERM', () => {
  /** Two people on two relays, who talk. */
  async function scene (): Promise<{ readonly runs: readonly [Run, Run], readonly listening: readonly [Listening, Listening], readonly people: readonly [Desktop, Desktop] }> {
    const runs = [relay(...LOOPBACK, '--json'), relay('--data', `${command.data}/second`, ...LOOPBACK, '--json')] as const
    const listening = [await started(runs[0]), await started(runs[1])] as const
    const relays = listening.map(({ multiaddrs }) => candidate(multiaddrs[0] ?? ''))
    const people = [await startDesktop(net, { relays }), await startDesktop(net, { relays })] as const
    for (const person of people) {
      for (const { peerId } of listening) await reserved(person, { id: peerId }, 10_000)
    }
    await talk(...people, 'before', 10_000)
    return { runs, listening, people }
  }

  it('tells its people to move first, and ends once they have', async () => {
    const { runs: [first], listening: [, second], people } = await scene()
    const start = performance.now()
    first.child.kill('SIGTERM')
    expect(await first.exit).toBe(0)
    expect(performance.now() - start).toBeLessThan(10_000)
    expect(events(first).filter(({ event }) => event !== 'hint').slice(1)).toEqual([
      { event: 'draining', signal: 'SIGTERM', reservations: 2, seconds: 20 }, { event: 'closing', signal: 'SIGTERM' }
    ])
    for (const { node } of people) {
      expect(node.reachability.state.through.map(({ relay: id }) => id)).toEqual([second.peerId])
      expect(node.reachability.state.evidence.map(({ text }) => text).join()).not.toContain('The connection was lost')
    }
    await talk(...people, 'after')
  })

  it('is waited for no longer at a second one', async () => {
    const first = relay(...LOOPBACK, '--json', '--drain-seconds', '600')
    const { peerId, multiaddrs } = await started(first)
    // Somebody who would move, if only the other relay answered.
    const hung = await silentRelay(net)
    await reserved(await startDesktop(net, { relays: [candidate(multiaddrs[0] ?? ''), hung] }), { id: peerId }, 10_000)
    first.child.kill('SIGTERM')
    await until(() => first.out().includes('draining'), 5_000, 'it begins')
    await pause(1_000)
    expect(first.child.exitCode).toBeNull()
    first.child.kill('SIGTERM')
    const start = performance.now()
    await first.exit
    expect(performance.now() - start).toBeLessThan(2_000)
  })

  it('loses nothing that a kill loses either', async () => {
    const { runs: [first], listening: [, second], people } = await scene()
    first.child.kill('SIGKILL')
    await first.exit
    await until(() => people.every(({ node }) => node.reachability.state.through.every(({ relay: id }) => id === second.peerId)), 2_000, 'nobody names it any more')
    await talk(...people, 'after')
    expect(heard(people[0])).toContain('after')
  })
})

describe('SIGHUP', () => {
  it('has the file read again: what can change does, what cannot is said, and a wrong file changes nothing', async () => {
    const file = join(command.data, 'relay.toml')
    await writeFile(file, 'json = true\nlisten = ["/ip4/127.0.0.1/tcp/0"]\n')
    const run = relay('--config', file)
    const { multiaddrs } = await started(run)
    const client = await net.node()
    const address = multiaddr(multiaddrs[0])
    await client.libp2p.dial(address)

    await writeFile(file, `json = true\nlisten = ["/ip4/127.0.0.1/tcp/1"]\nban.peers = ["${client.id}"]\n[limits]\nreservations = 7\n`)
    run.child.kill('SIGHUP')
    await until(() => client.libp2p.getConnections().length === 0, 6_000, 'who is banned has gone')
    expect(events(run).find(({ event }) => event === 'reloaded')).toEqual({ event: 'reloaded', changed: ['limits.reservations', 'ban.peers'], needRestart: ['listen'] })

    await writeFile(file, 'json = true\nlimits = 3\n')
    run.child.kill('SIGHUP')
    await until(() => run.out().includes('nothing was changed'), 5_000, 'it says so')
    expect(run.out()).toContain('relay.toml, line 2: limits')
    run.child.kill('SIGHUP')
    expect(run.child.exitCode).toBeNull()
  })
})

it('SIGHUP changes the community, which the figures show', async () => {
  const other = await startRelay(net, { community: { others: async () => Promise.resolve([]), allowPrivate: true } })
  const [file, port] = [join(command.data, 'relay.toml'), await freePort()]
  const base = `json = true\nlisten = ["/ip4/127.0.0.1/tcp/0"]\nmetrics = "127.0.0.1:${port}"\n`
  await writeFile(file, base)
  const run = relay('--config', file)
  const { peerId } = await started(run)
  await writeFile(file, `${base}community = ["${other.address}"]\n`)
  run.child.kill('SIGHUP')
  await until(() => other.node.community.some((one) => one.peerId === peerId), 20_000, 'the other to know it')
  // Its own rule for addresses leaves loopback out: it is connected, and tells nobody.
  const figures = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  expect(figures).toContain('natter_relay_community_members 0\n')
  await writeFile(file, base)
  run.child.kill('SIGHUP')
  await until(() => other.node.community.length === 0, 5_000, 'the other to forget it')
  expect(events(run).filter(({ event }) => event === 'reloaded')).toEqual(Array.from({ length: 2 }, () => ({ event: 'reloaded', changed: ['community'], needRestart: [] })))
})

it('the relay says how it is, and a check asks it', async () => {
  const port = await freePort()
  const asks = ['--metrics', `127.0.0.1:${port}`]
  const before = relay('--health-check', ...asks)
  expect(await before.exit).toBe(1)
  expect(before.out()).toBe(`No relay answers at 127.0.0.1:${port}.\n`)
  const run = relay(...LOOPBACK, '--json', ...asks)
  const { peerId } = await started(run)
  const response = await fetch(`http://127.0.0.1:${port}/health`)
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({ status: 'ok', peerId, reservations: 0 })
  expect(await relay('--health-check', ...asks).exit).toBe(0)
  // A relay that hangs answers nobody.
  run.child.kill('SIGSTOP')
  const frozen = relay('--health-check', ...asks)
  expect(await frozen.exit).toBe(1)
  expect(frozen.out()).toContain('did not answer')
  const nowhere = relay('--health-check')
  expect(await nowhere.exit).toBe(1)
  expect(nowhere.out()).toContain('--metrics')
})

it('a relay says once a minute what it refused, and why', async () => {
  const run = relay(...LOOPBACK, '--json', '--max-reservations', '1')
  const { peerId, multiaddrs: [address = ''] } = await started(run)
  const begun = performance.now()
  const first = await startDesktop(net, { relays: [candidate(address)] })
  await reserved(first, { id: peerId }, 10_000)
  const second = await startDesktop(net, { relays: [candidate(address)] })
  await until(() => relayOf(second, { id: peerId })?.state === 'refused', 10_000, 'the second to be refused')
  const lines = (): Record<string, unknown>[] => events(run).filter(({ event }) => event === 'refused')
  await until(() => lines().length > 0, 90_000, 'a line about it')
  expect(performance.now() - begun).toBeGreaterThan(50_000)
  const [line] = lines()
  expect(Object.keys(line ?? {})).toEqual(['event', 'reservations'])
  expect(line?.['reservations']).toBeGreaterThan(0)
})
