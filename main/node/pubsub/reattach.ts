import type { Connection, IdentifyResult, Libp2pEvents, PeerId, Stream, TypedEventTarget } from '@libp2p/interface'
import { monotonicNow } from '../clock.ts'
import { openedAt } from '../connection-age.ts'
import { isCircuit } from '../addresses/kinds.ts'
import { hasOutboundPubsub, isPubsubProtocol, outboundPubsub, resetDeaf } from './router.ts'

/** What {@link Reattach} needs of libp2p. */
export interface ReattachComponents {
  readonly events: TypedEventTarget<Libp2pEvents>
  readonly connectionManager: { getConnections: (peer?: PeerId) => Connection[] }
}

/** Runs identify on a connection: routers learn of peers from its result alone. */
export type Identify = (connection: Connection) => Promise<unknown>

/** Milliseconds after which streams of a closed connection are gone on both sides (measured: 50 was enough 9 of 9 times). */
const AFTER_CLOSE = 50
/** Milliseconds in which both ends know a new connection, and each other over it. */
const HAND_OVER = 150
/** Milliseconds in which the other end has read what a stream carried that was closed, and closes its half; one of ours does in a round trip. */
const READ_WITHIN = 500
/** Milliseconds after which the identify of a new connection has ended, one way or the other: libp2p gives it 5 s. */
const FIRST_IDENTIFY = 6_000
/** Milliseconds between two looks for peers that lost their stream. */
const INTERVAL = 2_000

/**
 * Trap: both routers stay silent after the connection that carried their
 * streams is replaced by another to the same peer (a renewed circuit, an
 * upgrade), and a slow peer whose stream was reset stays out. Routers learn of
 * peers from identify alone, so this identifies them again. While a circuit
 * still stands beside its successor, streams change over in order: what is
 * posted while a connection closes counts as sent and is lost.
 */
export class Reattach {
  readonly #components: ReattachComponents
  readonly #identify: Identify
  /** Whether a peer speaks pubsub, from what identify told. */
  readonly #speaks = new Map<string, boolean>()
  /** Connections that are being identified, and whether that was asked for once more: on a busy machine it takes longer than the next look. */
  readonly #asked = new WeakMap<Connection, boolean>()
  /** Connections to which streams are changing over. */
  readonly #takingOver = new WeakSet<Connection>()
  #timer: NodeJS.Timeout | undefined

  constructor (components: ReattachComponents, identify: Identify) {
    this.#components = components
    this.#identify = identify
  }

  start (): void {
    this.#components.events.addEventListener('connection:open', this.#onOpen)
    this.#components.events.addEventListener('connection:close', this.#onClose)
    this.#components.events.addEventListener('peer:identify', this.#onIdentify)
    this.#components.events.addEventListener('peer:disconnect', this.#onDisconnect)
    this.#timer = setInterval(() => { this.#look() }, INTERVAL)
    this.#timer.unref()
  }

