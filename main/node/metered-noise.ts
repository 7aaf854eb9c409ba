import { noise } from '@chainsafe/libp2p-noise'
import type { ConnectionEncrypter, MessageStream } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'
import type { FrameMeters } from './frame-meter.ts'
import { hostOf } from './gater.ts'

/** What an encrypted connection keeps to itself and is steered here (libp2p-noise 17). */
interface Encrypted {
  readonly decoder: {
    decode: (bytes: Uint8Array | Uint8ArrayList) => Iterable<Uint8ArrayList>
    lengthDecoder: (bytes: Uint8Array | Uint8ArrayList) => number
  }
}

/**
 * Noise that counts the messages which come in.
 *
 * Trap: an empty one is passed over in silence, below everything that could
 * notice, and 32,000 of them fit into one packet.
 */
export function meteredNoise (meters: FrameMeters): (components: Parameters<ReturnType<typeof noise>>[0]) => ConnectionEncrypter {
  return (components) => {
    const encrypter: ConnectionEncrypter = noise()(components)
    const secureInbound = encrypter.secureInbound.bind(encrypter)
    encrypter.secureInbound = async (connection, options) => {
      const secured = await secureInbound(connection, options)
      const meter = meters.open(secured.connection, secured.remotePeer.toString(), 'remoteAddr' in connection ? hostOf(connection.remoteAddr as Parameters<typeof hostOf>[0]) : undefined)
      const { decoder } = secured.connection as MessageStream & Encrypted
      const { lengthDecoder } = decoder
      const decode = decoder.decode.bind(decoder)
      decoder.lengthDecoder = (bytes) => {
        const length = lengthDecoder(bytes)
        meter.message()
        return length
      }
      decoder.decode = (bytes) => {
        meter.passed(bytes.byteLength)
        return decode(bytes)
      }
      return secured
    }
    return encrypter
  }
}
