import type { PeerId } from '@libp2p/interface'
import { MAX_ANNOUNCED } from '../limits.ts'
import { Quota } from '../quota.ts'

interface Rpc { readonly subscriptions?: readonly unknown[] }

/** The part of Gossipsub's router that its package types do not show and that is steered here (17.1.1). */
interface Gossipsub {
  handleReceivedRpc: (from: PeerId, rpc: Rpc) => Promise<void>
}

/** The same of Floodsub's (11.0.28). */
interface Floodsub {
  processRpc: (streams: { readonly peerId: PeerId }, rpc: Rpc) => Promise<boolean>
}

/** Bounds what neighbors announce through Gossipsub. */
export function boundAnnouncements (router: unknown, onFlood: (peer: string) => void): void {
  const gossipsub = router as Gossipsub
  const handle = gossipsub.handleReceivedRpc.bind(gossipsub)
  const isWithin = bound(onFlood)
  gossipsub.handleReceivedRpc = async (from, rpc) => {
    if (isWithin(from, rpc)) await handle(from, rpc)
  }
}

/** Bounds what neighbors announce through Floodsub. */
export function boundAnnouncementsOnFloodsub (router: unknown, onFlood: (peer: string) => void): void {
  const floodsub = router as Floodsub
  const process = floodsub.processRpc.bind(floodsub)
  const isWithin = bound(onFlood)
  floodsub.processRpc = async (streams, rpc) => isWithin(streams.peerId, rpc) && process(streams, rpc)
}

function bound (onFlood: (peer: string) => void): (from: PeerId, rpc: Rpc) => boolean {
  const { atOnce, perSecond } = MAX_ANNOUNCED
  const quota = new Quota({ perWindow: atOnce, window: atOnce / perSecond * 1_000 })
  return (from, rpc) => {
    const peer = from.toString()
    const isWithin = quota.take(peer, rpc.subscriptions?.length ?? 0)
    if (!isWithin) onFlood(peer)
    return isWithin
  }
}
