import { BlockList, isIP, isIPv6 } from 'node:net'
import { peerIdFromString } from '@libp2p/peer-id'
import { CODE_DNS, CODE_DNS4, CODE_DNS6, CODE_IP4, CODE_IP6, CODE_TCP, CODE_TLS, CODE_WS, CODE_WSS, multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import * as v from 'valibot'

/** Characters of a value that are shown in an error. */
const SHOWN = 120
const DAYS: Readonly<Record<string, number>> = { h: 1 / 24, d: 1, w: 7, y: 365 }
const BYTES: Readonly<Record<string, number>> = {
  '': 1, b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30, tib: 2 ** 40
}
const HISTORY = { minDays: 1 / 24, maxDays: 36_500, minBytes: 1_000_000, maxBytes: 2 ** 40 } as const

const IPS = [CODE_IP4, CODE_IP6]
const NAMES = [CODE_DNS, CODE_DNS4, CODE_DNS6]
const PLAIN = [[], [CODE_WS]]
const SECURE = [[CODE_WSS], [CODE_TLS, CODE_WS]]
/** A name of a host: labels of letters, digits and hyphens, with a dot between. */
const HOST_NAME = /^(?=.{1,253}$)[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)+$/iu
/** Likewise, or a single label: containers call each other so, and some labels have underscores. */
const MACHINE_NAME = /^(?=.{1,253}$)[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?(?:\.[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?)*$/iu

/** A sentence about a value, which it shows short and in one line. */
export function about (value: unknown, words: string): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const line = text.replace(/\p{Cc}/gu, ' ')
  return `'${line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line}' ${words}`
}

/** Text that `read` makes a value of; undefined: it cannot. */
function reads<T> (read: (text: string) => T | undefined, words: string): v.GenericSchema<unknown, T> {
  return v.pipe(
    v.string(({ input }) => about(input, words)),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const value = read(dataset.value)
      if (value !== undefined) {
        return value
      }
      addIssue({ message: dataset.value === '' ? 'There is no value.' : about(dataset.value, words) })
      return NEVER
    }))
}

export const flag = v.boolean(({ input }) => about(input, 'is neither true nor false.'))
export const path = reads((text) => text === '' ? undefined : text, 'is no path.')

/** A whole number within bounds. */
export function whole (least: number, most: number): v.GenericSchema<unknown, number> {
  const words = `is no whole number from ${least} to ${most.toLocaleString('en-US')}.`
  return v.custom<number>((input) => typeof input === 'number' && Number.isInteger(input) && input >= least && input <= most, ({ input }) => about(input, words))
}

export const listenAddress = reads((text) => readAddress(text, IPS, [...PLAIN, ...SECURE], 0),
  'is no address to listen on: it has an IP address and a TCP port from 0 to 65535, with /ws behind it for WebSocket or /tls/ws for secure WebSocket and no peer id, as in /ip4/0.0.0.0/tcp/4001.')
export const announceAddress = reads((text) => readAddress(text, [...IPS, ...NAMES], [...PLAIN, ...SECURE], 1),
  'is no address to announce: it has a name or an IP address and a TCP port from 1 to 65535, with /ws or /tls/ws behind it for WebSocket and no peer id, as in /dns4/relay.example.org/tcp/4001.')

export const days = reads((text) => within(measure(text, DAYS), HISTORY.minDays, HISTORY.maxDays),
  'is no time such as 12h, 30d or 1y, at least an hour and at most 100 years.')
const SIZE = 'is no size such as 500MB or 2GiB, at least 1MB and at most 1TiB.'
export const size = v.union([
  reads((text) => within(measure(text, BYTES), HISTORY.minBytes, HISTORY.maxBytes), SIZE),
  whole(HISTORY.minBytes, HISTORY.maxBytes)
], ({ input }) => about(input, SIZE))

