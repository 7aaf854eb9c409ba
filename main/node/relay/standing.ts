import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import type { PeerId } from '@libp2p/interface'
import type { Components } from '../components.ts'
import { NoticeAnswerSchema, StandingSchema } from '../node_pb.ts'
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
}

/** Answers clients that ask why they got no place; gives a function that ends it. */
export async function serveStanding ({ registrar }: Components, standing: (peer: PeerId) => Standing): Promise<() => Promise<void>> {
  return serve(registrar, PROTOCOLS.standing, async (_request, { remotePeer }) => writeStanding(standing(remotePeer)))
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
  const { reason, seconds } = fromBinary(StandingSchema, bytes)
  return { reason: REFUSALS.find((one) => one === reason), seconds }
}

function writeStanding ({ reason = '', seconds }: { readonly reason: Refusal | '' | undefined, readonly seconds: number }): Uint8Array {
  return toBinary(StandingSchema, create(StandingSchema, { reason, seconds: Math.ceil(Math.max(0, seconds)) }))
}
