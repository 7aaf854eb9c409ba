import { noise } from '@chainsafe/libp2p-noise'
import { StreamMessageEvent, type ConnectionEncrypter, type MessageStream, type SecuredConnection } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Uint8ArrayList } from 'uint8arraylist'
import { TurnTime } from './event-turn.ts'
import type { FrameMeters } from './frame-meter.ts'
import { hostOf, isCircuit } from './addresses/kinds.ts'

type Bytes = Uint8Array | Uint8ArrayList

/** Connections tell it as streams do (@libp2p/utils 7.4.1). */
interface Pausable { readonly readStatus: 'readable' | 'paused' | 'closing' | 'closed' }

/** What an encrypted connection keeps to itself and is steered here (libp2p-noise 17). */
interface Encrypted extends MessageStream, Pausable {
  readonly decoder: {
    readonly buffer: { readonly byteLength: number }
    decode: (bytes: Bytes) => Iterable<Uint8ArrayList>
    lengthDecoder: (bytes: Bytes) => number
  }
}

/** Milliseconds for which the messages of one connection are decrypted in a turn of the event loop. */
const A_TURN = 2
/** Bytes that say how long a message is. */
const LENGTH = 2
const NOTHING = new Uint8Array(0)

/**
 * Noise that counts the messages that arrive, and decrypts those of one packet in turns.
 *
 * Symptom: empty messages, 32,000 of which fit into one packet, kept everybody else waiting (201 ms on a desktop,
 * measured).
 * Cause: an empty message is passed over in silence, below everything that could notice, and all of a packet is
 * decrypted in one go.
 * Fix: each message is counted, and after {@link A_TURN} the rest waits for the next turn, with the socket paused.
 * Scope: every connection, dialed or accepted.
 * Upstream: none filed (2026-12-01).
 * Can go when: test/net/fair-frames.test.ts passes without this.
 */
export function meteredNoise (meters: FrameMeters): (components: Parameters<ReturnType<typeof noise>>[0]) => ConnectionEncrypter {
  return (components) => {
    const encrypter: ConnectionEncrypter = noise()(components)
    const [secureInbound, secureOutbound] = [encrypter.secureInbound.bind(encrypter), encrypter.secureOutbound.bind(encrypter)]
    encrypter.secureInbound = async (connection, options) => meter(meters, connection, await secureInbound(connection, options))
    encrypter.secureOutbound = async (connection, options) => meter(meters, connection, await secureOutbound(connection, options))
    return encrypter
  }
}

function meter<S extends SecuredConnection> (meters: FrameMeters, below: MessageStream & Partial<Pausable>, secured: S): S {
  const address = 'remoteAddr' in below ? below.remoteAddr as Multiaddr : undefined
  const host = address === undefined ? undefined : hostOf(address)
  // Who comes through a relay has its address: what they do is not its fault, and one person may be many of them.
  const isRelayed = address !== undefined && isCircuit(address)
  const frames = meters.open(secured.connection, secured.remotePeer.toString(), isRelayed ? undefined : host, isRelayed ? `through ${host ?? ''}` : host)
  const encrypted = secured.connection as Encrypted
  const { decoder } = encrypted
  const { lengthDecoder } = decoder
  const decode = decoder.decode.bind(decoder)
  const time = new TurnTime(A_TURN)
  let waits = false
  const isWaiting = (): boolean => waits

  function wait (): void {
    waits = true
    below.pause()
    setImmediate(() => {
      waits = false
      if (below.status !== 'open') return
      // Noise listens here: it goes on with what it kept.
      below.dispatchEvent(new StreamMessageEvent(NOTHING))
      if (!isWaiting() && below.readStatus === 'paused' && encrypted.readStatus !== 'paused') below.resume()
    })
  }

  decoder.lengthDecoder = (bytes) => {
    // It takes this for a message that has not arrived in full, and keeps the rest.
    if (waits) throw new RangeError('the rest waits')
    if (time.isOver() && bytes.byteLength > 0) {
      wait()
      throw new RangeError('the rest waits')
    }
    const length = lengthDecoder(bytes)
    // One that has not arrived in full is asked about again.
    if (bytes.byteLength >= length + LENGTH) {
      frames.passed(length + LENGTH)
      frames.message()
    }
    return length
  }
  decoder.decode = (bytes) => {
    time.begin()
    return decode(bytes)
  }
  return secured
}
