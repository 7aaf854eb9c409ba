import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import type { Stream } from '@libp2p/interface'
import { lpStream } from '@libp2p/utils'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { HolePunchSchema } from './hole-punch_pb.ts'

/** libp2p's protocol for the upgrade of circuits (DCUtR). */
export const DCUTR = '/libp2p/dcutr'

/** Bytes of one message; the specification's. */
const MAX_MESSAGE = 4_096
const CONNECT = 100
const SYNC = 300

/** What two ends told each other. */
export interface Exchanged {
  /** Where the other end says that it may be met; whatever it sent, unchecked. */
  readonly addresses: readonly Multiaddr[]
  /** Milliseconds for a message over the circuit and back; 0 for who answered. */
  readonly rtt: number
}

/**
 * Asks the other end of a circuit to meet us. What is to be done then is due
 * half of `rtt` after this answers: the other end reads SYNC then.
 *
 * @throws what the network says, or where the other end breaks the protocol
 */
export async function askToMeet (stream: Stream, own: readonly Multiaddr[], signal: AbortSignal): Promise<Exchanged> {
  const messages = lpStream(stream, { maxDataLength: MAX_MESSAGE })
  const start = performance.now()
  await messages.write(encode(CONNECT, own), { signal })
  const addresses = decode(CONNECT, (await messages.read({ signal })).subarray())
  const rtt = performance.now() - start
  if (addresses.length > 0) {
    await messages.write(encode(SYNC, []), { signal })
  }
  return { addresses, rtt }
}

/**
 * Answers {@link askToMeet}. What is to be done then is due at once.
 *
 * @param own asked once the other end's addresses are known
 * @throws as it does; also where the other end goes no further
 */
export async function agreeToMeet (stream: Stream, own: () => Promise<readonly Multiaddr[]>, signal: AbortSignal): Promise<Exchanged> {
  const messages = lpStream(stream, { maxDataLength: MAX_MESSAGE })
  const addresses = decode(CONNECT, (await messages.read({ signal })).subarray())
  const ours = await own()
  await messages.write(encode(CONNECT, ours), { signal })
  if (ours.length > 0) {
    decode(SYNC, (await messages.read({ signal })).subarray())
  }
  return { addresses: ours.length > 0 ? addresses : [], rtt: 0 }
}

function encode (type: number, addresses: readonly Multiaddr[]): Uint8Array {
  return toBinary(HolePunchSchema, create(HolePunchSchema, { type, observedAddresses: addresses.map(({ bytes }) => bytes) }))
}

function decode (expected: number, bytes: Uint8Array): Multiaddr[] {
  const { type, observedAddresses } = fromBinary(HolePunchSchema, bytes)
  if (type !== expected) {
    throw new Error(`message ${String(type)} of ${DCUTR} where ${expected} is due`)
  }
  return observedAddresses.flatMap((each) => {
    try {
      return [multiaddr(each)]
    } catch {
      // A kind of address that is not known here.
      return []
    }
  })
}
