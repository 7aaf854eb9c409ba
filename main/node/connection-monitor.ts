import type { Connection, Libp2pEvents, Startable, TypedEventTarget } from '@libp2p/interface'
import { onWake } from './wake.ts'

/** What of a connection is used beyond its interface (libp2p 3.3, yamux 8.0). */
interface Muxed { readonly muxer?: { readonly ping: () => Promise<unknown> } }

/** Milliseconds for a ping and its answer, behind whatever else is on its way on a slow link. */
const TIMEOUT = 5_000
/** Milliseconds that a timer may be late; by more, this process itself stood still and nobody else is to blame. */
const LATE = 1_000
/** Intervals differ by so much each way, so that those who came at once are not all looked after at once. */
const SPREAD = 0.1

/** Milliseconds for each connection, in which all of them are asked after a sleep: a relay's thousands not in one turn. */
const EACH = 1

/** How often a {@link ConnectionMonitor} looks. */
export interface ConnectionMonitorOptions {
  /** Milliseconds between an answer and the next ping. */
  readonly interval: number
}

/**
 * Measures each connection's round trip, and ends a connection whose other side has fallen silent.
 *
 * It asks by a frame of the muxer. libp2p's own monitor opens a stream for each
 * ping, on all connections in the same turn: about 1 ms each, so that a relay
 * with 800 clients stood still for longer than their pings may take, and lost
 * all of them together (measured).
 */
export class ConnectionMonitor implements Startable {
  readonly #events: TypedEventTarget<Libp2pEvents>
  readonly #interval: number
  readonly #timers = new Map<Connection, NodeJS.Timeout>()
  /** Those that were asked and have not answered yet. */
  readonly #asked = new Set<Connection>()
  #unwake: () => void = () => {}

  constructor ({ events }: { readonly events: TypedEventTarget<Libp2pEvents> }, { interval }: ConnectionMonitorOptions) {
    this.#events = events
    this.#interval = interval
  }

  start (): void {
    this.#events.addEventListener('connection:open', this.#onOpen)
    this.#events.addEventListener('connection:close', this.#onClose)
    this.#unwake = onWake(() => { this.#askAll() })
  }

  stop (): void {
    this.#events.removeEventListener('connection:open', this.#onOpen)
    this.#events.removeEventListener('connection:close', this.#onClose)
    this.#unwake()
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
    this.#asked.clear()
  }

  readonly #onOpen = ({ detail: connection }: CustomEvent<Connection>): void => {
    this.#ping(connection)
  }

  readonly #onClose = ({ detail: connection }: CustomEvent<Connection>): void => {
    clearTimeout(this.#timers.get(connection))
    this.#timers.delete(connection)
    this.#asked.delete(connection)
  }

  /** Who is gone since shows at once, and not when their turn comes. */
  #askAll (): void {
    for (const connection of this.#timers.keys()) {
      if (!this.#asked.has(connection)) this.#after(connection, Math.random() * EACH * this.#timers.size, () => { this.#ping(connection) })
    }
  }

  #ping (connection: Connection): void {
    const { muxer } = connection as Connection & Muxed
    if (connection.status !== 'open' || muxer === undefined) return
    const sent = performance.now()
    this.#asked.add(connection)
    this.#await(connection)
    muxer.ping().then(() => {
      this.#asked.delete(connection)
      if (!this.#timers.has(connection)) return
      connection.rtt = performance.now() - sent
      this.#after(connection, this.#interval * (1 + SPREAD * (2 * Math.random() - 1)), () => { this.#ping(connection) })
    }, () => { /* The muxer ended; so does its connection, or the answer is missed. */ })
  }

  #await (connection: Connection): void {
    const begin = performance.now()
    this.#after(connection, TIMEOUT, () => {
      if (performance.now() - begin > TIMEOUT + LATE) this.#await(connection)
      else connection.abort(new Error('the other side does not answer any more'))
    })
  }

  #after (connection: Connection, milliseconds: number, then: () => void): void {
    clearTimeout(this.#timers.get(connection))
    this.#timers.set(connection, setTimeout(then, milliseconds).unref())
  }
}
