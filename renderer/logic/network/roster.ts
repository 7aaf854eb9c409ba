import type { Link, NetworkPeer, PeerRole, Person } from '../../../preload/contract/index.ts'
import { nameOf } from '../names.ts'

/** Somebody in the view of the network: connected, or known through a hub alone. */
export interface Seen {
  readonly peerId: string
  /** What to call them: their signed name, else their short peer id. */
  readonly label: string
  readonly role: PeerRole
  /** What is known of the connections; left out where there is none. */
  readonly peer?: NetworkPeer
  /** No connection: the hub that passes posts on. */
  readonly hub?: string
  /** Through a relay: why there is no direct connection, as a sentence. */
  readonly why?: string
}

/** Names as people signed them, by peer id, from all topics that we are on. */
export function namesOf (people: readonly Person[]): ReadonlyMap<string, string> {
  return new Map(people.filter(({ name }) => name !== '').map(({ peerId, name }) => [peerId, name]))
}

/** Everybody in the view: who is connected, then who is known through a hub alone. Connected ones stay the same objects while nothing about them changes. */
export function rosterOf (peers: readonly NetworkPeer[], people: readonly Person[], before: readonly Seen[] = []): readonly Seen[] {
  const names = namesOf(people)
  const known = new Map(before.map((seen) => [seen.peerId, seen]))
  const reasons = new Map(people.flatMap(({ peerId, path }) => path.kind === 'circuit' && path.why !== undefined ? [[peerId, path.why]] : []))
  const connected = new Set(peers.map(({ peerId }) => peerId))
  const behind = new Map<string, Seen>()
  for (const { peerId, name, path } of people) {
    if (path.kind === 'hub' && !connected.has(peerId)) behind.set(peerId, same(known.get(peerId), { peerId, label: nameOf(name, peerId), role: 'person', hub: path.relay }))
  }
  return [...peers.map((peer) => same(known.get(peer.peerId), { peerId: peer.peerId, label: nameOf(names.get(peer.peerId) ?? '', peer.peerId), role: peer.role, peer, ...whyOf(peer, reasons.get(peer.peerId)) })), ...behind.values()]
}

/** What a topic's people say may be older than the connection. */
function whyOf (peer: NetworkPeer, why: string | undefined): { readonly why?: string } {
  return why === undefined || bestLink(peer)?.relay === undefined ? {} : { why }
}

function same (before: Seen | undefined, now: Seen): Seen {
  return before !== undefined && before.peer === now.peer && before.label === now.label && before.hub === now.hub && before.why === now.why ? before : now
}

/** The connection by which posts go: a direct one where there is one. */
export function bestLink ({ links }: NetworkPeer): Link | undefined {
  return links.find(({ relay }) => relay === undefined) ?? links.at(-1)
}

/** How the connections stand together, in one sentence. */
export function summaryOf (all: readonly Seen[]): string {
  const peers = all.flatMap(({ peer }) => peer === undefined ? [] : [peer])
  const direct = peers.filter((peer) => bestLink(peer)?.relay === undefined).length
  const behind = all.length - peers.length
  const parts = [
    ...(direct > 0 ? [`${String(direct)} direct`] : []),
    ...(peers.length > direct ? [`${String(peers.length - direct)} through a relay`] : [])
  ]
  const connected = `Connected to ${String(peers.length)} ${peers.length === 1 ? 'peer' : 'peers'}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`
  return behind === 0 ? connected : `${connected}. ${String(behind)} more ${behind === 1 ? 'person' : 'people'} through a hub`
}
