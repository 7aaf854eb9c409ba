import type { Link, LinkLimit, PeerRole, PeerTally, Transport } from '../../../preload/contract/index.ts'
import { plainName, shortId } from '../names.ts'
import { clockTime, duration } from '../time.ts'

/** What a peer is, in a word. */
export function roleWords (role: PeerRole): string {
  switch (role) {
    case 'person': return 'Person'
    case 'hub': return 'Hub'
    case 'relay': return 'Relay'
    case 'unknown': return 'Not known yet'
  }
}

/** What a peer is and what that means, as a sentence. */
export function roleSentence (role: PeerRole, relays: boolean): string {
  switch (role) {
    case 'person': return relays ? 'A person, whose computer also carries connections of others.' : 'A person.'
    case 'hub': return 'A relay that also passes posts on between its clients.'
    case 'relay': return 'A relay: it carries sealed connections between others, and takes no part in posts.'
    case 'unknown': return 'It has not said yet what it is.'
  }
}

/** What carries the bytes. */
export function transportWords (transport: Transport): string {
  switch (transport) {
    case 'tcp': return 'TCP'
    case 'websocket': return 'WebSocket'
    case 'websocket-tls': return 'WebSocket in TLS'
    case 'other': return 'Something else'
  }
}

/** Straight, or through which relay. */
export function wayWords (relay: string | undefined): string {
  return relay === undefined ? 'Direct' : `Through relay ${shortId(relay)}`
}

/** Bytes: `640 B`, `12.3 kB`, `4.1 MB`, in steps of a thousand. */
export function bytesWords (bytes: number): string {
  if (bytes < 1_000) return `${String(bytes)} B`
  const [value, unit] = bytes < 999_950 ? [bytes / 1e3, 'kB'] : bytes < 999_950_000 ? [bytes / 1e6, 'MB'] : [bytes / 1e9, 'GB']
  return `${value.toFixed(1)} ${unit}`
}

/** A round trip: `0.4 ms`, `34 ms`. */
export function roundTripWords (rtt: number): string {
  return rtt < 10 ? `${rtt.toFixed(1)} ms` : `${String(Math.round(rtt))} ms`
}

/** What a relay still lets through: `88.0 kB more, until 14:05`. */
export function limitWords ({ bytes, until }: LinkLimit): string {
  return [...(bytes === undefined ? [] : [`${bytesWords(bytes)} more`]), ...(until === undefined ? [] : [`until ${clockTime(until)}`])].join(', ')
}

/** What is left at this moment: `88.0 kB more, for another 47 min`. */
export function leftWords ({ bytes, until }: LinkLimit, now: number): string {
  return [...(bytes === undefined ? [] : [`${bytesWords(bytes)} more`]), ...(until === undefined ? [] : [`for another ${duration(until - now)}`])].join(', ')
}

/** What passed with somebody in all topics, under every protocol. */
export function sumOf (tallies: readonly PeerTally[], what: 'first' | 'duplicates' | 'forwarded'): number | undefined {
  const counts = tallies.flatMap(({ topics }) => topics)
  return tallies.length === 0 ? undefined : counts.reduce((sum, count) => sum + count[what], 0)
}

/** A topic as it is read. */
export function topicWords (topic: string): string {
  return topic === '' ? 'Topics that you are not on' : plainName(topic.replace('/natter/1/', ''))
}

/** One connection as a sentence. @param now milliseconds since the Unix epoch */
export function linkSentence ({ relay, transport, direction, rtt, limit }: Link, now: number): string {
  const way = relay === undefined ? 'Direct' : `Through relay ${shortId(relay)}`
  const who = direction === 'out' ? 'opened from here' : 'opened from there'
  const trip = rtt === undefined ? '' : `, ${roundTripWords(rtt)} there and back`
  const cap = limit === undefined ? '' : ` The relay limits it: ${leftWords(limit, now)}.`
  return `${way}, by ${transportWords(transport)}, ${who}${trip}.${cap}`
}
