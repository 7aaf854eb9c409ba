import { peerIdFromString } from '@libp2p/peer-id'
import type { Multiaddr } from '@multiformats/multiaddr'
import { TCP, WebSockets, WebSocketsSecure } from '@multiformats/multiaddr-matcher'
import { findInvite } from '../../../text/invite-link.ts'
import { withoutMarks } from '../../../text/relay-text.ts'
import { unwrapAscii } from '../../../text/unwrap.ts'
import { NodeError } from '../errors.ts'
import { parseAddress } from './explain.ts'
import { lastPeerId } from './peer-ids.ts'
import { holdsPrivateKey } from './private-key.ts'
import { resolveName, type Resolve } from './resolve-name.ts'

/** What {@link checkRelayAddress} needs besides the text. */
export interface RelayAddressOptions {
  /** Our own peer id, where we have one yet. */
  readonly ownPeerId?: string | undefined
  /** Looks a name up. @default the system's resolver, 5 s */
  readonly resolve?: Resolve
}

/** A relay address that can be dialled, as it is kept. */
export interface RelayAddress {
  /** In the canonical form that multiaddrs are written in. */
  readonly address: string
  /** The relay, in base58. */
  readonly peerId: string
}

const EXAMPLE = '/dns4/relay.example/tcp/4001/p2p/12D3…'
const NAMES = new Set(['dns', 'dns4', 'dns6', 'dnsaddr'])

/**
 * Checks a relay's address that a person pasted. Whatever is wrong is said in
 * one sentence; a private key pasted by mistake is never repeated.
 *
 * @throws {NodeError} `ERR_BAD_ADDRESS`
 */
export async function checkRelayAddress (text: string, { ownPeerId, resolve = resolveName }: RelayAddressOptions = {}): Promise<RelayAddress> {
  const relay = readRelayAddress(text, ownPeerId)
  const name = nameIn(relay.multiaddr)
  if (name !== undefined && (await resolve(name.value, name.family)).length === 0) {
    throw bad(`The name ${name.value} does not resolve: check how it is spelt, and that this machine is online.`)
  }
  return { address: relay.multiaddr.toString(), peerId: relay.peerId }
}

/**
 * The checks that need no network: for addresses out of invites, whose names
 * may well resolve later.
 *
 * @throws {NodeError} `ERR_BAD_ADDRESS`
 */
export function readRelayAddress (text: string, ownPeerId?: string): { readonly multiaddr: Multiaddr, readonly peerId: string } {
  refuseOtherThings(text)
  const address = parseAddress(text)
  const components = address.getComponents()
  const peer = lastPeerId(address)
  if (components.some(({ name }) => name === 'p2p-circuit')) {
    throw bad('This address leads through a relay to somebody behind it; paste the relay\'s own address, the part before /p2p-circuit.')
  }
  if (components[0]?.name === 'p2p') throw bad(`This says who the relay is, but not where: paste its whole address, as in ${EXAMPLE}.`)
  if (peer === undefined) throw bad(`This address does not say which peer answers there: it must end with /p2p/ and the relay's peer id, as in ${EXAMPLE}.`)
  if (components.at(-1)?.name !== 'p2p') throw bad('This address goes on after the peer id: a relay\'s address ends with it.')
  const peerId = peerIdFromString(peer).toString()
  if (peerId === ownPeerId) throw bad('This is your own address: a relay is another machine.')
  refuseUndialable(address)
  return { multiaddr: address, peerId }
}

/** Things that people paste into the wrong field, each with where it belongs. */
function refuseOtherThings (pasted: string): void {
  const plain = unwrapAscii(pasted)
  const text = withoutMarks(plain)
  if (text === '') throw bad(`There is no address here: a relay's address looks like ${EXAMPLE}.`)
  if (holdsPrivateKey(pasted) || holdsPrivateKey(plain)) throw bad('This holds a private key, which nobody else may see: Natter has not kept it. Paste the relay\'s address, which begins with /.')
  if (/^natter:/iu.test(text) || findInvite(pasted) !== undefined) throw bad('This is an invite, not a relay\'s address: paste it where invites are joined.')
  if (/^(?:https?|wss?|tcp):\/\//iu.test(text)) throw bad(`This is a web address; a relay's address looks like ${EXAMPLE}.`)
  if (/^(?:12D3|16Uiu|Qm|bafz)[a-z0-9]+$/iu.test(text)) throw bad(`This says who the relay is, but not where: paste its whole address, as in ${EXAMPLE}.`)
  if (/^(?:[\w.-]+|\[[\da-f:.]+\]):\d{1,5}$/iu.test(text)) throw bad(`This is a host and a port; the relay's peer id is needed too, as in ${EXAMPLE}. Whoever runs the relay can read it there.`)
}

function refuseUndialable (address: Multiaddr): void {
  const components = address.getComponents()
  const host = components[0]
  if (host?.value === '0.0.0.0' || host?.value === '::') throw bad(`${host.value} is where a relay listens, not where it is found: put its public address there.`)
  if (components.some(({ name, value }) => name === 'tcp' && value === '0')) throw bad('This address holds port 0, on which nobody is found: put the relay\'s real port there.')
  if (host?.name === 'dnsaddr') return
  const place = address.decapsulateCode(421)
  if (TCP.exactMatch(place) || WebSockets.exactMatch(place) || WebSocketsSecure.exactMatch(place)) return
  const names = new Set(components.map(({ name }) => name))
  if (names.has('udp')) throw bad('This address uses UDP (QUIC, WebTransport or WebRTC), which Natter does not speak: ask for the relay\'s TCP or WebSocket address.')
  if (!names.has('tcp')) throw bad(`This address names no TCP port: a relay's address looks like ${EXAMPLE}.`)
  throw bad('This address asks for something else than TCP or WebSocket, which Natter does not speak: ask for the relay\'s TCP or WebSocket address.')
}

function nameIn (address: Multiaddr): { readonly value: string, readonly family: 'any' | 4 | 6 | 'addr' } | undefined {
  const found = address.getComponents().find(({ name }) => NAMES.has(name))
  if (found?.value === undefined) return undefined
  const family = ({ dns: 'any', dns4: 4, dns6: 6, dnsaddr: 'addr' } as const)[found.name]
  return family === undefined ? undefined : { value: found.value, family }
}

function bad (message: string): NodeError {
  return new NodeError('ERR_BAD_ADDRESS', message)
}
