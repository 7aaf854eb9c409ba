import type { Path, Protocol, ProtocolState, Reachability, Relay, RelaySource } from '../../preload/contract/index.ts'
import type { Tone } from '../../words/standing.ts'
import { shortId } from './names.ts'

/** A round-trip time: `34 ms`. */
export function milliseconds (rtt: number): string {
  return rtt < 1 ? 'under 1 ms' : `${String(Math.round(rtt))} ms`
}

const withRtt = (words: string, rtt: number | undefined): string => rtt === undefined ? words : `${words}, ${milliseconds(rtt)}`

/** `1 person`, `14 people`. */
export function count (n: number, one: string, many: string): string {
  return `${String(n)} ${n === 1 ? one : many}`
}

/** How we reach somebody, in words. */
export function pathWords (path: Path): string {
  switch (path.kind) {
    case 'self': return 'this computer'
    case 'direct': return withRtt('direct', path.rtt)
    case 'circuit': return withRtt(`through relay ${shortId(path.relay)}`, path.rtt)
    case 'hub': return 'through a hub'
    case 'none': return 'not connected'
  }
}

/** A multiaddr without the peer id at its end, for a line that names the peer already. */
export function withoutPeer (address: string): string {
  return address.replace(/\/p2p\/[^/]+$/, '')
}

/** The ways by which others reach us at the moment, a sentence each; none where nobody does. */
export function wayWords ({ state, address, through }: Reachability): readonly string[] {
  return [
    ...(state === 'direct' ? [address === undefined ? 'Directly.' : `Directly, at ${withoutPeer(address)}.`] : []),
    ...through.map(({ relay, rtt }) => `${withRtt(`Through relay ${shortId(relay)}`, rtt)}.`)
  ]
}

/** A sentence with the peer ids in it shortened in the middle. */
export function withShortIds (sentence: string): string {
  return sentence.replace(/\b12D3Koo\w{40,50}\b/g, shortId)
}

/** How a relay fares, in a word or two. */
export function relayStateWords (state: Relay['state']): string {
  switch (state) {
    case 'asking': return 'asks to be used'
    case 'connecting': return 'connecting'
    case 'ready': return 'connected, in reserve'
    case 'reserved': return 'in use'
    case 'refused': return 'refused'
    case 'down': return 'down'
  }
}

/** How good that is: the colour of its dot. */
export const RELAY_TONES = { reserved: 'good', ready: 'good', connecting: 'idle', asking: 'warn', refused: 'bad', down: 'bad' } as const satisfies Record<Relay['state'], Tone>

/** Where we learned of a relay. */
export function relaySourceWords (source: RelaySource): string {
  switch (source.kind) {
    case 'settings': return 'Added by you.'
    case 'invite': return `From an invite to ${source.topic.replace('/natter/1/', '')}.`
    case 'peer': return `Named by ${shortId(source.peerId)}.`
    case 'name': return `Found under ${source.name}.`
    case 'list': return `On the list ‘${source.title}’.`
    case 'relay': return `Found through your relay ${shortId(source.peerId)}.`
  }
}

/** A protocol's name. */
export function protocolName (protocol: Protocol): string {
  return protocol === 'gossipsub' ? 'Gossipsub' : 'Floodsub'
}

/** The protocol in use, or that it changes. */
export function protocolWords (state: ProtocolState): string {
  return state.switchingTo === undefined ? protocolName(state.current) : `Switching to ${protocolName(state.switchingTo)}…`
}
