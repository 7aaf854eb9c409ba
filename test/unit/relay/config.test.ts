import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ConfigError } from '../../../main/relay/config/config-error.ts'
import { help } from '../../../main/relay/config/help.ts'
import { entries, variableOf } from '../../../main/relay/config/keys.ts'
import { readConfig, type ToldConfig } from '../../../main/relay/config/read-config.ts'
import { suggest } from '../../../main/relay/config/suggest.ts'

const PEER = '12D3KooWGRUfYNmcJVVyA1tVbQ9wwJYZcYcJFqvTWRqPSkLYLVzp'
const OTHER = '12D3KooWJRSrypvnpHgc6ZAgyCni4KcSmbV7uGRaMw5LgMKT18fq'
const DEFAULT_LIMITS = { reservations: 1_024, reservationsPerAddress: 256, connectionsPerAddress: 512, circuitsPerPeer: 256, circuitsPerAddress: 1_024, circuitBytes: undefined, circuitSeconds: undefined }

const folder = mkdtempSync(join(tmpdir(), 'natter-config-'))
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

let files = 0
function file (text: string | Uint8Array): string {
  const path = join(folder, `relay-${files++}.toml`)
  writeFileSync(path, text)
  return path
}

function read (args: readonly string[], environment: NodeJS.ProcessEnv = {}): ToldConfig {
  return readConfig(args, environment)
}

/** What is said about a wrong configuration. */
function problems (args: readonly string[], environment: NodeJS.ProcessEnv = {}): readonly string[] {
  try {
    readConfig(args, environment)
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as ConfigError).problems
  }
  return []
}

/** The same for a file, whose name is left out. */
function inFile (text: string): readonly string[] {
  const path = file(text)
  return problems(['--config', path]).map((problem) => problem.replace(`${path}, `, ''))
}

