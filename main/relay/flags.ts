import { homedir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isIPv6 } from 'node:net'
import { CODE_DNS, CODE_DNS4, CODE_DNS6, CODE_IP4, CODE_IP6, CODE_TCP, CODE_TLS, CODE_WS, CODE_WSS, multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { MAX_CONNECTIONS, RELAY_LIMITS } from '../node/limits.ts'
import { FlagError } from './flag-error.ts'
import { readHistory } from './history-flags.ts'

/** What the relay was told to do. */
export interface RelayFlags {
  /** Empty: the default port, on whatever of IPv4 and IPv6 there is. */
  readonly listen: readonly string[]
  readonly announce: readonly string[]
  readonly data: string
  readonly maxReservations: number
  readonly circuitBytes: number | undefined
  readonly circuitSeconds: number | undefined
  readonly hub: boolean
  /** How long and how much of its topics' history the hub keeps; undefined: none. */
  readonly history: { readonly days: number, readonly maxBytes: number } | undefined
  readonly metrics: { readonly host: string, readonly port: number } | undefined
  readonly json: boolean
  readonly help: boolean
}

/** Port of libp2p's own examples. */
export const DEFAULT_LISTEN = ['/ip4/0.0.0.0/tcp/4001', '/ip6/::/tcp/4001'] as const

/** Largest figures that make sense: a timer takes 24 days; a reservation needs a connection. */
const MOST = { reservations: MAX_CONNECTIONS.relay, bytes: 2 ** 40, seconds: 2_147_483 } as const

const OPTIONS = {
  listen: { type: 'string', multiple: true },
  announce: { type: 'string', multiple: true },
  data: { type: 'string' },
  'max-reservations': { type: 'string' },
  'circuit-bytes': { type: 'string' },
  'circuit-seconds': { type: 'string' },
  'no-hub': { type: 'boolean' },
  'keep-history': { type: 'string' },
  'max-history-bytes': { type: 'string' },
  metrics: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' }
} as const

/** What `--help` prints. */
export const HELP = `Usage: npm run relay -- [flags]

Runs a Natter relay: people behind firewalls reach each other through it.

  --listen MULTIADDR       where to listen, with TCP or WebSocket; repeatable
                           (default ${DEFAULT_LISTEN.join(' and ')})
  --announce MULTIADDR     address to tell others instead, for a relay behind
                           port forwarding or a proxy; repeatable
  --data DIR               where its key lives (default ${defaultData()})
  --max-reservations N     people who can be reached through it at once (default ${RELAY_LIMITS.reservations})
  --circuit-bytes N        bytes that one circuit may carry (default: no limit)
  --circuit-seconds N      seconds that one circuit may last (default: no limit)
  --no-hub                 take no part in topics; circuits only
  --keep-history TIME      keep posts of its people's topics for so long (12h,
                           30d, 1y) and hand them to those who come later
  --max-history-bytes N    and never more than this in all: a number, or 500MB,
                           2GiB (default 1GiB); the oldest go first
  --metrics HOST:PORT      serve figures for Prometheus at http://HOST:PORT/metrics
  --json                   print one JSON object a line
  --help                   print this

It prints the addresses to be given to people, one a line. SIGTERM and SIGINT
close it within 5 s. Exit code 2: it was told something that cannot be done.
`

/**
 * Reads the command line.
 *
 * @throws {FlagError} for whatever is not as {@link HELP} has it
 */
export function readFlags (args: readonly string[]): RelayFlags {
  const values = parse(args)
  return {
    listen: unique(values.listen, (text) => readAddress('--listen', text, [CODE_IP4, CODE_IP6], [[], [CODE_WS]], 0)),
    announce: unique(values.announce, (text) => readAddress('--announce', text, ANNOUNCED, [[], [CODE_WS], [CODE_WSS], [CODE_TLS, CODE_WS]], 1)),
    data: readText('--data', values.data) ?? defaultData(),
    maxReservations: readNumber('--max-reservations', values['max-reservations'], MOST.reservations) ?? RELAY_LIMITS.reservations,
    circuitBytes: readNumber('--circuit-bytes', values['circuit-bytes'], MOST.bytes),
    circuitSeconds: readNumber('--circuit-seconds', values['circuit-seconds'], MOST.seconds),
    hub: values['no-hub'] !== true,
    history: readHistory(values['keep-history'], values['max-history-bytes'], values['no-hub'] === true),
    metrics: values.metrics === undefined ? undefined : readHostAndPort(values.metrics),
    json: values.json === true,
    help: values.help === true
  }
}

const ANNOUNCED = [CODE_IP4, CODE_IP6, CODE_DNS, CODE_DNS4, CODE_DNS6] as const

function parse (args: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'] {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values
  } catch (error) {
    // Node's message goes on to explain; its first sentence names the flag.
    const [sentence = 'The flags cannot be read'] = (error instanceof Error ? error.message : String(error)).split(/\.\s|\n|\.$/)
    throw new FlagError(`${sentence}; --help lists the flags.`, { cause: error })
  }
}

function unique (texts: readonly string[] | undefined, read: (text: string) => string): string[] {
  return [...new Set((texts ?? []).map(read))]
}

function readAddress (flag: string, text: string, hosts: readonly number[], ends: readonly (readonly number[])[], lowestPort: number): string {
  let address: Multiaddr
  try {
    address = multiaddr(text)
  } catch (error) {
    throw new FlagError(`${flag} takes a multiaddr such as /ip4/0.0.0.0/tcp/4001, not '${text}'.`, { cause: error })
  }
  const [host, tcp, ...rest] = address.getComponents()
  const codes = rest.map(({ code }) => code).join()
  if (host === undefined || !hosts.includes(host.code) || tcp?.code !== CODE_TCP || !ends.some((end) => end.join() === codes)) {
    throw new FlagError(`${flag} takes an address with a TCP port, with /ws behind it for WebSocket and no peer id, not '${text}'.`)
  }
  const port = Number(tcp.value)
  if (port < lowestPort || port > 65_535) {
    throw new FlagError(`${flag} takes a port from ${lowestPort} to 65535, not '${text}'.`)
  }
  return address.toString()
}

function readNumber (flag: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) {
    return undefined
  }
  const number = /^\d{1,15}$/.test(text) ? Number(text) : 0
  if (number < 1 || number > most) {
    throw new FlagError(`${flag} takes a whole number from 1 to ${most}, not '${text}'.`)
  }
  return number
}

function readText (flag: string, text: string | undefined): string | undefined {
  if (text === '') {
    throw new FlagError(`${flag} is empty.`)
  }
  return text
}

function readHostAndPort (text: string): { host: string, port: number } {
  const { host = '', port = '' } = /^(?<host>\[[^\]]+\]|[^:[\]\s]+):(?<port>\d{1,5})$/.exec(text)?.groups ?? {}
  const bare = host.replace(/^\[|\]$/g, '')
  if (bare === '' || (bare !== host && !isIPv6(bare)) || Number(port) > 65_535) {
    throw new FlagError(`--metrics takes HOST:PORT such as 127.0.0.1:9464, not '${text}'.`)
  }
  return { host: bare, port: Number(port) }
}

function defaultData (): string {
  return join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'natter-relay')
}
