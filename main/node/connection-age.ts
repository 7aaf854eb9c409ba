import type { Connection, Libp2pEvents, TypedEventTarget } from '@libp2p/interface'
import { monotonicNow } from './clock.ts'

const opened = new WeakMap<Connection, number>()

/**
 * Notes from now on when connections open.
 *
 * Trap: libp2p's own `timeline.open` is the wall clock's. After that is set back by three hours, every
 * connection looks new for three hours.
 */
export function noteOpenings (events: TypedEventTarget<Libp2pEvents>): void {
  events.addEventListener('connection:open', (event) => { openedAt(event.detail) })
}

/** When a connection opened, by `monotonicNow`; of one that was never noted, when it was first asked about. */
export function openedAt (connection: Connection): number {
  const at = opened.get(connection) ?? monotonicNow()
  opened.set(connection, at)
  return at
}
