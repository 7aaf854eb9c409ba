import fc from 'fast-check'

/** One change to some bytes; places and lengths are taken modulo what is there. */
interface Change {
  readonly kind: 'flip' | 'set' | 'insert' | 'remove' | 'repeat' | 'swap' | 'graft' | 'number'
  readonly at: number
  readonly to: number
  readonly length: number
  readonly value: number
}

/** Bytes on which readers stumble: lengths beyond what follows, ends of varints, signs, what closes and opens in texts. */
const TELLING = [0x00, 0x01, 0x7f, 0x80, 0xff, 0x0a, 0x0d, 0x20, 0x22, 0x25, 0x2f, 0x5c, 0x7b, 0x7d]
/** Numbers as varints of protobuf: nothing, one byte, 2^31 - 1, 2^32, 2^53, 2^64 - 1, and one that does not end. */
const VARINTS = [[0], [0x7f], [0xff, 0xff, 0xff, 0xff, 0x07], [0x80, 0x80, 0x80, 0x80, 0x10], [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10], [...Array<number>(9).fill(0xff), 0x01], Array<number>(12).fill(0xff)]
const MOST_CHANGES = 6
/** Bytes beyond which nothing is made longer. */
const MOST_BYTES = 65_536

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom('flip', 'set', 'insert', 'remove', 'repeat', 'swap', 'graft', 'number'),
  at: fc.nat(),
  to: fc.nat(),
  length: fc.oneof(fc.nat(4), fc.nat(64), fc.nat(4_096)),
  value: fc.oneof(fc.nat(255), fc.constantFrom(...TELLING))
})

/** Bytes that nearly are one of these. @param seeds at least one */
export function nearly (seeds: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  return fc.tuple(fc.nat(seeds.length - 1), fc.nat(seeds.length - 1), fc.array(change, { minLength: 1, maxLength: MOST_CHANGES })).map(([first, second, changes]) => {
    const other = Buffer.from(seeds[second] ?? [])
    return new Uint8Array(changes.reduce<Buffer>((bytes, each) => apply(bytes, each, other), Buffer.from(seeds[first] ?? [])))
  })
}

/** Texts that nearly are one of these, character by character: UTF-16 units, halves of pairs included. */
export function nearlyText (seeds: readonly string[]): fc.Arbitrary<string> {
  return nearly(seeds.map((seed) => Buffer.from(seed, 'utf16le'))).map((bytes) => Buffer.from(bytes).toString('utf16le'))
}

function apply (bytes: Buffer, { kind, at, to, length, value }: Change, other: Buffer): Buffer {
  const place = bytes.length === 0 ? 0 : at % bytes.length
  const target = bytes.length === 0 ? 0 : to % bytes.length
  const end = Math.min(bytes.length, place + length)
  switch (kind) {
    case 'flip': return put(bytes, place, (bytes[place] ?? 0) ^ 1 << value % 8)
    case 'set': return put(bytes, place, value)
    case 'remove': return Buffer.concat([bytes.subarray(0, place), bytes.subarray(end)])
    case 'swap': return put(put(bytes, place, bytes[target] ?? 0), target, bytes[place] ?? 0)
    case 'number': return Buffer.concat([bytes.subarray(0, place), Buffer.from(VARINTS[value % VARINTS.length] ?? []), bytes.subarray(place + 1)])
    case 'insert': return longer(bytes, target, Buffer.alloc(Math.min(length, 64), value))
    case 'repeat': return longer(bytes, target, bytes.subarray(place, end))
    case 'graft': return longer(bytes.subarray(0, place), place, other.subarray(other.length === 0 ? 0 : to % other.length))
  }
}

function put (bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes)
  if (at < copy.length) copy[at] = value
  return copy
}

function longer (bytes: Buffer, at: number, more: Buffer): Buffer {
  return bytes.length + more.length > MOST_BYTES ? bytes : Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)])
}
