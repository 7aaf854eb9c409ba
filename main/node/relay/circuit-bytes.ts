import { RELAY_V2_STOP_CODEC } from '@libp2p/circuit-relay-v2'
import type { Connection, Stream } from '@libp2p/interface'

/** Counts what circuits carry, on the streams to those who are dialled. */
export class CircuitBytes {
  #total = 0

  /** Bytes since the start, both ways together. */
  get total (): number {
    return this.#total
  }

  /** A connection to somebody who is dialled, as libp2p's relay uses it: to open one stream. */
  watch (connection: Connection): Connection {
    const watched = Object.create(connection, {
      remotePeer: { get: () => connection.remotePeer },
      remoteAddr: { get: () => connection.remoteAddr },
      streams: { get: () => connection.streams }
    }) as Connection
    watched.newStream = async (protocols, options) => {
      const stream = await connection.newStream(protocols, options)
      return stream.protocol === RELAY_V2_STOP_CODEC ? this.#count(stream) : stream
    }
    return watched
  }

  #count (stream: Stream): Stream {
    stream.addEventListener('message', ({ data }) => { this.#total += data.byteLength })
    const send = stream.send.bind(stream)
    stream.send = (data) => {
      this.#total += data.byteLength
      return send(data)
    }
    return stream
  }
}
