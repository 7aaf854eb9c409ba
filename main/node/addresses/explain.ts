import { peerIdFromString } from '@libp2p/peer-id'
import { CODE_P2P, multiaddr, type Component, type Multiaddr } from '@multiformats/multiaddr'
import { findAddress } from '../../../text/relay-text.ts'
import type { AddressPart, AddressReading } from '../../../preload/contract/index.ts'
import { NodeError } from '../errors.ts'
import { shortPeerId } from './peer-ids.ts'

/** Characters of an address that are read; a real one has under 400. */
const MAX_ADDRESS_LENGTH = 2_048

/** What a part says, and what joins it to what stands before it. */
interface Phrase { readonly join: ' ' | ', ' | '; ', readonly words: string }

const phrase = (words: string, join: Phrase['join'] = ' '): Phrase => ({ join, words })

/** Parts in words, by libp2p's name for them. `value` is '' where a part has none. */
const PHRASES: Readonly<Record<string, (value: string) => Phrase>> = {
  ip4: (value) => phrase(`dial ${value}`, ', '),
  ip6: (value) => phrase(`dial ${value}`, ', '),
  ip6zone: (value) => phrase(`in the network zone ${value},`),
  dns: (value) => phrase(`look up ${value} and dial it`, ', '),
  dns4: (value) => phrase(`look up ${value} and dial it over IPv4`, ', '),
  dns6: (value) => phrase(`look up ${value} and dial it over IPv6`, ', '),
  dnsaddr: (value) => phrase(`look up the addresses that ${value} lists`, ', '),
  tcp: (value) => phrase(`by TCP port ${value}`),
  udp: (value) => phrase(`by UDP port ${value}`),
  quic: () => phrase('with QUIC, in its old draft'),
  'quic-v1': () => phrase('with QUIC'),
  ws: () => phrase('with WebSocket'),
  wss: () => phrase('with WebSocket inside TLS'),
  tls: () => phrase('with TLS'),
  noise: () => phrase('with Noise'),
  sni: (value) => phrase(`for the server name ${value}`),
  http: () => phrase('with HTTP'),
  https: () => phrase('with HTTPS'),
  'http-path': (value) => phrase(`at the path ${value}`),
  webtransport: () => phrase('with WebTransport'),
  webrtc: () => phrase('with WebRTC'),
  'webrtc-direct': () => phrase('with WebRTC, straight'),
  certhash: (value) => phrase(`proven by the certificate ${shorten(value)}`, ', '),
  unix: (value) => phrase(`dial the socket ${value} on this machine`, ', '),
  memory: (value) => phrase(`dial ${value} in this process`, ', '),
  'p2p-circuit': () => phrase('through it', '; ')
}

/**
 * Reads a multiaddr part by part, in words.
 *
 * @throws {NodeError} `ERR_BAD_ADDRESS`, with one sentence for the person
 */
export function explainAddress (text: string): AddressReading {
  const components = parseAddress(text).getComponents()
  const parts: AddressPart[] = []
  let sentence = ''
  for (const [index, component] of components.entries()) {
    const { join, words } = phraseOf(component, components[index - 1], components[index + 1])
    parts.push({ code: codeOf(component), words })
    sentence += index === 0 ? words : join + words
  }
  return { parts, sentence }
}

/**
 * Parses the multiaddr in what a person pasted; what chat and mail programs put around it does not matter.
 *
 * @throws {NodeError} `ERR_BAD_ADDRESS`, with one sentence that says what is wrong
 */
export function parseAddress (text: string): Multiaddr {
  const trimmed = findAddress(text) ?? text.trim()
  if (trimmed === '') throw bad('There is no address here: it looks like /ip4/192.0.2.1/tcp/4001/p2p/12D3….')
  if (trimmed.length > MAX_ADDRESS_LENGTH) throw bad(`This is ${trimmed.length.toLocaleString('en-US')} characters long; an address has at most ${MAX_ADDRESS_LENGTH.toLocaleString('en-US')}.`)
  if (!trimmed.startsWith('/')) throw bad('This is no multiaddr: one begins with /, as in /ip4/192.0.2.1/tcp/4001/p2p/12D3….')
  let address: Multiaddr
  try {
    address = multiaddr(trimmed)
    checkPeerIds(address)
    // Writing the bytes checks the values that reading the text leaves alone.
    multiaddr(address.bytes)
  } catch (error) {
    throw bad(reasonOf(error), error)
  }
  if (address.getComponents().length === 0) throw bad('This address is empty: it looks like /ip4/192.0.2.1/tcp/4001/p2p/12D3….')
  return address
}

function checkPeerIds (address: Multiaddr): void {
  for (const { code, value = '' } of address.getComponents()) {
    if (code !== CODE_P2P) continue
    try {
      peerIdFromString(value)
    } catch (error) {
      throw bad('This address holds a peer id that is none, or only a part of one: copy the whole address again.', error)
    }
  }
}

function phraseOf ({ name, value = '' }: Component, before: Component | undefined, after: Component | undefined): Phrase {
  if (name === 'p2p') {
    const peer = `peer ${shortPeerId(value)}`
    if (before === undefined) return phrase(`find ${peer} by whatever address is known`)
    return before.name === 'p2p-circuit' ? phrase(`reach ${peer}`, ', ') : phrase(`that is ${peer}`, ', ')
  }
  // A relay's listen address ends here: it is where others come in.
  if (name === 'p2p-circuit' && after === undefined) return phrase(before === undefined ? 'be reached through any relay' : 'through it, be reached', '; ')
  if (name === 'p2p-circuit' && before === undefined) return phrase('through any relay')
  return PHRASES[name]?.(value) ?? phrase(value === '' ? `with ${name}` : `with ${name} ${shorten(value)}`)
}

function codeOf ({ name, value }: Component): string {
  return value === undefined ? `/${name}` : `/${name}/${value}`
}

function shorten (value: string): string {
  return value.length <= 24 ? value : `${value.slice(0, 6)}…${value.slice(-4)}`
}

function reasonOf (error: unknown): string {
  if (error instanceof NodeError) return error.message
  const message = error instanceof Error ? error.message : ''
  // Only what looks like a protocol's name is repeated: the rest might be a secret in the wrong field.
  const unknown = /^Protocol ([a-z][a-z0-9-]{0,23}) was unknown$/u.exec(message)
  if (unknown !== null) return `This address has a part '/${unknown[1] ?? ''}' that Natter does not know: check how it is spelt.`
  if (message.endsWith('was unknown')) return 'This address has a part that Natter does not know: check how it is spelt.'
  const missing = /^Component (\S{1,40}) was missing value$/u.exec(message)
  if (missing !== null) return `This address is cut short: '/${missing[1] ?? ''}' needs a value after it.`
  if (/IPv4/u.test(message)) return 'This address holds an IPv4 address that is none: it has four numbers from 0 to 255.'
  if (/IPv6/u.test(message)) return 'This address holds an IPv6 address that is none.'
  if (/Value must be|not an integer|port/iu.test(message)) return 'This address holds a port that is none: ports go from 0 to 65535.'
  return 'This address holds a value that cannot be read: copy it again, the whole of it.'
}

function bad (message: string, cause?: unknown): NodeError {
  return new NodeError('ERR_BAD_ADDRESS', message, { cause })
}
