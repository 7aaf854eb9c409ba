import type { Protocol } from './model.ts'

/** What carries a connection's bytes. A circuit has what carries ours to its relay. */
export type Transport = 'tcp' | 'websocket' | 'websocket-tls' | 'other'

/** What a peer is. `relay` carries circuits alone; `unknown`: it has not said yet. */
export type PeerRole = 'person' | 'hub' | 'relay' | 'unknown'

/** One connection as it stands. */
export interface Link {
  readonly id: string
  /** The other end's multiaddr. */
  readonly address: string
  readonly transport: Transport
  /** Who opened it: `out` is us. */
  readonly direction: 'in' | 'out'
  /** Peer id of the relay that carries it; left out where it is direct. */
  readonly relay?: string
  /** What the relay still lets through; left out where it caps nothing. */
  readonly limit?: LinkLimit
  /** Milliseconds to the other end and back, with one decimal. */
  readonly rtt?: number
  /** Bytes of streams and their frames, before encryption. */
  readonly bytesIn: number
  readonly bytesOut: number
  /** Since when. */
  readonly since: number
}

/** What a relay lets through before it closes a circuit. */
export interface LinkLimit {
  readonly bytes?: number
  /** When it closes it. */
  readonly until?: number
}

/**
 * Posts of one topic that passed between us and one peer. Topic '': those that
 * we are not on. What is not accepted (a wrong signature, more than its author
 * may send) counts as payload alone.
 */
export interface PostCount {
  readonly topic: string
  /** Posts that came from this peer before they came from anybody else. */
  readonly first: number
  /** Copies from this peer of what we had, our own posts included. */
  readonly duplicates: number
  /** Posts of others that we passed on to this peer. */
  readonly forwarded: number
  /** Bytes on the stream of all copies of posts that came, duplicates included, before encryption. */
  readonly payloadIn: number
  readonly payloadOut: number
}

/** What passed between us and one peer beside posts. Bytes on the stream, before encryption; gossip in posts that it names. */
export interface ControlCount {
  /** Bytes of all that is no post: lengths of frames, subscriptions, gossip, mesh. */
  readonly controlIn: number
  readonly controlOut: number
  readonly ihaveIn: number
  readonly ihaveOut: number
  readonly iwantIn: number
  readonly iwantOut: number
  readonly idontwantIn: number
  readonly idontwantOut: number
}

/** What passed between us and one peer under one protocol since Natter started. */
export interface PeerTally {
  readonly protocol: Protocol
  readonly topics: readonly PostCount[]
  readonly control: ControlCount
}

/** Somebody whom we are connected to. */
export interface NetworkPeer {
  readonly peerId: string
  readonly role: PeerRole
  /** It carries circuits of others, whatever else it is. */
  readonly relays: boolean
  /** The program that it says it runs, as it wrote it; '' before it told. */
  readonly agent: string
  /** Topics of ours that it is on. */
  readonly topics: readonly string[]
  /** Those of them in which the router keeps it as a neighbour; Gossipsub only. */
  readonly mesh: readonly string[]
  /** What passed under each protocol that it was spoken to with, the one in use first. */
  readonly tallies: readonly PeerTally[]
  /** Multiaddrs at which it says it can be reached. */
  readonly addresses: readonly string[]
  /** Oldest first; never empty. */
  readonly links: readonly Link[]
}

/** Posts that passed one peer in the same moment. */
export interface Pass {
  readonly peerId: string
  readonly direction: 'in' | 'out'
  /** We had them already. */
  readonly duplicate: boolean
  readonly posts: number
}
