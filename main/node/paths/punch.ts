import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Connection, MultiaddrConnection, PeerId, Transport, Upgrader } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { getNetConfig } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Components } from '../components.ts'
import { openSocket } from '../transports/sockets.ts'
import { corked } from '../transports/tcp.ts'

/** Milliseconds before an address that refused is tried again; doubled each time. A firewall that answers by a reset lets in who comes a moment later. */
const AGAIN = { first: 25, last: 400 } as const
/** What a firewall, or the other end before it has begun, answers; all else is final. */
const PASSING = new Set(['ECONNREFUSED', 'ECONNRESET', 'EADDRNOTAVAIL', 'EADDRINUSE'])

/** Which part we play on a connection that both ends opened; the specification gives it: who dialled the circuit is `client`. */
export type Part = 'client' | 'server'

/** Somewhere to meet the other end. */
export interface MeetingPlace {
  /** An IP address and a TCP port. */
  readonly address: Multiaddr
  /** The port to leave by, so that the other end finds us where we said. @default the system chooses */
  readonly localPort?: number
}

/** Somebody answered a call, and no connection came of it. */
export class BrokenCall extends Error {
  override readonly name = 'BrokenCall'
}

/**
 * Meets the other end: both dial at the same moment, so that each firewall takes
 * what comes in for an answer. Answers the first connection that stands.
 *
 * @throws {AggregateError} with what was in the way at each place
 */
export async function meetAt (components: Components, peer: PeerId, places: readonly MeetingPlace[], part: Part, signal: AbortSignal): Promise<Connection> {
  const met = new AbortController()
  const any = AbortSignal.any([signal, met.signal])
  try {
    return await Promise.any(places.map(async (place) => {
      const socket = await reach(place, any)
      return upgrade(components, socket, place.address.encapsulate(`/p2p/${peer.toString()}`), part, signal).catch((cause: unknown) => { throw new BrokenCall('no connection came of it', { cause }) })
    }))
  } finally {
    // A socket that connected goes on: the other end may have settled on it.
    met.abort()
  }
}

async function reach ({ address, localPort }: MeetingPlace, signal: AbortSignal): Promise<Socket> {
  const { host, port } = getNetConfig(address)
  if (port === undefined) {
    throw new TypeError('the address names no port')
  }
  for (let wait: number = AGAIN.first; ; wait = Math.min(AGAIN.last, wait * 2)) {
    try {
      return await openSocket({ host, port, ...(localPort === undefined ? {} : { localPort }) }, signal)
    } catch (error) {
      if (signal.aborted || !(error instanceof Error && 'code' in error && PASSING.has(String(error.code)))) {
        throw error
      }
      // Where the time is over, what was answered last says more than that.
      await delay(wait, undefined, { signal }).catch(() => { throw error })
    }
  }
}

/**
 * Makes a connection of a socket. Trap: on one that both ends opened libp2p
 * takes both for the client: its dial queue drops `initiator`, and the muxer
 * goes by who opened the socket.
 */
async function upgrade (components: Components, socket: Socket, address: Multiaddr, part: Part, signal: AbortSignal): Promise<Connection> {
  const transport = tcp()(components) as Transport & { _connect: () => Promise<Socket> }
  transport._connect = async () => Promise.resolve(corked(socket))
  return transport.dial(address, { signal, upgrader: part === 'server' ? asServer(components.upgrader) : components.upgrader })
}

function asServer (upgrader: Upgrader): Upgrader {
  const upgradeOutbound: Upgrader['upgradeOutbound'] = async (connection: MultiaddrConnection, options: object) => {
    connection.direction = 'inbound'
    return upgrader.upgradeOutbound(connection, { ...options as { readonly signal: AbortSignal }, initiator: false })
  }
  return Object.assign(Object.create(upgrader) as Upgrader, { upgradeOutbound })
}
