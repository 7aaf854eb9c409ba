/**
 * The figures that bound what the node takes from others. Each guard of
 * libp2p that Natter loosens has its replacement here.
 */

/** Bytes that a pubsub payload may have. Both protocols pass 3.9 MiB and lose 4.1 MiB in silence (measured); 1 MiB is go-libp2p's cap on a message. */
export const MAX_PAYLOAD_BYTES = 1_048_576

/** Bytes that may wait for a slow peer before its pubsub stream is reset. Unbounded by default: measured +625 MB in 16 s. */
export const MAX_PEER_BUFFER_BYTES = 1_048_576

/** Topics that one peer may announce; further ones are not taken in. */
export const MAX_TOPICS_PER_PEER = 1_000

/** Bytes of UTF-8 that a topic's name may have on the wire. */
export const MAX_TOPIC_NAME_BYTES = 512

/**
 * Connections in all. libp2p's 300 closes people's connections on a relay
 * with its default of 1,024 reservations.
 */
export const MAX_CONNECTIONS = { desktop: 300, relay: 4_096 } as const

/** Connections that one peer may hold at once: a direct one, a circuit, and one of each being replaced. */
export const MAX_CONNECTIONS_PER_PEER = 4

/**
 * Connections from one IP address at once. Replaces IP colocation scoring and
 * libp2p's 5 inbound connections a second, which 12 people behind one NAT or
 * one relay exceed (0 of 480 posts delivered, measured).
 */
export const MAX_CONNECTIONS_PER_ADDRESS = { desktop: 64, relay: 512 } as const

/** New connections a second from one IP address; circuits count under their relay's address. */
export const MAX_INBOUND_PER_SECOND = { desktop: 50, relay: 200 } as const

/** Connections that wait for their handshake at once; libp2p's 10 refused 7 of 12 people who came at once. */
export const MAX_PENDING_INBOUND = { desktop: 64, relay: 512 } as const
