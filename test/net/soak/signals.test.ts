import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { candidate, heard, reserved, startDesktop, talk, type Desktop } from '../support/desktops.ts'
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
