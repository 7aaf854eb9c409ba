import { gossipsub, type GossipsubOpts } from '@chainsafe/libp2p-gossipsub'
import { MAX_PEER_BUFFER_BYTES } from '../limits.ts'
import { boundAnnouncements } from './announcements.ts'
import { boundCache } from './bounded-cache.ts'
import { refuseEarly } from './early-refusal.ts'
import { takeTurns } from './fair-turns.ts'
import { ownNumbersOnGossipsub, shortNumbersOnGossipsub } from './gossipsub-numbers.ts'
import { messageId } from './message-id.ts'
import { nameThroughGossipsub } from './naming/gossipsub-naming.ts'
import { openSideBySide } from './outbound-streams.ts'
import { moveDates } from './router-dates.ts'
import type { Judge, Router, RouterComponents, RouterOptions } from './router.ts'

/** The parts of Gossipsub's router that its package types do not show and by which copies are told apart (17.1.1). */
interface Judging {
  readonly score: { duplicateMessage: (from: string, id: string, topic: string) => void }
  forwardMessage: (id: string, message: { readonly topic: string }, from: string | undefined, ...rest: unknown[]) => void
}

/** Whom a mesh takes in. `stock`: what Gossipsub does by itself, to compare with. */
export type Mesh = 'desktop' | 'hub' | 'stock'

const MESHES: Readonly<Record<Mesh, Partial<GossipsubOpts>>> = {
  stock: {},
  /**
   * A mesh that takes in everybody: a hub is the only neighbour that many of
   * its clients have. With the default of at most 12, a star of 60 got 68 % of
   * its posts; with these figures 100 % (measured).
   */
  hub: { D: 1_000, Dlo: 900, Dhi: 2_000, Dscore: 1_000, Dout: 0 },
  /**
   * Three neighbours in place of six: at 50 nodes of degree 8 a post comes 1.7
   * times too often and no longer 4.2, for a third less of the CPU, and no later.
   * With at most 5 in place of 4 it is 2.0 (measured: `npm run bench -- mesh`).
   * What a mesh so thin lacks, gossip brings within a second and history for good.
   */
  desktop: { D: 3, Dlo: 2, Dhi: 4, Dscore: 2, Dout: 1 }
}

/** How {@link createGossipsubRouter} makes a router. */
export interface GossipsubRouterOptions extends RouterOptions {
  /** @default desktop */
  readonly mesh?: Mesh
}

/** Gossipsub as Natter needs it; also speaks to Floodsub peers (`fallbackToFloodsub` is on by default). */
export function createGossipsubRouter (components: RouterComponents, { mesh = 'desktop', judge, neighbours, nextNumber, doorkeeper, lines, onFlood }: GossipsubRouterOptions): Router {
  const init: Partial<GossipsubOpts> = {
    // Trap: nothing is sent over a limited circuit by default.
    runOnLimitedConnection: true,
    // Trap: publishing with nobody there throws by default.
    allowPublishToZeroTopicPeers: true,
    // Trap: people behind one relay count under the relay's address; from 10 of
    // them on they are scored out. MAX_CONNECTIONS_PER_ADDRESS stands in its place.
    // A score of nothing is kept for an hour by default, of each peer that ever came; who behaves badly is shut out by our own guards.
    scoreParams: { IPColocationFactorWeight: 0, retainScore: 30_000 },
    // Trap: what a slow peer does not take in grows without bound by default.
    maxOutboundBufferSize: MAX_PEER_BUFFER_BYTES,
    // Trap: JavaScript's default id differs from Go's.
    msgIdFn: (message) => {
      if (message.type !== 'signed') {
        throw new TypeError('an unsigned message has no id')
      }
      return messageId(message)
    },
    ...MESHES[mesh]
  }
  const router = gossipsub(init)(components) as unknown as Router
  boundCache(router)
  moveDates(router)
  ownNumbersOnGossipsub(router, components, nextNumber)
  shortNumbersOnGossipsub(router)
  nameThroughGossipsub(router, neighbours)
  openSideBySide(router, (peer) => { neighbours.onOpen(peer) })
  tellCopiesApart(router, judge)
  if (doorkeeper !== undefined) refuseEarly(router, doorkeeper)
  takeTurns(router, lines)
  boundAnnouncements(router, onFlood)
  return router
}

/** Posts that are forwarded came for the first time, were checked and are remembered; copies of them are reported to the scores. */
function tellCopiesApart (router: unknown, judge: Judge): void {
  const judging = router as Judging
  const forward = judging.forwardMessage.bind(judging)
  judging.forwardMessage = (id, message, from, ...rest) => {
    if (from !== undefined) judge(from, message.topic, false)
    forward(id, message, from, ...rest)
  }
  const duplicate = judging.score.duplicateMessage.bind(judging.score)
  judging.score.duplicateMessage = (from, id, topic) => {
    judge(from, topic, true)
    duplicate(from, id, topic)
  }
}
