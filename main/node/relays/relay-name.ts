import { domainToASCII } from 'node:url'
import { peerIdFromString } from '@libp2p/peer-id'

/** Relays under a name, as a person wrote it down for good: what it stands for is looked up whenever it is used. */
export interface RelayName {
  /** As it is kept and shown: `relay.example.org`, `relay.example.org:4001`, or `/dnsaddr/relay.example.org/p2p/12D3…`. */
  readonly text: string
  /** In lower case, in ASCII. */
  readonly host: string
  /** Only relays at this TCP port are meant. */
  readonly port?: number
  /** Only this relay is meant. */
  readonly peerId?: string
}

/** Characters of a name that are read: a host of 253, and a peer id. */
const MAX_LENGTH = 512
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?$/u

/**
 * Reads a relay's name: `/dnsaddr/…`, or a short `relay.example.org`, with a
 * port or without. Undefined for whatever is none, such as an IP address or a
 * word without a dot.
 */
export function readRelayName (text: string): RelayName | undefined {
  const trimmed = text.trim()
  if (trimmed.length > MAX_LENGTH) return undefined
  const long = /^\/dnsaddr\/(?<name>[^/]+)(?:\/p2p\/(?<peer>[^/]+))?\/?$/u.exec(trimmed)?.groups
  if (long !== undefined) return named(readHost(long['name'] ?? '', 1), undefined, long['peer'])
  const short = /^(?<name>[^\s/:@?#[\]]+?)(?::(?<port>\d{1,5}))?$/u.exec(trimmed)?.groups
  return short === undefined ? undefined : named(readHost(short['name'] ?? '', 2), short['port'], undefined)
}

function named (host: string | undefined, port: string | undefined, peer: string | undefined): RelayName | undefined {
  if (host === undefined) return undefined
  if (peer !== undefined) {
    const peerId = readPeerId(peer)
    return peerId === undefined ? undefined : { text: `/dnsaddr/${host}/p2p/${peerId}`, host, peerId }
  }
  // A word alone is a name in its long form only.
  if (port === undefined) return { text: host.includes('.') ? host : `/dnsaddr/${host}`, host }
  const number = Number(port)
  return number < 1 || number > 65_535 ? undefined : { text: `${host}:${String(number)}`, host, port: number }
}

/** @param least labels: a short name needs a dot, or any word would be one */
function readHost (text: string, least: 1 | 2): string | undefined {
  const host = domainToASCII(text.replace(/\.$/u, ''))
  const labels = host.split('.')
  if (host.length > 253 || labels.length < least || !labels.every((label) => LABEL.test(label))) return undefined
  // The last label of a name is no number: this is an IPv4 address, whole or mistyped.
  return /^\d+$/u.test(labels.at(-1) ?? '') ? undefined : host
}

function readPeerId (text: string): string | undefined {
  try {
    return peerIdFromString(text).toString()
  } catch {
    return undefined
  }
}
