import type { Connection, PeerId } from '@libp2p/interface'

/** The part of Gossipsub's router that its package types do not show and that is overridden here (17.1.1). */
interface Opener {
  createOutboundStream: (peer: PeerId, connection: Connection) => Promise<void>
  graftOnSubscribe: (peer: string, topic: string) => boolean
  sendGraft: (peer: string, topics: readonly string[]) => void
  readonly mesh: ReadonlyMap<string, unknown>
  readonly topics: ReadonlyMap<string, ReadonlySet<string>>
}

/**
 * Trap: a router opens its streams one after the other. Whoever does not answer
 * keeps everybody behind them waiting for 10 s, and Floodsub's, who are asked
 * for four protocols in turn, came in so slowly that of 600 on a hub 160 were
 * served (measured). Here the streams to one peer wait for each other, and for
 * nobody else's.
 *
 * @param onOpen told of a peer to whom a stream was opened, or could not be
 */
export function openSideBySide (router: unknown, onOpen: (peer: string) => void = () => {}): void {
  const opener = router as Opener
  const open = opener.createOutboundStream.bind(opener)
  const underWay = new Map<string, Connection | undefined>()
  const openAll = async (peer: PeerId, first: Connection): Promise<void> => {
    const key = peer.toString()
    for (let connection: Connection | undefined = first; connection !== undefined; connection = underWay.get(key)) {
      underWay.set(key, undefined)
      await open(peer, connection)
    }
    underWay.delete(key)
    onOpen(key)
    graftIfSubscribed(opener, key)
  }
  opener.createOutboundStream = async (peer, connection) => {
    // The newest of those that came meanwhile is tried where the first did not open.
    if (underWay.has(peer.toString())) underWay.set(peer.toString(), connection)
    else void openAll(peer, connection)
  }
}

/**
 * Trap: who subscribed before there was a stream to answer on comes into the mesh
 * a heartbeat later, and never gets what was posted meanwhile: gossip goes
 * to those outside the mesh. One of 870 posts was lost so.
 */
function graftIfSubscribed (router: Opener, peer: string): void {
  const grafted = [...router.mesh.keys()].filter((topic) => router.topics.get(topic)?.has(peer) === true && router.graftOnSubscribe(peer, topic))
  if (grafted.length > 0) router.sendGraft(peer, grafted)
}
