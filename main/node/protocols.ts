/** One of our own stream protocols: what it is called and how far it may go. */
export interface StreamProtocol {
  readonly id: string
  /** Bytes that one message may have. */
  readonly maxBytes: number
  /** Milliseconds that a whole exchange may take. */
  readonly deadline: number
  /** Exchanges that one peer may start in a minute. */
  readonly perMinute: number
}

/** Our own DHT of relays, by libp2p's kad-dht: it shares no peer with the public one of IPFS. */
export const KAD_PROTOCOL = '/natter/kad/1.0.0'

/** Our own stream protocols. Payloads are protobuf with a length in front. */
export const PROTOCOLS = {
  /**
   * Asks a relay to dial the address it sees us under, so that 'direct' is
   * claimed only with proof. A dial over two networks takes at most 6 s (libp2p's own limit for an address).
   */
  dialBack: { id: '/natter/dial-back/1.0.0', maxBytes: 1_024, deadline: 8_000, perMinute: 6 },
  /** A client asks a hub who else is on its topics; that a peer offers it is what tells a hub from a person. */
  hub: { id: '/natter/hub/1.0.0', maxBytes: 65_536, deadline: 5_000, perMinute: 60 },
  /** A hub tells a client who came to its topics or left. 64 KiB hold about 150 signed peer records. */
  members: { id: '/natter/members/1.0.0', maxBytes: 65_536, deadline: 5_000, perMinute: 600 },
  /** A desktop asks a relay which other relays it knows. 64 KiB hold the eight records of an answer at their largest. */
  relays: { id: '/natter/relays/1.0.0', maxBytes: 65_536, deadline: 5_000, perMinute: 6 },
  /**
   * A client that got no place asks its relay why: the status of circuit relay
   * v2 alone does not tell. It asks once for each refusal, every five seconds at most.
   */
  standing: { id: '/natter/standing/1.0.0', maxBytes: 256, deadline: 3_000, perMinute: 60 },
  /** A relay tells a client that it closes, or serves it no longer; the client says whether it moves. */
  notice: { id: '/natter/notice/1.0.0', maxBytes: 256, deadline: 3_000, perMinute: 12 },
  /**
   * Two peers on a topic find out which posts one has and the other lacks, and
   * send just those: many messages over one stream, see `channels.ts`. The
   * deadline is each message's; 256 KiB take 2 s over a slow relay's 1 Mbit/s.
   * 60 a minute are ten topics with each of a few reconnects.
   */
  history: { id: '/natter/history/1.0.0', maxBytes: 262_144, deadline: 15_000, perMinute: 60 }
} as const satisfies Record<string, StreamProtocol>
