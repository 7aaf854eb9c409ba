import { describe, expect, it } from 'vitest'
import { HELP, readFlags } from '../../../main/relay/flags.ts'

describe('the relay\'s flags', () => {
  it('have defaults', () => {
    expect(readFlags([])).toMatchObject({
      listen: [], announce: [], maxReservations: 1_024, circuitBytes: undefined, circuitSeconds: undefined, hub: true, history: undefined, metrics: undefined, json: false, help: false
    })
  })

  it('are read', () => {
    expect(readFlags([
      '--listen', '/ip4/0.0.0.0/tcp/4001', '--listen', '/ip6/::/tcp/0/ws', '--listen', '/ip4/0.0.0.0/tcp/4001',
      '--announce', '/dns4/relay.example.org/tcp/443/tls/ws', '--announce', '/ip4/198.51.100.7/tcp/4001',
      '--data', '/somewhere', '--max-reservations', '5', '--circuit-bytes', '131072', '--circuit-seconds', '120', '--no-hub', '--metrics', '[::1]:9464', '--json'
    ])).toEqual({
      listen: ['/ip4/0.0.0.0/tcp/4001', '/ip6/::/tcp/0/ws'],
      announce: ['/dns4/relay.example.org/tcp/443/tls/ws', '/ip4/198.51.100.7/tcp/4001'],
      data: '/somewhere',
      maxReservations: 5,
      circuitBytes: 131_072,
      circuitSeconds: 120,
      hub: false,
      history: undefined,
      metrics: { host: '::1', port: 9464 },
      json: true,
      help: false
    })
  })

  it.each([
    [['--keep-history', '30d'], { days: 30, maxBytes: 2 ** 30 }],
    [['--keep-history', '12h', '--max-history-bytes', '500MB'], { days: 0.5, maxBytes: 500_000_000 }],
    [['--keep-history', '2w', '--max-history-bytes', '1.5gib'], { days: 14, maxBytes: 1_610_612_736 }],
    [['--keep-history', '1y', '--max-history-bytes', '1000000'], { days: 365, maxBytes: 1_000_000 }]
  ])('say for how long history is kept, and how much: %j', (args, history) => {
    expect(readFlags(args).history).toEqual(history)
  })

  it.each([
    [['--nonsense'], '--nonsense'],
    [['extra'], 'extra'],
    [['--listen'], '--listen'],
    [['--listen', '--json'], '--listen'],
    [['--listen', 'localhost:4001'], 'localhost:4001'],
    [['--listen', '/ip4/0.0.0.0'], '/ip4/0.0.0.0'],
    [['--listen', '/ip4/300.0.0.0/tcp/1'], '/ip4/300.0.0.0/tcp/1'],
    [['--listen', '/ip4/0.0.0.0/tcp/70000'], '/ip4/0.0.0.0/tcp/70000'],
    [['--listen', '/ip4/0.0.0.0/udp/4001/quic-v1'], 'quic'],
    [['--listen', '/dns4/example.org/tcp/4001'], 'example.org'],
    [['--listen', '/ip4/0.0.0.0/tcp/4001/tls/ws'], 'tls'],
    [['--announce', '/ip4/198.51.100.7/tcp/0'], 'port'],
    [['--announce', '/ip4/198.51.100.7/tcp/1/p2p-circuit'], 'p2p-circuit'],
    [['--data', ''], '--data'],
    [['--max-reservations', 'many'], 'many'],
    [['--max-reservations', '0'], '0'],
    [['--max-reservations', '-5'], '--max-reservations'],
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
    [['--max-history-bytes', '1GB'], '--keep-history'],
    [['--metrics', '9464'], '9464'],
    [['--metrics', '127.0.0.1:70000'], '70000'],
    [['--metrics', '[localhost]:1'], 'localhost'],
    [['--json=yes'], '--json']
  ])('are refused in one sentence: %j', (args, part) => {
    let message = ''
    try {
      readFlags(args)
    } catch (error) {
      expect(error).toMatchObject({ name: 'FlagError' })
      message = (error as Error).message
    }
    expect(message).toContain(part)
    expect(message).toMatch(/^[^\n]+\.$/)
  })

  it('are all in the help', () => {
    for (const flag of ['listen', 'announce', 'data', 'max-reservations', 'circuit-bytes', 'circuit-seconds', 'no-hub', 'metrics', 'json', 'help']) {
      expect(HELP).toContain(`--${flag}`)
    }
  })
})
