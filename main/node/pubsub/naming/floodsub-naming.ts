import type { PeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Announced } from './announcement.ts'
import type { Neighbours } from './neighbours.ts'

interface Rpc { readonly subscriptions: readonly Announced[], readonly messages: readonly unknown[] }

/** The part of Floodsub's router that its package types do not show and that is steered here (11.0.28). */
interface Flooding {
  readonly processRpcSubOpt: (peer: PeerId, announced: Announced) => void
  send: (peer: PeerId, data: { readonly messages?: readonly unknown[], readonly subscriptions?: readonly string[], readonly subscribe?: boolean }) => void
  readonly sendRpc: (peer: PeerId, rpc: Rpc) => void
  addPeer: (peer: PeerId, stream: unknown) => unknown
  readonly subscriptions: ReadonlySet<string>
  readonly topics: ReadonlyMap<string, { readonly has: (peer: PeerId) => boolean }>
  readonly peers: { readonly get: (peer: PeerId) => { readonly outboundPb?: object | undefined } | undefined }
}

/** Lets our naming speak for Floodsub's router, which by itself names all topics to everybody. */
export function nameThroughFloodsub (router: unknown, neighbours: Pick<Neighbours, 'naming' | 'use' | 'remind'>): void {
  const flood = router as Flooding
  const send = flood.send.bind(flood)
  flood.send = (peer, data) => {
    if (data.subscriptions === undefined) send(peer, data)
    else neighbours.naming.say(peer.toString(), data.subscriptions, data.subscribe === true)
  }
  const add = flood.addPeer.bind(flood)
  flood.addPeer = (peer, stream) => {
    const streams = add(peer, stream)
    neighbours.remind(peer.toString())
    return streams
  }
  neighbours.use({
    topics: flood.subscriptions,
    streamTo: (peer) => flood.peers.get(peerIdFromString(peer))?.outboundPb,
    send: (peer, subscriptions) => { flood.sendRpc(peerIdFromString(peer), { subscriptions, messages: [] }) },
    knows: (peer, topic) => flood.topics.get(topic)?.has(peerIdFromString(peer)) === true,
    hear: (peer, announced) => { for (const each of announced) flood.processRpcSubOpt(peerIdFromString(peer), each) }
  })
}