describe('the relay\'s configuration', () => {
  it('has defaults', () => {
    const { mode, config } = read([])
    expect(mode).toBe('run')
    expect(config).toEqual({
      data: expect.stringContaining('natter-relay') as string, listen: [], announce: [], hub: true, history: undefined, metrics: undefined, tls: undefined,
      limits: DEFAULT_LIMITS, allow: undefined, ban: { peers: [], addresses: [] }, drainSeconds: 20, community: [], json: false
    })
  })

  it('is read from flags', () => {
    const { config } = read([
      '--listen', '/ip4/0.0.0.0/tcp/4001', '--listen=/ip6/::/tcp/443/tls/ws', '--listen', '/ip4/0.0.0.0/tcp/4001', '--tls-cert', 'a.pem', '--tls-key', 'b.pem',
      '--announce', '/dns4/relay.example.org/tcp/443/tls/ws', '--announce', '/ip4/198.51.100.7/tcp/4001',
      '--data', '/somewhere', '--max-reservations', '5', '--circuit-bytes', '131072', '--circuit-seconds', '120', '--no-hub', '--metrics', '[::1]:9464', '--metrics-name', 'Relay', '--metrics-name', 'relay.example.org', '--json',
      '--allow', PEER, '--allow', OTHER, '--ban-peer', OTHER, '--ban-address', '192.0.2.0/24', '--drain-seconds', '0', '--community', 'relay.example.org:4001'
    ])
    expect(config).toEqual({
      data: '/somewhere',
      listen: ['/ip4/0.0.0.0/tcp/4001', '/ip6/::/tcp/443/tls/ws'],
      announce: ['/dns4/relay.example.org/tcp/443/tls/ws', '/ip4/198.51.100.7/tcp/4001'],
      hub: false,
      history: undefined,
      metrics: { host: '::1', port: 9464, names: ['relay', 'relay.example.org'] },
      tls: { kind: 'files', cert: 'a.pem', key: 'b.pem' },
      limits: { ...DEFAULT_LIMITS, reservations: 5, circuitBytes: 131_072, circuitSeconds: 120 },
      allow: [PEER, OTHER],
      ban: { peers: [OTHER], addresses: ['192.0.2.0/24'] },
      drainSeconds: 0,
      community: ['relay.example.org:4001'],
      json: true
    })
  })

  it('is read from a file, with sections in any of the forms that TOML has', () => {
    const { config } = read(['--config', file(`
      listen = [ "/ip4/0.0.0.0/tcp/443/wss" ] # for everybody
      limits.reservations = 7
      ban = { peers = ["${PEER}"], addresses = [] }
      keep-history = "12h"
      max-history-bytes = 2_000_000
      allow = []
      [tls]
      acme-domains = ["Relay.example.org"]
      acme-port = 5002
      acme-directory = "https://localhost:14000/dir"
      acme-ca = "root.pem"
      acme-email = "me@example.org"
    `)])
    expect(config).toMatchObject({
      limits: { ...DEFAULT_LIMITS, reservations: 7 },
      ban: { peers: [PEER], addresses: [] },
      history: { days: 0.5, maxBytes: 2_000_000 },
      allow: [],
      tls: { kind: 'acme', domains: ['relay.example.org'], challengePort: 5_002, directory: 'https://localhost:14000/dir', ca: 'root.pem', email: 'me@example.org' }
    })
  })

  it('is read from the environment, where empty means not set', () => {
    const { config } = read([], {
      NATTER_RELAY_LISTEN: '/ip4/0.0.0.0/tcp/1,/ip4/0.0.0.0/tcp/2 /ip4/0.0.0.0/tcp/3/ws', NATTER_RELAY_HUB: 'false', NATTER_RELAY_MAX_RESERVATIONS: '9', NATTER_RELAY_ALLOW: '', NATTER_RELAY_CONFIG: '', OTHER: 'x'
    })
    expect(config).toMatchObject({ listen: ['/ip4/0.0.0.0/tcp/1', '/ip4/0.0.0.0/tcp/2', '/ip4/0.0.0.0/tcp/3/ws'], hub: false, limits: { reservations: 9 }, allow: undefined })
  })

  it('takes flags before environment before file', () => {
    const path = file('json = true\nhub = false\n[limits]\nreservations = 1\ncircuits-per-peer = 1\nreservations-per-address = 1')
    const environment = { NATTER_RELAY_CONFIG: path, NATTER_RELAY_MAX_RESERVATIONS: '2', NATTER_RELAY_MAX_CIRCUITS_PER_PEER: '2', NATTER_RELAY_HUB: 'yes' }
    const { config } = read(['--max-reservations', '3'], environment)
    expect(config).toMatchObject({ json: true, hub: true, limits: { reservations: 3, circuitsPerPeer: 2, reservationsPerAddress: 1 } })
    // A list is one value: that of the flag stands in the file's place.
    expect(read(['--listen', '/ip4/127.0.0.1/tcp/1', '--config', file('listen = ["/ip4/127.0.0.1/tcp/2"]')]).config.listen).toEqual(['/ip4/127.0.0.1/tcp/1'])
  })

  it.each([
    [['--keep-history', '30d'], { days: 30, maxBytes: 2 ** 30 }],
    [['--keep-history', '12h', '--max-history-bytes', '500MB'], { days: 0.5, maxBytes: 500_000_000 }],
    [['--keep-history', '2w', '--max-history-bytes', '1.5gib'], { days: 14, maxBytes: 1_610_612_736 }],
    [['--keep-history', '1y', '--max-history-bytes', '1000000'], { days: 365, maxBytes: 1_000_000 }]
  ])('says for how long history is kept, and how much: %j', (args, history) => {
    expect(read(args).config.history).toEqual(history)
  })

  it.each(['check', 'health-check', 'help'] as const)('can be asked for --%s alone', (mode) => {
    expect(read([`--${mode}`]).mode).toBe(mode)
  })

  it('helps whatever else was said', () => {
    expect(read(['--nonsense', '-h', '--check']).mode).toBe('help')
  })

  it('has everything in the help', () => {
    const lines = help().split('\n')
    for (const [, { flag }] of entries()) {
      expect(lines.filter((line) => line.startsWith(`  --${flag} `) || line === `  --${flag}`).length, flag).toBe(1)
    }
  })
})

