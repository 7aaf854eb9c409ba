import type { MultiaddrConnection } from '@libp2p/interface'

/** Connections whose handshake has not ended, by the IP address that they come from. */
export class PendingConnections {
  readonly #hosts = new WeakMap<MultiaddrConnection, string>()
  readonly #counts = new Map<string, number>()

  countOf (host: string): number {
    return this.#counts.get(host) ?? 0
  }

  /** Counts a connection until it is removed, or closes: one whose handshake fails is closed. */
  add (host: string, connection: MultiaddrConnection): void {
    this.#hosts.set(connection, host)
    this.#counts.set(host, this.countOf(host) + 1)
    connection.addEventListener('close', () => { this.remove(connection) }, { once: true })
  }

  remove (connection: MultiaddrConnection): void {
    const host = this.#hosts.get(connection)
    if (host === undefined) {
      return
    }
    this.#hosts.delete(connection)
    const left = this.countOf(host) - 1
    if (left > 0) {
      this.#counts.set(host, left)
    } else {
      this.#counts.delete(host)
    }
  }
}
