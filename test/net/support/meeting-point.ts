import { createServer, type AddressInfo, type Socket } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'
import type { MeetingPlace } from '../../../main/node/paths/punch.ts'
import type { TestNet } from './test-net.ts'

/** Two networks that let two dials become one connection. */
export interface MeetingPoint {
  /** Where each end is met by the other. */
  readonly places: readonly [MeetingPlace, MeetingPlace]
  /** Connections that came in, at each place. */
  readonly came: [number, number]
}

/**
 * Joins a connection that one end opens with one that the other opens: to both
 * it looks like TCP's simultaneous open, which loopback is too quick for.
 */
export async function meetingPoint (net: TestNet): Promise<MeetingPoint> {
  const waiting: [Socket[], Socket[]] = [[], []]
  const came: [number, number] = [0, 0]
  const listen = async (at: 0 | 1): Promise<MeetingPlace> => {
    const server = createServer((socket) => {
      came[at]++
      socket.on('error', () => {})
      net.atEnd(() => socket.destroy())
      const other = waiting[at === 0 ? 1 : 0].shift()
      if (other === undefined) {
        waiting[at].push(socket)
        return
      }
      socket.pipe(other).pipe(socket)
    })
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
    net.atEnd(() => server.close())
    return { address: multiaddr(`/ip4/127.0.0.1/tcp/${(server.address() as AddressInfo).port}`) }
  }
  return { places: [await listen(0), await listen(1)], came }
}