describe('what is wrong', () => {
  it.each([
    [['--nonsense'], '--nonsense'],
    [['extra'], 'extra'],
    [['--listen'], '--listen: '],
    [['--listen', '--json'], '--listen: '],
    [['--listen', 'localhost:4001'], 'localhost:4001'],
    [['--listen', '/ip4/0.0.0.0'], '/ip4/0.0.0.0'],
    [['--listen', '/ip4/300.0.0.0/tcp/1'], '/ip4/300.0.0.0/tcp/1'],
    [['--listen', '/ip4/0.0.0.0/tcp/70000'], '/ip4/0.0.0.0/tcp/70000'],
    [['--listen', '/ip4/0.0.0.0/udp/4001/quic-v1'], 'quic'],
    [['--listen', '/dns4/example.org/tcp/4001'], 'example.org'],
    [['--listen', '/ip4/0.0.0.0/tcp/4001/tls'], 'tls'],
    [['--listen', '/ip4/0.0.0.0/tcp/4001/tls/ws'], 'needs a certificate'],
    [['--announce', '/ip4/198.51.100.7/tcp/0'], 'port'],
    [['--announce', '/ip4/198.51.100.7/tcp/1/p2p-circuit'], 'p2p-circuit'],
    [['--data', ''], '--data: There is no value'],
    [['--max-reservations', 'many'], 'many'],
    [['--max-reservations', '0'], '0'],
    [['--max-reservations', '-5'], '--max-reservations: '],
    [['--max-reservations=-5'], '-5'],
    [['--max-reservations', '1e3'], '1e3'],
    [['--circuit-bytes', '1.5'], '1.5'],
    [['--circuit-seconds', '99999999999'], '99999999999'],
    [['--keep-history', '30'], '30'],
    [['--keep-history', '10m'], '10m'],
    [['--keep-history', '101y'], '101y'],
    [['--keep-history', '30d', '--no-hub'], '--no-hub'],
    [['--keep-history', '30d', '--max-history-bytes', '10'], '10'],
    [['--keep-history', '30d', '--max-history-bytes', '5 apples'], '5 apples'],
    [['--keep-history', '30d', '--max-history-bytes', '2TiB'], '2TiB'],
    [['--max-history-bytes', '1GB'], 'keep-history'],
    [['--metrics', '9464'], '9464'],
    [['--metrics', '127.0.0.1:70000'], '70000'],
    [['--metrics', '[localhost]:1'], 'localhost'],
    [['--metrics-name', 'relay'], 'metrics'],
    [['--metrics', '127.0.0.1:1', '--metrics-name', 'http://relay'], 'http://relay'],
    [['--metrics', '127.0.0.1:1', '--metrics-name', '127.0.0.1'], '127.0.0.1'],
    [['--json=yes'], '--json: takes no value'],
    [['--allow', '12D3nobody'], '12D3nobody'],
    [['--ban-address', '192.0.2.0/33'], '192.0.2.0/33'],
    [['--ban-address', 'example.org'], 'example.org'],
    [['--ban-address', 'fe80::1%eth0'], 'fe80'],
    [['--community', '/ip4/192.0.2.1/tcp/4001'], '/p2p/'],
    [['--community', 'nonsense'], 'nonsense'],
    [['--drain-seconds', '4000'], '4000'],
    [['--tls-cert', 'a', '--listen', '/ip4/0.0.0.0/tcp/443/wss'], 'the key is missing'],
    [['--tls-cert', 'a', '--tls-key', 'b'], 'Nothing listens with /tls/ws'],
    [['--acme-domain', 'localhost'], 'localhost'],
    [['--acme-domain', 'a.example', '--acme-directory', 'http://a.example'], 'https://'],
    [['--acme-email', 'me@example.org', '--listen', '/ip4/0.0.0.0/tcp/443/wss'], 'acme-domains'],
    [['--acme-domain', 'a.example', '--tls-key', 'b'], 'by ACME'],
    [['--config', '/nowhere/relay.toml'], 'no such file'],
    [['--config', '/'], 'directory']
  ])('is said in one sentence: %j', (args, part) => {
    const [problem, ...more] = problems(args)
    expect(problem).toContain(part)
    expect(problem).toMatch(/^[^\n]+[.?]$/)
    expect(more).toEqual([])
  })

  it('is said all at once, with where it stands', () => {
    const path = file('listen = [\n  "/ip4/0.0.0.0/tcp/1",\n  "nonsense"\n]\nmetrics = 7\n[limits]\ncircuits-per-peer = 2.5\n')
    expect(problems(['--config', path, '--max-reservations', 'many'], { NATTER_RELAY_HUB: 'maybe' }).map((text) => text.split(': ')[0])).toEqual([
      `${path}, line 3`, `${path}, line 5`, `${path}, line 7`, 'NATTER_RELAY_HUB', '--max-reservations'
    ])
  })

  it.each([
    ['listn = []', 'Is it listen?'],
    ['[limit]\nreservations = 1', 'Is it [limits]?'],
    ['[limits]\nreservation = 1', 'Is it limits.reservations?'],
    ['zzz = 1', 'there is no such thing'],
    ['[[ban]]\npeers = []', 'line 1'],
    ['[ban.peers]\nx = 1', 'line 1'],
    ['listen = "/ip4/0.0.0.0/tcp/1"', 'brackets'],
    ['listen = [["/ip4/0.0.0.0/tcp/1"]]', 'line 1'],
    ['listen = {}', 'line 1'],
    ['hub = "true"', 'neither true nor false'],
    ['data = 2026-11-01', 'no path'],
    ['hub = true\nhub = false', 'line 2'],
    ['a = [1,\n', 'no TOML'],
    ['__proto__ = 1', 'there is no such thing'],
    ['constructor.x = 1', 'there is no such thing'],
    ['[limits]\nreservations = 99999999999999999999', 'line 2']
  ])('in a file is said with its line: %j', (text, part) => {
    const [problem, ...more] = inFile(text)
    expect(problem).toContain(part)
    expect(problem).toMatch(/^line \d+: [^\n]+[.?]$/)
    expect(more).toEqual([])
  })

  it('is said where the file is no text, or too long', () => {
    expect(problems(['--config', file(new Uint8Array([0xff, 0xfe, 0]))])[0]).toContain('UTF-8')
    expect(problems(['--config', file('#'.repeat(1_048_577))])[0]).toContain('1,048,576 bytes')
  })

  it('is said short, whatever the value', () => {
    const [problem = ''] = problems(['--listen', `/ip4/\u001b[31m\n${'x'.repeat(5_000)}`])
    expect(problem.length).toBeLessThan(500)
    expect(problem).not.toMatch(/\p{Cc}/u)
    expect(problems(Array.from({ length: 1_000 }, (_, i) => `--x${i}`)).length).toBe(51)
  })

  it('in the environment comes with what was meant', () => {
    expect(problems([], { NATTER_RELAY_LISTEM: 'x' })).toEqual(['NATTER_RELAY_LISTEM: there is no such thing. Is it NATTER_RELAY_LISTEN?'])
  })
})

it('each thing has a name of its own in each source', () => {
  const keys = entries().map(([, key]) => key)
  for (const names of [keys.map(({ path }) => path), keys.map(({ flag }) => flag), keys.map(variableOf)]) {
    expect(new Set(names).size).toBe(keys.length)
  }
})

it('a word that is near is found, and none that is far', () => {
  expect(suggest('reservatoins', ['limits', 'reservations'])).toBe('reservations')
  expect(suggest('abc', ['xyz', 'uvw'])).toBeUndefined()
  expect(suggest('', ['x'])).toBeUndefined()
})
