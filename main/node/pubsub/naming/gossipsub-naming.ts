import { peerIdFromString } from '@libp2p/peer-id'
import type { PeerId } from '@libp2p/interface'
import type { Announced } from './announcement.ts'
import type { Neighbours } from './neighbours.ts'

interface Rpc { readonly subscriptions: readonly Announced[], readonly messages: readonly unknown[] }

/** The part of Gossipsub's router that its package types do not show and that is steered here (17.1.1). */
interface Gossiping {
  readonly handleReceivedRpc: (from: PeerId, rpc: Rpc) => Promise<void>
  sendSubscriptions: (to: string, topics: string[], subscribe: boolean) => void
  readonly sendRpc: (to: string, rpc: Rpc) => boolean
  readonly subscriptions: ReadonlySet<string>
  readonly topics: ReadonlyMap<string, ReadonlySet<string>>
  readonly streamsOutbound: ReadonlyMap<string, object>
}

/** Lets our naming speak for Gossipsub's router, which by itself names all topics to everybody. */
export function nameThroughGossipsub (router: unknown, neighbours: Pick<Neighbours, 'naming' | 'use'>): void {
  const gossip = router as Gossiping
  const hear = gossip.handleReceivedRpc.bind(gossip)
  gossip.sendSubscriptions = (to, topics, subscribe) => { neighbours.naming.say(to, topics, subscribe) }
  neighbours.use({
    topics: gossip.subscriptions,
    streamTo: (peer) => gossip.streamsOutbound.get(peer),
    send: (peer, subscriptions) => { gossip.sendRpc(peer, { subscriptions, messages: [] }) },
    knows: (peer, topic) => gossip.topics.get(topic)?.has(peer) === true,
    // A router that stops meanwhile hears nothing.
    hear: (peer, subscriptions) => { hear(peerIdFromString(peer), { subscriptions, messages: [] }).catch(() => {}) }
  })
}
