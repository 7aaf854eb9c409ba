// Peers that connect, take a place, subscribe, ask, and leave; each is somebody new. Told by the parent how many.
import process from 'node:process'
import { PROTOCOLS } from '../../../main/node/protocols.ts'
import { subscribe, STREAMS } from '../../net/support/raw-peer.ts'
import { frame } from './posting.ts'
import { openStream, reserve, startRawNode } from './raw-node.ts'

/** What the parent says. */
export interface VisitOrders {
  readonly address: string
  readonly count: number
}

/** At once: more than a relay lets come in a second from one address would only wait. */
const AT_ONCE = 8
/** Addresses on loopback that they come from in turn. */
const ADDRESSES = 200

process.on('unhandledRejection', () => {})
process.on('uncaughtException', () => {})

async function visit (address: string, index: number): Promise<boolean> {
  const peer = await startRawNode(address, `127.6.0.${index % ADDRESSES + 1}`).catch(() => undefined)
  if (peer === undefined) return false
  try {
    await reserve(peer)
    const pubsub = await openStream(peer.connection, STREAMS.gossipsub)
    pubsub.send(frame(subscribe(`/natter/1/visitor-${index}`)))
    const question = await openStream(peer.connection, PROTOCOLS.hub.id)
    question.send(Uint8Array.of(0))
  } finally {
    await peer.libp2p.stop()
  }
  return true
}

process.on('message', ({ address, count }: VisitOrders) => {
  void (async () => {
    let next = 0
    let came = 0
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      // Who is refused for now comes again.
      for (let at = next++; at < count; at = next++) {
        while (!await visit(address, at).catch(() => true));
        came++
      }
    }))
    process.send?.(came)
  })()
})
process.on('disconnect', () => { process.exit(0) })
