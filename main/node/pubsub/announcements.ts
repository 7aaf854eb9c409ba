import type { PeerId } from '@libp2p/interface'
import { MAX_ANNOUNCED } from '../limits.ts'
import { Quota } from '../quota.ts'

/** The part of Gossipsub's router that its package types do not show and that is steered here (17.1.1). */
interface Announcer {
  handleReceivedRpc: (from: PeerId, rpc: { readonly subscriptions?: readonly unknown[] }) => Promise<void>
}

/** Bounds what neighbours of a hub announce to it. */
export function boundAnnouncements (router: unknown, onFlood: (peer: string) => void): void {
  const announcer = router as Announcer
  const handle = announcer.handleReceivedRpc.bind(announcer)
  const { atOnce, perSecond } = MAX_ANNOUNCED
  const quota = new Quota({ perWindow: atOnce, window: atOnce / perSecond * 1_000 })
  announcer.handleReceivedRpc = async (from, rpc) => {
    if (quota.take(from.toString(), rpc.subscriptions?.length ?? 0)) {
      await handle(from, rpc)
    } else {
      onFlood(from.toString())
    }
  }
}
