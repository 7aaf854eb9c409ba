import type { Connection, Stream } from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'
import { lpStream } from '@libp2p/utils'
import type { StreamProtocol } from './protocols.ts'
import { Quota } from './quota.ts'

const EMPTY = new Uint8Array(0)
const MINUTE = 60_000

/**
 * Serves one of our protocols: a request of one message, an answer of one
 * message. Deadline, size and quota are the protocol's own; whoever breaks
 * them has the stream reset, nothing more.
 *
 * @param answer gives the answer, or undefined for none; a throw resets the stream
 * @returns a function that ends the service
 */
export async function serve (
  registrar: Registrar,
  protocol: StreamProtocol,
  answer: (request: Uint8Array, connection: Connection, signal: AbortSignal) => Promise<Uint8Array | undefined>
): Promise<() => Promise<void>> {
  const quota = new Quota({ perWindow: protocol.perMinute, window: MINUTE })
  await registrar.handle(protocol.id, async (stream: Stream, connection: Connection) => {
    try {
      if (!quota.take(connection.remotePeer.toString())) {
        throw new Error(`more than ${protocol.perMinute} requests a minute`)
      }
      const signal = AbortSignal.timeout(protocol.deadline)
      const messages = lpStream(stream, { maxDataLength: protocol.maxBytes })
      const request = await messages.read({ signal })
      await messages.write(await answer(request.subarray(), connection, signal) ?? EMPTY, { signal })
      await stream.close({ signal })
    } catch (error) {
      stream.abort(error instanceof Error ? error : new Error(String(error)))
    }
  }, { runOnLimitedConnection: true })
  return async () => registrar.unhandle(protocol.id)
}

/**
 * Sends one request over a connection and waits for the answer.
 *
 * @throws what the network says: no such protocol, deadline passed, stream reset
 */
export async function ask (connection: Connection, protocol: StreamProtocol, request: Uint8Array): Promise<Uint8Array> {
  const signal = AbortSignal.timeout(protocol.deadline)
  const stream = await connection.newStream(protocol.id, { signal, runOnLimitedConnection: true })
  try {
    const messages = lpStream(stream, { maxDataLength: protocol.maxBytes })
    await messages.write(request, { signal })
    const answer = await messages.read({ signal })
    await stream.close({ signal })
    return answer.subarray()
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error(String(error)))
    throw error
  }
}
