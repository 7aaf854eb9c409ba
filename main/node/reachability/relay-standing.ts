import { create, toBinary } from '@bufbuild/protobuf'
import type { Connection, PeerId } from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'
import { NoticeAnswerSchema } from '../node_pb.ts'
import { PROTOCOLS } from '../protocols.ts'
import { readStanding, writeStandingRequest, type Standing } from '../relay/standing.ts'
import { ask, serve } from '../streams.ts'

/** Asks a relay why it gave us no place, or no circuit to a peer; undefined where it does not say. */
export async function askStanding (connection: Connection, circuitTo?: PeerId): Promise<Standing | undefined> {
  try {
    return readStanding(await ask(connection, PROTOCOLS.standing, writeStandingRequest(circuitTo)))
  } catch {
    // A relay of other libp2p programs, or one that has gone meanwhile.
    return undefined
  }
}

/**
 * Hears from relays that we cannot stay.
 *
 * @param onNotice answers whether we move elsewhere
 */
export async function serveNotices (registrar: Registrar, onNotice: (relay: string, standing: Standing) => boolean): Promise<void> {
  await serve(registrar, PROTOCOLS.notice, async (request, { remotePeer }) =>
    toBinary(NoticeAnswerSchema, create(NoticeAnswerSchema, { moves: onNotice(remotePeer.toString(), readStanding(request)) })))
}
