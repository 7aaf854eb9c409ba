import { RELAY_V2_HOP_CODEC } from '@libp2p/circuit-relay-v2'
import type { Connection, StreamMiddleware } from '@libp2p/interface'
import type { Components } from '../components.ts'
import { KAD_PROTOCOL, PROTOCOLS } from '../protocols.ts'

/**
 * What is spoken with somebody who is not served: who one is, that one is there,
 * why one is refused, and what relays of a community find each other by. The
 * relay itself refuses places and circuits, with a word.
 */
const SPOKEN: ReadonlySet<string> = new Set([
  '/ipfs/id/1.0.0', '/ipfs/id/push/1.0.0', '/ipfs/ping/1.0.0',
  RELAY_V2_HOP_CODEC, PROTOCOLS.standing.id, PROTOCOLS.notice.id, KAD_PROTOCOL
])

/**
 * Lets nobody who is not served have a stream of any other protocol, either way:
 * no topics, no members, no history. In force from the connection's first stream on.
 *
 * @param isServed asked about each stream that is opened
 */
export function barStrangers ({ registrar }: Components, isServed: (connection: Connection) => boolean): void {
  const middleware = registrar.getMiddleware.bind(registrar)
  const barrier: StreamMiddleware = (stream, connection, next) => {
    if (!isServed(connection)) {
      throw new Error(`${stream.protocol} is for people whom this relay serves`)
    }
    next(stream, connection)
  }
  registrar.getMiddleware = (protocol) => SPOKEN.has(protocol) ? middleware(protocol) : [barrier, ...middleware(protocol)]
}
