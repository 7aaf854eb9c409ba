/** Gathers numbers and bytes one after the other. */
export class ByteWriter {
  readonly #out: number[] = []

  byte (value: number): void {
    this.#out.push(value)
  }

  /** A safe integer ≥ 0, seven bits a byte, lowest first. */
  varint (value: number): void {
    let rest = value
    while (rest >= 0x80) {
      this.#out.push(rest % 0x80 | 0x80)
      rest = Math.floor(rest / 0x80)
    }
    this.#out.push(rest)
  }

  /** Characters that stand for one byte each. */
  characters (text: string): void {
    for (let at = 0; at < text.length; at++) this.#out.push(text.charCodeAt(at))
  }

  /** Hexadecimal digits, two a byte, the last one filled up with 0. */
  digits (digits: string): void {
    for (let at = 0; at < digits.length; at += 2) {
      this.#out.push(Number.parseInt(digits.slice(at, at + 2).padEnd(2, '0'), 16))
    }
  }

  finish (): Uint8Array {
    return Uint8Array.from(this.#out)
  }
}

/** Reads what {@link ByteWriter} wrote. Every method throws a RangeError where the bytes are none of its kind. */
export class ByteReader {
  readonly #bytes: Buffer
  #at = 0

  constructor (bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get isAtEnd (): boolean {
    return this.#at === this.#bytes.byteLength
  }

  byte (): number {
    const value = this.#bytes[this.#at++]
    if (value === undefined) throw new RangeError('bytes end too early')
    return value
  }

  varint (): number {
    let value = 0
    for (let scale = 1; scale <= 2 ** 49; scale *= 0x80) {
      const byte = this.byte()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) {
        if (!Number.isSafeInteger(value)) break
        return value
      }
    }
    throw new RangeError('a number is too great')
  }

  characters (count: number): string {
    return this.#take(count).toString('latin1')
  }

  digits (count: number): string {
    const hex = this.#take(Math.ceil(count / 2)).toString('hex')
    if (count % 2 === 1 && hex.at(-1) !== '0') throw new RangeError('digits are not filled up with 0')
    return hex.slice(0, count)
  }

  #take (count: number): Buffer {
    const end = this.#at + count
    if (end > this.#bytes.byteLength) throw new RangeError('bytes end too early')
    const part = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return part
  }
}

/** Packs yes and no, lowest bit first. */
export function packBits (bits: readonly boolean[]): Uint8Array {
  const out = new Uint8Array(Math.ceil(bits.length / 8))
  bits.forEach((bit, at) => {
    if (bit) out[at >> 3] = (out[at >> 3] ?? 0) | 1 << (at & 7)
  })
  return out
}

/** Reads so many bits. @throws {RangeError} where there are fewer or more */
export function unpackBits (bytes: Uint8Array, count: number): boolean[] {
  if (bytes.byteLength !== Math.ceil(count / 8)) throw new RangeError('not that many bits')
  return Array.from({ length: count }, (_, at) => ((bytes[at >> 3] ?? 0) >> (at & 7) & 1) === 1)
}
