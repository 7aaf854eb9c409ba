/** All that came from one end of a connection over plaintext and yamux, read without libp2p. */
export class PubsubBytes {
  #all = Buffer.alloc(0)

  take (bytes: Uint8Array): void {
    this.#all = Buffer.concat([this.#all, bytes])
  }

  /** Bytes on pubsub streams, what the two agree on at a stream's beginning left out. */
  count (): number {
    let bytes = 0
    for (const stream of this.#streams().values()) {
      const [header, first] = readLine(stream, 0)
      const [protocol, second] = readLine(stream, first)
      if (header === '/multistream/1.0.0\n' && (protocol.startsWith('/meshsub/') || protocol.startsWith('/floodsub/'))) bytes += stream.byteLength - second
    }
    return bytes
  }

  /** What was written to each of yamux's streams. */
  #streams (): Map<number, Buffer> {
    const streams = new Map<number, Buffer>()
    const muxer = '/yamux/1.0.0\n'
    let at = this.#all.indexOf(muxer) + muxer.length
    while (at >= muxer.length && at + 12 <= this.#all.byteLength) {
      const isData = this.#all.readUInt8(at + 1) === 0
      const id = this.#all.readUInt32BE(at + 4)
      const end = at + 12 + (isData ? this.#all.readUInt32BE(at + 8) : 0)
      if (isData) streams.set(id, Buffer.concat([streams.get(id) ?? Buffer.alloc(0), this.#all.subarray(at + 12, end)]))
      at = end
    }
    return streams
  }
}

/** A line with its length in front, which is less than 128. */
function readLine (bytes: Buffer, at: number): readonly [line: string, end: number] {
  const end = at + 1 + (bytes[at] ?? 0)
  return [bytes.subarray(at + 1, end).toString(), end]
}
