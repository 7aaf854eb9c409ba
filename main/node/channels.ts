import type { Connection, PeerId, Stream } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { lpStream, UnexpectedEOFError } from '@libp2p/utils'
import type { Components } from './components.ts'
import type { Gater } from './gater.ts'
import { PROTOCOLS, type StreamProtocol } from './protocols.ts'
import { Quota } from './quota.ts'
import type { Channel, ChannelProtocol, Channels } from './types.ts'

const MINUTE = 60_000
/** Messages of full size that may wait to be read; a stream that brings more is reset. */
const UNREAD_MESSAGES = 4

/**
 * Streams of ours that carry many messages. Size and quota are the protocol's
 * own; its deadline is each message's, so that whoever stalls is let go.
 */
export function createChannels ({ registrar, connectionManager, peerStore }: Components, gater: Gater): Channels {
  const best = (peerId: string): Connection | undefined => {
    const open = connectionManager.getConnections(peerIdFromString(peerId)).filter(({ status }) => status === 'open')
    return open.find(({ limits }) => limits === undefined) ?? open.at(-1)
  }

  return {
    serve: async (name, handler, watch) => {
      const protocol = PROTOCOLS[name]
      const quota = new Quota({ perWindow: protocol.perMinute, window: MINUTE })
      await registrar.handle(protocol.id, async (stream: Stream, connection: Connection) => {
        const channel = createChannel(protocol, stream, connection)
        try {
          if (!quota.take(channel.peerId)) throw new Error(`more than ${protocol.perMinute} channels a minute`)
          await handler(channel)
          await channel.close()
        } catch (error) {
          channel.abort(toError(error))
        }
      }, { runOnLimitedConnection: true })
      const topology = await registrar.register(protocol.id, {
        notifyOnLimitedConnection: true,
        onConnect: (peer: PeerId) => { watch?.onPeer(peer.toString()) },
        onDisconnect: (peer: PeerId) => { watch?.onGone(peer.toString()) }
      })
      // Trap: the registrar tells of peers from their next identify on, and not of those that are there.
      for (const peer of connectionManager.getConnectionsMap().keys()) {
        void peerStore.get(peer).then(({ protocols }) => {
          if (protocols.includes(protocol.id) && best(peer.toString()) !== undefined) watch?.onPeer(peer.toString())
        }, () => {
          // Identify has not told yet: the registrar will.
        })
      }
      return async () => {
        registrar.unregister(topology)
        await registrar.unhandle(protocol.id)
      }
    },

    open: async (name: ChannelProtocol, peerId) => {
      const protocol = PROTOCOLS[name]
      const connection = best(peerId)
      if (connection === undefined) throw new Error('there is no connection to this peer')
      const stream = await connection.newStream(protocol.id, { signal: AbortSignal.timeout(protocol.deadline), runOnLimitedConnection: true })
      return createChannel(protocol, stream, connection)
    },

    shutOut: (peerId) => {
      gater.shutOut(peerId)
      connectionManager.closeConnections(peerIdFromString(peerId)).catch(() => {})
    }
  }
}

function createChannel (protocol: StreamProtocol, stream: Stream, connection: Connection): Channel {
  // What is not read waits in memory, and nobody who speaks the protocol sends more than this unasked.
  const messages = lpStream(stream, { maxDataLength: protocol.maxBytes, maxBufferSize: UNREAD_MESSAGES * protocol.maxBytes })
  const signal = (): AbortSignal => AbortSignal.timeout(protocol.deadline)

  return {
    peerId: connection.remotePeer.toString(),
    limited: connection.limits !== undefined,
    get bytesLeft () {
      const bytes = connection.limits?.bytes
      return bytes === undefined ? undefined : Number(bytes)
    },
    send: async (message) => {
      if (message.byteLength > protocol.maxBytes) throw new RangeError(`a message of ${protocol.id} has at most ${protocol.maxBytes} bytes`)
      await messages.write(message, { signal: signal() })
    },
    receive: async () => {
      try {
        return (await messages.read({ signal: signal() })).subarray()
      } catch (error) {
        if (error instanceof UnexpectedEOFError && stream.status !== 'reset' && stream.status !== 'aborted') return undefined
        throw error
      }
    },
    close: async () => {
      try {
        await stream.close({ signal: signal() })
      } catch (error) {
        stream.abort(toError(error))
      }
    },
    abort: (reason) => { stream.abort(reason) }
  }
}

function toError (error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
