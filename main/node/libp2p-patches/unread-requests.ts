import type { Stream } from '@libp2p/interface'
import { RELAY_V2_HOP_CODEC, RELAY_V2_STOP_CODEC } from '@libp2p/circuit-relay-v2'
import { KAD_PROTOCOL, PROTOCOLS } from '../protocols.ts'

/** What a peer may send on one stream. */
interface Allowance {
  readonly bytes: number
  /** Until when it counts: to the end, up to our first answer, or up to each of our answers anew. */
  readonly until: 'end' | 'answer' | 'each answer'
}

/** Bytes around a request: its length, and the lines that agreed on the protocol. */
const AROUND = 4_096
/** What a peer may send along before the protocol is agreed on: the window of a new stream. */
const UNNAMED: Allowance = { bytes: 262_144 + AROUND, until: 'answer' }

/** Protocols of one request and one answer, or of one message. */
const ALLOWANCES: ReadonlyMap<string, Allowance> = new Map<string, Allowance>([
  // Asked, it takes 8 KiB; asking, one says nothing.
  ['/ipfs/id/1.0.0', { bytes: 65_536, until: 'end' }],
  ['/ipfs/id/push/1.0.0', { bytes: 65_536, until: 'end' }],
  // What follows the answer is a circuit.
  [RELAY_V2_HOP_CODEC, { bytes: 16_384, until: 'answer' }],
  [RELAY_V2_STOP_CODEC, { bytes: 16_384, until: 'answer' }],
  // Other relays' answers hold 20 peers with their addresses.
  [KAD_PROTOCOL, { bytes: 131_072, until: 'each answer' }],
  ...Object.values(PROTOCOLS).filter(({ id }) => id !== PROTOCOLS.history.id).map(({ id, maxBytes }): [string, Allowance] => [id, { bytes: maxBytes + AROUND, until: 'end' }])
])

/** What a stream has beyond its interface (@libp2p/utils 7.4.1). */
interface Takes extends Stream { onData: (bytes: Uint8Array) => void }

/**
 * Resets a stream on which a peer sends far more than its request.
 *
 * Symptom: a peer that sends on after its request, or sends no request at all, fills 4 MiB in each of its streams.
 * Cause: `byteStream` of @libp2p/utils reads ahead of whoever reads it, 4 MiB by default, and libp2p's own protocols
 * set no other bound.
 * Fix: bytes that come before an answer are counted, by protocol.
 * Scope: protocols of one request; what goes on flowing has a bound of its own.
 * Upstream: none filed (2026-12-01).
 * Can go when: `byteStream` pauses its stream.
 */
export function boundRequests (stream: Stream): void {
  const inner = stream as Takes
  let [bytes, isAnswered] = [0, false]
  const send = stream.send.bind(stream)
  stream.send = (data) => {
    // Before that the two ends agree on the protocol.
    if (stream.protocol !== '') {
      isAnswered = true
      if (ALLOWANCES.get(stream.protocol)?.until === 'each answer') bytes = 0
    }
    return send(data)
  }
  const take = inner.onData.bind(inner)
  inner.onData = (data) => {
    const allowance = stream.protocol === '' ? UNNAMED : ALLOWANCES.get(stream.protocol)
    if (allowance !== undefined && (!isAnswered || allowance.until !== 'answer')) {
      bytes += data.byteLength
      if (bytes > allowance.bytes) {
        stream.abort(new RangeError('the peer sends more than a request'))
        return
      }
    }
    take(data)
  }
}
