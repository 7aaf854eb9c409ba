import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/** Bounds of a small HTTP server that strangers may reach. */
export interface HttpBounds {
  /** Connections in all. */
  readonly all: number
  /** Connections from one IP address. */
  readonly perAddress: number
  /** Milliseconds for a whole request, for its answer, and between two requests. */
  readonly patience: number
}

interface Open {
  readonly address: string
  /** A request is being answered. */
  busy: boolean
  timer: NodeJS.Timeout
}

/**
 * Keeps a server reachable while others hold connections open: at a bound, the
 * newcomer is let in and the connection that has waited longest is closed,
 * unfinished requests before those that are being answered.
 *
 * Trap: Node's `maxConnections` turns newcomers away instead, and its own
 * deadline for headers is looked at every 30 s only.
 */
export function boundHttp (server: Server, { all, perAddress, patience }: HttpBounds): void {
  /** The one that has waited longest comes first. */
  const open = new Map<Socket, Open>()
  const deadline = (socket: Socket): NodeJS.Timeout => setTimeout(() => { socket.destroy() }, patience).unref()

  function waitAnew (socket: Socket, busy: boolean): void {
    const known = open.get(socket)
    if (known === undefined) return
    clearTimeout(known.timer)
    open.delete(socket)
    open.set(socket, { ...known, busy, timer: deadline(socket) })
  }

  function closeOldest (among: (address: string) => boolean): void {
    const candidates = [...open].filter(([, { address }]) => among(address))
    const [oldest] = candidates.find(([, { busy }]) => !busy) ?? candidates[0] ?? []
    if (oldest === undefined) return
    remove(oldest)
    oldest.destroy()
  }

  function remove (socket: Socket): void {
    clearTimeout(open.get(socket)?.timer)
    open.delete(socket)
  }

  server.on('connection', (socket) => {
    const address = addressOf(socket)
    const counts = countByAddress(open.values())
    if ((counts.get(address) ?? 0) >= perAddress) closeOldest((other) => other === address)
    else if (open.size >= all) {
      const most = Math.max(...counts.values())
      closeOldest((other) => counts.get(other) === most)
    }
    open.set(socket, { address, busy: false, timer: deadline(socket) })
    socket.once('close', () => { remove(socket) })
  })
  server.on('request', ({ socket }, response) => {
    waitAnew(socket, true)
    response.once('close', () => { waitAnew(socket, false) })
  })
}

function countByAddress (open: Iterable<Open>): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { address } of open) counts.set(address, (counts.get(address) ?? 0) + 1)
  return counts
}

/** An IPv6 network of 64 bits counts as one address: whoever has one address of it has them all. */
function addressOf ({ remoteAddress = '' }: Socket): string {
  const ip4 = /^::ffff:(?<ip4>[\d.]+)$/iu.exec(remoteAddress)?.groups?.['ip4']
  if (ip4 !== undefined) return ip4
  if (!remoteAddress.includes(':')) return remoteAddress
  const [head = '', tail] = remoteAddress.replace(/%.*$/u, '').split('::')
  const groups = (part: string): string[] => part === '' ? [] : part.split(':')
  const missing = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length
  return [...groups(head), ...Array<string>(missing).fill('0'), ...groups(tail ?? '')].slice(0, 4).map((group) => group.padStart(4, '0').toLowerCase()).join(':')
}
