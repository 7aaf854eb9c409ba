import { homedir } from 'node:os'
import { join } from 'node:path'
import type * as v from 'valibot'
import { MAX_CONNECTIONS_PER_ADDRESS, RELAY_LIMITS } from '../../node/limits.ts'
import * as schemas from './schemas.ts'

/** One thing that the relay can be told. */
export interface Key {
  /** As the file has it; what is before the dot is its section. */
  readonly path: string
  /** Without the dashes. The environment has it in capitals behind `NATTER_RELAY_`. */
  readonly flag: string
  /** What stands behind the flag; left out: nothing does. */
  readonly argument?: string
  /** Set: the flag says no. */
  readonly negative?: boolean
  /** May be given many times; the file has a list. */
  readonly list?: boolean
  readonly schema: v.GenericSchema
  /** Set: SIGHUP changes it in a relay that runs. */
  readonly live?: boolean
  /** Lines of `--help`. */
  readonly help: readonly string[]
}

/** Port of libp2p's own examples. */
export const DEFAULT_LISTEN = ['/ip4/0.0.0.0/tcp/4001', '/ip6/::/tcp/4001'] as const

/** What counts where nothing else was said. */
export const DEFAULTS = {
  data: join(process.env['XDG_DATA_HOME'] ?? join(home(), '.local', 'share'), 'natter-relay'),
  historyBytes: 2 ** 30,
  /** The certificate authority of most small servers. */
  acmeDirectory: 'https://acme-v02.api.letsencrypt.org/directory',
  /** The only port on which an authority asks. */
  acmePort: 80,
  /** A desktop finds another place within one or two seconds; five of them wait for a look that is late. */
  drainSeconds: 20,
  limits: {
    reservations: RELAY_LIMITS.reservations,
    reservationsPerAddress: RELAY_LIMITS.reservationsPerAddress,
    connectionsPerAddress: MAX_CONNECTIONS_PER_ADDRESS.relay,
    circuitsPerPeer: RELAY_LIMITS.circuitsPerPeer,
    circuitsPerAddress: RELAY_LIMITS.circuitsPerAddress
  }
} as const

/** Largest figures that make sense: a timer takes 24 days; a reservation needs a connection. */
const MOST = { connections: 32_768, circuits: 1_000_000, bytes: 2 ** 40, seconds: 2_147_483, drain: 3_600 } as const
const { limits } = DEFAULTS

