import { once } from 'node:events'
import { chmod, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TestNet } from '../support/test-net.ts'
import { until } from '../support/until.ts'
import { Command, freePort, LOOPBACK, started } from '../relay/command.ts'

const net = new TestNet()
const command = new Command()
const { run: relay } = command

beforeEach(async () => command.begin())
afterEach(async () => {
  await command.end()
  await net.stop()
})

async function refused (...args: string[]): Promise<string> {
  const run = relay(...args)
  expect(await run.exit).toBe(2)
  expect(run.out()).toBe('')
  expect(run.err()).toMatch(/^[^\n]+\.\n$/)
  return run.err()
}

describe('the relay\'s command', () => {
  it('helps', async () => {
    const run = relay('--help')
    expect(await run.exit).toBe(0)
    expect(run.out()).toContain('--max-reservations')
  })

  it('prints its addresses, one a line, and hints when all are private', async () => {
    const run = relay(...LOOPBACK, '--listen', '/ip4/127.0.0.1/tcp/0/ws')
    await until(() => run.err() !== '', 15_000, 'it hints')
    expect(run.out()).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+\/p2p\/12D3\w+\n\/ip4\/127\.0\.0\.1\/tcp\/\d+\/ws\/p2p\/12D3\w+\n$/)
    expect(run.err()).toContain('--announce')
  })

  it('prints what is announced instead', async () => {
    const run = relay(...LOOPBACK, '--json', '--announce', '/ip4/198.51.100.7/tcp/4001', '--announce', '/dns4/relay.example.org/tcp/443/tls/ws')
    const { peerId, multiaddrs } = await started(run)
    expect(multiaddrs).toEqual([`/ip4/198.51.100.7/tcp/4001/p2p/${peerId}`, `/dns4/relay.example.org/tcp/443/tls/ws/p2p/${peerId}`])
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('ends on %s within 5 s, with clients connected', async (signal) => {
    const run = relay(...LOOPBACK, '--json')
    const { event, multiaddrs } = await started(run)
    expect(event).toBe('listening')
    const client = await net.node()
    await client.libp2p.dial(multiaddr(multiaddrs[0]))
    const start = performance.now()
    run.child.kill(signal)
    expect(await run.exit).toBe(0)
    expect(performance.now() - start).toBeLessThan(5_000)
    expect(JSON.parse(run.out().trim().split('\n').at(-1) ?? '')).toEqual({ event: 'closing', signal })
  })

  it('ends at once on a second signal', async () => {
    const run = relay(...LOOPBACK, '--json')
    await started(run)
    run.child.kill('SIGTERM')
    run.child.kill('SIGINT')
    await run.exit
    expect([0, 1]).toContain(run.child.exitCode)
  })
})

describe('the history that the hub keeps', () => {
  const database = (): string => join(command.data, 'history.db')

  it('lies in the data directory, unreadable without the key', async () => {
    const run = relay(...LOOPBACK, '--json', '--keep-history', '30d', '--max-history-bytes', '5MB')
    await started(run)
    run.child.kill('SIGTERM')
    expect(await run.exit).toBe(0)
    expect((await readFile(database())).subarray(0, 15).toString('latin1')).not.toBe('SQLite format 3')
    expect(run.err()).toBe('')
  })

  it('is set aside where it cannot be read, and the relay runs', async () => {
    await writeFile(database(), 'this was a database once'.repeat(1_000))
    const run = relay(...LOOPBACK, '--json', '--keep-history', '30d')
    expect((await started(run)).event).toBe('listening')
    await until(() => run.out().includes('set aside as history-damaged'), 5_000, 'it says so')
    expect(await readFile(database(), 'latin1')).not.toContain('once')
  })

  it('cannot be kept where nothing can be written, which is said in a sentence', async () => {
    await mkdir(database())
    expect(await refused(...LOOPBACK, '--keep-history', '30d')).not.toContain('Error')
  })
})

describe('the relay\'s key', () => {
  it('is made once, for its owner only', async () => {
    const first = relay(...LOOPBACK, '--json')
    const { peerId } = await started(first)
    first.child.kill('SIGTERM')
    await first.exit
    const file = join(command.data, 'identity.key')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    await chmod(file, 0o644)
    const second = relay(...LOOPBACK, '--json')
    expect((await started(second)).peerId).toBe(peerId)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  it('is never overwritten when it is damaged', async () => {
    const file = join(command.data, 'identity.key')
    await writeFile(file, 'half a key')
    expect(await refused(...LOOPBACK)).toContain('damaged')
    expect(await readFile(file, 'utf8')).toBe('half a key')
  })
})

describe('what cannot be done is said in one sentence, with exit code 2', () => {
  it.each([['--nonsense'], ['--listen', 'nonsense'], ['--max-reservations', 'many'], ['--metrics', 'nonsense']])('%s %s', async (...args) => {
    await refused(...args)
  })

  it('a port that is taken, for people and for figures', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    net.atEnd(() => { server.close() })
    const { port } = server.address() as AddressInfo
    expect(await refused('--listen', `/ip4/127.0.0.1/tcp/${port}`)).toContain('taken')
    expect(await refused(...LOOPBACK, '--listen', `/ip4/127.0.0.1/tcp/${port}/ws`)).toContain('taken')
    expect(await refused(...LOOPBACK, '--metrics', `127.0.0.1:${port}`)).toContain('EADDRINUSE')
  })

  it('an address that this machine does not have', async () => {
    expect(await refused('--listen', '/ip4/198.51.100.7/tcp/4001')).toContain('no such address')
  })

  it.each(['/proc/natter', '/dev/null', '/dev/null/natter'])('the data directory %s', async (directory) => {
    expect(await refused(...LOOPBACK, '--data', directory)).toContain(directory)
  })
})

it('all mistakes are said at once, and --check starts nothing', async () => {
  const file = join(command.data, 'relay.toml')
  await writeFile(file, 'json = 3\n[limits]\nreservation = 4\n')
  const wrong = relay('--check', '--config', file, '--max-reservations', 'many')
  expect(await wrong.exit).toBe(2)
  expect(wrong.err().trim().split('\n').map((line) => line.split(':')[0])).toEqual([`${file}, line 3`, `${file}, line 1`, '--max-reservations'])
  await writeFile(file, 'json = true\n')
  const right = relay('--check', '--config', file)
  expect(await right.exit).toBe(0)
  expect(await readdir(command.data)).toEqual(['relay.toml'])
})

it('the relay\'s figures are Prometheus text', async () => {
  const port = await freePort()
  const run = relay(...LOOPBACK, '--json', '--keep-history', '1d', '--metrics', `127.0.0.1:${port}`)
  const { multiaddrs } = await started(run)
  const client = await net.node({ topics: ['one', 'two'] })
  await client.libp2p.dial(multiaddr(multiaddrs[0]))
  const read = async (): Promise<string> => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  await until(async () => (await read()).includes('natter_hub_topics 2'), 5_000, 'both topics are counted')
  const text = await read()
  for (const line of ['natter_relay_connections 1', 'natter_relay_reservations 0', 'natter_relay_circuits 0', 'natter_relay_refused_total{reason="dials"} 0', 'natter_relay_circuit_bytes_total 0', 'natter_relay_draining 0',
    'natter_hub_messages_dropped_total{reason="posts"} 0', 'natter_relay_dial_backs_total{outcome="reached"} 0', 'natter_hub_history_posts_total{outcome="kept"} 0']) {
    expect(text).toContain(`${line}\n`)
  }
  expect(text).toContain('nodejs_eventloop_lag_seconds')
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404)
})