export const hostAndPort = reads(readHostAndPort, 'is not HOST:PORT, such as 127.0.0.1:9464.')
export const hostName = reads((text) => HOST_NAME.test(text) && isIP(text) === 0 ? text.toLowerCase() : undefined, 'is no name such as relay.example.org.')
export const machineName = reads((text) => MACHINE_NAME.test(text) && isIP(text) === 0 ? text.toLowerCase() : undefined, 'is no host name such as relay or relay.example.org; IP addresses and localhost are always answered.')
export const email = reads((text) => /^[^\s@]{1,64}@[^\s@]{1,255}$/u.test(text) ? text : undefined, 'is no e-mail address.')
export const httpsUrl = reads((text) => URL.canParse(text) && new URL(text).protocol === 'https:' ? text : undefined, 'is no address that begins with https://.')
export const peerId = reads(readPeerId, 'is no peer id such as 12D3KooW….')
export const ipOrRange = reads((text) => isRange(text) ? text : undefined, 'is no IP address, and no range such as 192.0.2.0/24 or 2001:db8::/32.')
export const relayName = reads(readRelayName, 'names no relay: it is a multiaddr that ends with /p2p/ and a peer id, /dnsaddr/relay.example.org, or relay.example.org.')

function readAddress (text: string, hosts: readonly number[], ends: readonly (readonly number[])[], lowestPort: number): string | undefined {
  const address = parse(text)
  const [host, tcp, ...rest] = address?.getComponents() ?? []
  const codes = rest.map(({ code }) => code).join()
  const port = Number(tcp?.value)
  const fits = host !== undefined && hosts.includes(host.code) && tcp?.code === CODE_TCP && ends.some((end) => end.join() === codes) && port >= lowestPort && port <= 65_535
  return fits ? address?.toString() : undefined
}

function parse (text: string): Multiaddr | undefined {
  try {
    return multiaddr(text)
  } catch {
    return undefined
  }
}

function readPeerId (text: string): string | undefined {
  try {
    return peerIdFromString(text).toString()
  } catch {
    return undefined
  }
}

function readRelayName (text: string): string | undefined {
  const { host = '', port = '1' } = /^(?<host>[^/:]+)(?::(?<port>\d{1,5}))?$/u.exec(text)?.groups ?? {}
  if (HOST_NAME.test(host)) {
    return within(Number(port), 1, 65_535) === undefined ? undefined : text.toLowerCase()
  }
  const components = parse(text)?.getComponents() ?? []
  const last = components.at(-1)
  if (components[0]?.name === 'dnsaddr') {
    return text
  }
  return components.length > 1 && last?.name === 'p2p' && readPeerId(last.value ?? '') !== undefined ? text : undefined
}

/** A range as `BlockList` takes it. */
function isRange (text: string): boolean {
  const [, network = '', bits = ''] = /^(?<network>[^/]+)\/(?<bits>\d{1,3})$/u.exec(text) ?? [text, text]
  const family = isIP(network)
  if (family === 0 || network.includes('%')) {
    return false
  }
  try {
    new BlockList().addSubnet(network, bits === '' ? 0 : Number(bits), family === 6 ? 'ipv6' : 'ipv4')
    return true
  } catch {
    return false
  }
}

function readHostAndPort (text: string): { host: string, port: number } | undefined {
  const { host = '', port = '' } = /^(?<host>\[[^\]]+\]|[^:[\]\s]+):(?<port>\d{1,5})$/u.exec(text)?.groups ?? {}
  const bare = host.replace(/^\[|\]$/gu, '')
  return bare === '' || (bare !== host && !isIPv6(bare)) || Number(port) > 65_535 ? undefined : { host: bare, port: Number(port) }
}

/** A number with a unit behind it, in the unit's base. */
function measure (text: string, units: Readonly<Record<string, number>>): number | undefined {
  const { number = '', unit = '' } = /^(?<number>\d{1,15}(?:\.\d{1,3})?) ?(?<unit>[a-z]{0,3})$/iu.exec(text)?.groups ?? {}
  const factor = Object.hasOwn(units, unit.toLowerCase()) ? units[unit.toLowerCase()] : undefined
  return number === '' || factor === undefined ? undefined : Number(number) * factor
}

function within (value: number | undefined, least: number, most: number): number | undefined {
  return value !== undefined && value >= least && value <= most ? value : undefined
}
