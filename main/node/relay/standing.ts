import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import type { PeerId } from '@libp2p/interface'
import { peerIdFromMultihash } from '@libp2p/peer-id'
import * as Digest from 'multiformats/hashes/digest'
import type { Components } from '../components.ts'
import { NoticeAnswerSchema, StandingRequestSchema, StandingSchema } from '../node_pb.ts'
import { PROTOCOLS } from '../protocols.ts'
import { ask, serve } from '../streams.ts'
import { directConnections } from './addresses.ts'
import { REFUSALS, type Refusal } from './refusals.ts'

/** What a relay says to a client about its place. */
export interface Standing {
  /** Undefined: nothing is in the way, or a newer relay has a word that we do not know. */
  readonly reason: Refusal | undefined
  /** For `draining`: seconds until the relay closes at the latest. */
  readonly seconds: number
  /** Why the circuit that was asked about was refused. */
  readonly circuit?: Refusal | undefined
  /** What the relay's clock said when it answered, in milliseconds since the Unix epoch; undefined: an older relay, which does not say. */
  readonly time?: number
}

/** A clock beyond this, the end of the year 9999, is no clock: such a number is left out. */
const LAST_TIME = 253_402_300_799_999n

/**
 * Answers clients that ask why they got no place or no circuit; gives a function that ends it.
 *
 * @param standing `circuitTo` is the peer to whom a circuit was refused, where the client asks about one
 */
export async function serveStanding ({ registrar }: Components, standing: (peer: PeerId, circuitTo: string | undefined) => Standing): Promise<() => Promise<void>> {
  return serve(registrar, PROTOCOLS.standing, async (request, { remotePeer }) => {
    const { circuitTo } = fromBinary(StandingRequestSchema, request)
    return writeStanding(standing(remotePeer, circuitTo.byteLength === 0 ? undefined : peerIdFromMultihash(Digest.decode(circuitTo)).toString()))
  })
}

/** What a client asks: about a place alone, or about the circuit to a peer too. */
export function writeStandingRequest (circuitTo?: PeerId): Uint8Array {
  return toBinary(StandingRequestSchema, create(StandingRequestSchema, circuitTo === undefined ? {} : { circuitTo: circuitTo.toMultihash().bytes }))
}

/**
 * Tells a connected client that it cannot stay.
 *
 * @returns whether it moves elsewhere; false also where it does not answer
 */
export async function tell ({ connectionManager }: Components, peer: PeerId, standing: Standing): Promise<boolean> {
  const [connection] = directConnections(connectionManager.getConnections(peer))
  if (connection === undefined) {
    return false
  }
  try {
    return fromBinary(NoticeAnswerSchema, await ask(connection, PROTOCOLS.notice, writeStanding(standing))).moves
  } catch {
    // No client of ours, or one that has gone: there is nobody to wait for.
    return false
  }
}

/** @throws if the bytes are no message of ours */
export function readStanding (bytes: Uint8Array): Standing {
  const { reason, seconds, circuit, time } = fromBinary(StandingSchema, bytes)
  return { reason: known(reason), seconds, circuit: known(circuit), ...(time === 0n || time > LAST_TIME ? {} : { time: Number(time) }) }
}

function writeStanding ({ reason, seconds, circuit }: Standing): Uint8Array {
  return toBinary(StandingSchema, create(StandingSchema, { reason: reason ?? '', seconds: Math.ceil(Math.max(0, seconds)), circuit: circuit ?? '', time: BigInt(Date.now()) }))
}

function known (word: string): Refusal | undefined {
  return REFUSALS.find((one) => one === word)
}