  stop (): void {
    this.#components.events.removeEventListener('connection:open', this.#onOpen)
    this.#components.events.removeEventListener('connection:close', this.#onClose)
    this.#components.events.removeEventListener('peer:identify', this.#onIdentify)
    this.#components.events.removeEventListener('peer:disconnect', this.#onDisconnect)
    clearInterval(this.#timer)
  }

  /** Identifies every open connection anew, one a peer. */
  async all (): Promise<void> {
    const perPeer = new Map(this.#open().map((connection) => [connection.remotePeer.toString(), connection]))
    await Promise.all([...perPeer.values()].map(async (connection) => this.#again(connection)))
  }

  /** Resets our streams to a peer, and opens one again. */
  beginAnew (peer: PeerId): void {
    const open = this.#open(peer)
    for (const stream of open.flatMap(outboundPubsub)) stream.abort(new Error('the peer is to begin anew'))
    const newest = open.at(-1)
    if (newest !== undefined) void this.#again(newest)
  }

  readonly #onOpen = (event: CustomEvent<Connection>): void => {
    setTimeout(() => { void this.#handOver(event.detail) }, HAND_OVER).unref()
  }

  async #handOver (fresh: Connection): Promise<void> {
    const streams = this.#open(fresh.remotePeer).filter((connection) => givesWay(connection, fresh)).flatMap(outboundPubsub)
    if (streams.length === 0 || fresh.status !== 'open' || hasOutboundPubsub(fresh) || this.#takingOver.has(fresh)) {
      return
    }
    this.#takingOver.add(fresh)
    try {
      await Promise.all(streams.map(closeInOrder))
      await this.#again(fresh)
    } finally {
      this.#takingOver.delete(fresh)
    }
  }

  readonly #onClose = (event: CustomEvent<Connection>): void => {
    const peer = event.detail.remotePeer
    setTimeout(() => {
      // The newest: another may be about to close.
      const rest = this.#open(peer).at(-1)
      if (rest !== undefined) {
        void this.#again(rest)
      }
    }, AFTER_CLOSE).unref()
  }

  readonly #onIdentify = (event: CustomEvent<IdentifyResult>): void => {
    this.#speaks.set(event.detail.peerId.toString(), event.detail.protocols.some(isPubsubProtocol))
  }

  readonly #onDisconnect = (event: CustomEvent<PeerId>): void => {
    this.#speaks.delete(event.detail.toString())
  }

  #look (): void {
    const attached = new Set<string>()
    const candidates = new Map<string, Connection>()
    for (const connection of this.#open()) {
      const peer = connection.remotePeer.toString()
      // Trap: a first identify that fails (5 s on a busy machine) is never repeated.
      if (!(this.#speaks.get(peer) ?? openedAt(connection) < monotonicNow() - FIRST_IDENTIFY)) {
        continue
      }
      const other = candidates.get(peer)
      if (other === undefined || !givesWay(connection, other)) {
        candidates.set(peer, connection)
      }
      if (hasOutboundPubsub(connection)) {
        attached.add(peer)
      }
    }
    for (const [peer, connection] of candidates) {
      if (!attached.has(peer)) {
        void this.#again(connection)
      } else if (openedAt(connection) < monotonicNow() - HAND_OVER) {
        // Where a stream came onto the circuit only after the other connection stood.
        void this.#handOver(connection)
      }
    }
  }

  #open (peer?: PeerId): Connection[] {
    return this.#components.connectionManager.getConnections(peer).filter((connection) => connection.status === 'open')
  }

  async #again (connection: Connection): Promise<void> {
    resetDeaf(connection)
    if (this.#asked.has(connection)) {
      // What is under way may be told before our stream is gone, and opens no other then.
      this.#asked.set(connection, true)
      return
    }
    do {
      this.#asked.set(connection, false)
      // It closed meanwhile, or answers too late: the next look tries again.
      await this.#identify(connection).catch(() => undefined)
    } while (this.#asked.get(connection) === true && connection.status === 'open')
    this.#asked.delete(connection)
  }
}

/** Whether what a circuit carries is to change over: to a direct connection, or to a newer circuit. */
function givesWay (old: Connection, fresh: Connection): boolean {
  return old !== fresh && isCircuit(old.remoteAddr) && (!isCircuit(fresh.remoteAddr) || openedAt(old) <= openedAt(fresh))
}

/** Closes a stream; ends when the other end has read all of it and closed its own half, or does not in time. */
async function closeInOrder (stream: Stream): Promise<void> {
  const signal = AbortSignal.timeout(READ_WITHIN)
  const ended = new Promise<void>((resolve) => {
    stream.addEventListener('close', () => { resolve() }, { once: true })
    signal.addEventListener('abort', () => { resolve() }, { once: true })
  })
  await stream.close({ signal }).catch(() => {})
  if (stream.status === 'open') {
    await ended
    stream.abort(new Error('another connection carries it'))
  }
}
