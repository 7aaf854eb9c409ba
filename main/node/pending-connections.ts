/** Connections whose handshake has not ended, by the IP address that they come from. */
export class PendingConnections<T extends object> {
  readonly #hosts = new WeakMap<T, string>()
  readonly #counts = new Map<string, number>()

  countOf (host: string): number {
    return this.#counts.get(host) ?? 0
  }

  has (connection: T): boolean {
    return this.#hosts.has(connection)
  }

  /** Counts a connection until it is removed; whoever adds it sees to it that it is when it closes. */
  add (host: string, connection: T): void {
    this.#hosts.set(connection, host)
    this.#counts.set(host, this.countOf(host) + 1)
  }

  remove (connection: T): void {
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
