import { create, fromBinary, toBinary, type MessageInitShape } from '@bufbuild/protobuf'
import { broken } from './errors.ts'
import { AnswerSchema, RequestSchema, type Answer, type Request } from './history_pb.ts'

type RequestInit = NonNullable<MessageInitShape<typeof RequestSchema>['body']>
type AnswerInit = NonNullable<MessageInitShape<typeof AnswerSchema>['body']>

/** What one side asks, by its name. */
export type RequestBody = Exclude<Request['body'], { case: undefined }>
/** What the other side answers, by its name. */
export type AnswerBody = Exclude<Answer['body'], { case: undefined }>

/** Writes a request. */
export function encodeRequest (body: RequestInit): Uint8Array {
  return toBinary(RequestSchema, create(RequestSchema, { body }))
}

/** Writes an answer. */
export function encodeAnswer (body: AnswerInit): Uint8Array {
  return toBinary(AnswerSchema, create(AnswerSchema, { body }))
}

/** @throws {HistoryError} `ERR_BROKEN_RULES` */
export function decodeRequest (bytes: Uint8Array): RequestBody {
  const { body } = read(() => fromBinary(RequestSchema, bytes))
  if (body.case === undefined) throw broken('sent a request that says nothing')
  return body
}

/** @throws {HistoryError} `ERR_BROKEN_RULES` */
export function decodeAnswer (bytes: Uint8Array): AnswerBody {
  const { body } = read(() => fromBinary(AnswerSchema, bytes))
  if (body.case === undefined) throw broken('sent an answer that says nothing')
  return body
}

/** Runs a reader of what a peer sent. @throws {HistoryError} `ERR_BROKEN_RULES` for whatever it throws */
export function read<T> (reader: () => T): T {
  try {
    return reader()
  } catch (cause) {
    throw broken('sent what cannot be read', cause)
  }
}

/** Bytes as characters, and back: 8-byte short ids and fingerprints are kept as strings. */
export function toBytes (characters: string): Uint8Array {
  return Buffer.from(characters, 'latin1')
}

export function toCharacters (bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

/** Cuts bytes into pieces of one size. @throws {HistoryError} `ERR_BROKEN_RULES` where they do not come out even, or are more than `most` */
export function cut (bytes: Uint8Array, size: number, most: number): Uint8Array[] {
  const count = bytes.byteLength / size
  if (!Number.isInteger(count) || count > most) throw broken('sent a list of a wrong length')
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * size, (at + 1) * size))
}