/** Everything that the relay can be told, in the order of `--help`. */
export const KEYS = {
  listen: {
    path: 'listen', flag: 'listen', argument: 'MULTIADDR', list: true, schema: schemas.listenAddress,
    help: ['where to listen, with TCP or WebSocket; repeatable', `(default ${DEFAULT_LISTEN.join(' and ')})`]
  },
  announce: {
    path: 'announce', flag: 'announce', argument: 'MULTIADDR', list: true, schema: schemas.announceAddress,
    help: ['address to tell others instead, for a relay behind', 'port forwarding or a proxy; repeatable']
  },
  data: {
    path: 'data', flag: 'data', argument: 'DIR', schema: schemas.path,
    help: ['where its key and the history live', `(default ${DEFAULTS.data})`]
  },
  hub: {
    path: 'hub', flag: 'no-hub', negative: true, schema: schemas.flag,
    help: ['take no part in topics; circuits only']
  },
  keepHistory: {
    path: 'keep-history', flag: 'keep-history', argument: 'TIME', schema: schemas.days,
    help: ['keep posts of its people\'s topics for so long (12h,', '30d, 1y) and hand them to those who come later']
  },
  maxHistoryBytes: {
    path: 'max-history-bytes', flag: 'max-history-bytes', argument: 'N', schema: schemas.size,
    help: ['and never more than this in all: a number, or 500MB,', '2GiB (default 1GiB); the oldest go first']
  },
  metrics: {
    path: 'metrics', flag: 'metrics', argument: 'HOST:PORT', schema: schemas.hostAndPort,
    help: ['serve figures for Prometheus at', 'http://HOST:PORT/metrics, and /health beside them']
  },
  metricsNames: {
    path: 'metrics-names', flag: 'metrics-name', argument: 'NAME', list: true, schema: schemas.machineName,
    help: ['also answer there when asked by this host name, and', 'not only by IP address or localhost; repeatable']
  },
  community: {
    path: 'community', flag: 'community', argument: 'RELAY', list: true, schema: schemas.relayName, live: true,
    help: ['another relay of the same community: its multiaddr', 'or its name; repeatable']
  },
  drainSeconds: {
    path: 'drain-seconds', flag: 'drain-seconds', argument: 'N', schema: schemas.whole(0, MOST.drain), live: true,
    help: ['seconds that its people get to move to another relay', `when it is told to end (default ${DEFAULTS.drainSeconds})`]
  },
  json: {
    path: 'json', flag: 'json', schema: schemas.flag,
    help: ['print one JSON object a line']
  },

  tlsCert: {
    path: 'tls.cert', flag: 'tls-cert', argument: 'FILE', schema: schemas.path,
    help: ['certificate in PEM, with those that lead to its root']
  },
  tlsKey: {
    path: 'tls.key', flag: 'tls-key', argument: 'FILE', schema: schemas.path,
    help: ['its key in PEM']
  },
  acmeDomains: {
    path: 'tls.acme-domains', flag: 'acme-domain', argument: 'NAME', list: true, schema: schemas.hostName,
    help: ['name to get a certificate for, by ACME; repeatable']
  },
  acmeEmail: {
    path: 'tls.acme-email', flag: 'acme-email', argument: 'ADDRESS', schema: schemas.email,
    help: ['whom the authority writes to about trouble']
  },
  acmeDirectory: {
    path: 'tls.acme-directory', flag: 'acme-directory', argument: 'URL', schema: schemas.httpsUrl,
    help: ['the authority (default Let\'s Encrypt)']
  },
  acmePort: {
    path: 'tls.acme-port', flag: 'acme-port', argument: 'N', schema: schemas.whole(1, 65_535),
    help: [`where its challenge is answered (default ${DEFAULTS.acmePort})`]
  },
  acmeCa: {
    path: 'tls.acme-ca', flag: 'acme-ca', argument: 'FILE', schema: schemas.path,
    help: ['root in PEM that an authority of your own is trusted', 'with']
  },

  reservations: {
    path: 'limits.reservations', flag: 'max-reservations', argument: 'N', schema: schemas.whole(1, MOST.connections), live: true,
    help: [`people who can be reached through it at once (default ${limits.reservations})`]
  },
  reservationsPerAddress: {
    path: 'limits.reservations-per-address', flag: 'max-reservations-per-address', argument: 'N', schema: schemas.whole(1, MOST.connections), live: true,
    help: [`of these behind one IP address (default ${limits.reservationsPerAddress})`]
  },
  connectionsPerAddress: {
    path: 'limits.connections-per-address', flag: 'max-connections-per-address', argument: 'N', schema: schemas.whole(1, MOST.connections), live: true,
    help: [`connections from one IP address (default ${limits.connectionsPerAddress})`]
  },
  circuitsPerPeer: {
    path: 'limits.circuits-per-peer', flag: 'max-circuits-per-peer', argument: 'N', schema: schemas.whole(1, MOST.circuits), live: true,
    help: [`circuits that one person has opened (default ${limits.circuitsPerPeer})`]
  },
  circuitsPerAddress: {
    path: 'limits.circuits-per-address', flag: 'max-circuits-per-address', argument: 'N', schema: schemas.whole(1, MOST.circuits), live: true,
    help: [`circuits opened from one IP address (default ${limits.circuitsPerAddress})`]
  },
  circuitBytes: {
    path: 'limits.circuit-bytes', flag: 'circuit-bytes', argument: 'N', schema: schemas.whole(1, MOST.bytes), live: true,
    help: ['bytes that one circuit may carry (default: no limit)']
  },
  circuitSeconds: {
    path: 'limits.circuit-seconds', flag: 'circuit-seconds', argument: 'N', schema: schemas.whole(1, MOST.seconds), live: true,
    help: ['seconds that one circuit may last (default: no limit)']
  },

  allow: {
    path: 'allow', flag: 'allow', argument: 'PEER', list: true, schema: schemas.peerId, live: true,
    help: ['serve this peer id, and nobody who is not named so;', 'repeatable']
  },
  banPeers: {
    path: 'ban.peers', flag: 'ban-peer', argument: 'PEER', list: true, schema: schemas.peerId, live: true,
    help: ['let this peer id in to nothing; repeatable']
  },
  banAddresses: {
    path: 'ban.addresses', flag: 'ban-address', argument: 'IP', list: true, schema: schemas.ipOrRange, live: true,
    help: ['let this IP address, or range such as 192.0.2.0/24,', 'in to nothing; repeatable']
  }
} as const satisfies Record<string, Key>

export type KeyName = keyof typeof KEYS

/** The variable of the environment that stands for a flag. */
export function variableOf ({ flag, negative }: Key): string {
  return `NATTER_RELAY_${(negative === true ? flag.replace(/^no-/u, '') : flag).replaceAll('-', '_').toUpperCase()}`
}

/** All keys, as pairs. */
export function entries (): readonly (readonly [KeyName, Key])[] {
  return Object.entries(KEYS) as [KeyName, Key][]
}

/** A user whom the system knows by number alone has no home: services and containers are run by such. */
function home (): string {
  try {
    return homedir()
  } catch {
    return '.'
  }
}
