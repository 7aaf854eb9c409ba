/**
 * The figures that bound what the node takes from others. Each guard of
 * libp2p that Natter loosens has its replacement here.
 */
export * from './guard/limits.ts'

/** Bytes that a pubsub payload may have. Both protocols pass 3.9 MiB and lose 4.1 MiB in silence (measured); 1 MiB is go-libp2p's cap on a message. */
export const MAX_PAYLOAD_BYTES = 1_048_576

/** Bytes that may wait for a slow peer before its pubsub stream is reset. Unbounded by default: measured +625 MB in 16 s. */
export const MAX_PEER_BUFFER_BYTES = 1_048_576

/**
 * Messages of one peer that may wait to be checked: twenty seconds' worth of what a hub forwards, which a relay that
 * stood still catches up with. Further ones are dropped; a peer that is no relay of ours is disconnected, and refused
 * for a minute.
 */
export const MAX_WAITING_MESSAGES = 2_000

/** Messages of one peer, and their bytes, that wait while more of its stream is read. Beyond, the stream is paused. */
export const MAX_LINE = { messages: 256, bytes: 1_048_576 } as const

/**
 * Subscriptions that a peer may announce, those taken back included:
 * so many at once, and so many a second after that. A person on 200 topics
 * reconnects 25 times in a row. A peer that announces more is disconnected, and refused for a minute.
 */
export const MAX_ANNOUNCED = { atOnce: 5_000, perSecond: 50 } as const

/** Topics that one peer may announce; further ones are not taken in. */
export const MAX_TOPICS_PER_PEER = 1_000

/**
 * Times that all our topics are named to one peer: so many at once, and one more
 * each so many milliseconds. Each stream that either opens takes one. A circuit that
 * is renewed, and then gives way to a direct connection, takes seven; a peer that
 * goes on opening streams must not make us talk.
 */
export const MAX_NAMED = { atOnce: 20, every: 1_000 } as const

/** Bytes of UTF-8 that a topic's name may have on the wire. */
export const MAX_TOPIC_NAME_BYTES = 512

/**
 * What the counters of pubsub remember for each protocol, about 200 bytes each:
 * peers, more than a relay has connections, and topics of these, all together.
 * Those who are gone are forgotten first.
 */
export const MAX_COUNTED = { peers: 5_000, entries: 20_000 } as const

/**
 * Connections in all. libp2p's 300 closes people's connections on a relay with
 * its default of 1,024 reservations. A relay that is told to hold more
 * reservations holds as many more connections.
 */
export const MAX_CONNECTIONS = { desktop: 300, relay: 4_096 } as const

/** Peers of which libp2p remembers addresses and protocols: more than there are connections, and up to 10 KiB each. */
export const MAX_PEERS_REMEMBERED = { desktop: 1_024, relay: 8_192 } as const

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

/**
 * Circuits that others open to us: so many by one peer in a window (milliseconds), which reconnects four times in it, and so
 * many whose handshake is under way at once; beyond, the one that has waited longest gives way.
 */
export const MAX_CIRCUITS_IN = { perPeer: 8, window: 10_000, pending: 32 } as const

/** Connections that wait for their handshake at once; libp2p's 10 refused 7 of 12 people who came at once. Each waits 10 s at most (libp2p's limit). */
export const MAX_PENDING_INBOUND = { desktop: 64, relay: 512 } as const

/** The same from one IP address, circuits left out: who connects and says nothing leaves three quarters of a relay's to others. */
export const MAX_PENDING_PER_ADDRESS = { desktop: 64, relay: 128 } as const

/**
 * Frames of pubsub that a peer may send: so many at once, and so many a second after that. 65,000 empty ones fit into
 * one packet, and kept everybody else waiting for good (2 % of posts delivered, measured). Five times what a hub
 * forwards. A desktop counts those alone that are too small for a post: its neighbors forward what others post.
 */
export const MAX_PUBSUB_MESSAGES = { atOnce: 2_500, perSecond: 500 } as const

/** Bytes of posts that Gossipsub keeps for those who missed them. 500 posts at once of 16 KiB are half of it. */
export const MAX_CACHED_BYTES = 16_777_216

/** Bytes of the smallest frame with a signed post in it, and some less. */
export const SMALL_PUBSUB_MESSAGE = 128

/**
 * Peers of one IP address that may be disconnected for sending too much: so many
 * at once, and so many a minute after that. A peer id costs nothing. Beyond, nobody
 * new is let in from there for a minute; who is connected stays.
 */
export const MAX_FLOODS_PER_ADDRESS = { atOnce: 5, perMinute: 3 } as const

/** Handshakes that one IP address may begin in a minute, for each connection that it may have at once: an office that comes back is let in at once. */
export const MAX_HANDSHAKES_SHARE = { desktop: 4, relay: 1 } as const

/**
 * What a relay gives away. libp2p's stream caps (32 circuits that one peer may
 * open) are raised, because a topic of 100 people makes a newcomer open 100
 * circuits at once; these stand in their place. All can be set by the relay's options.
 */
export const RELAY_LIMITS = {
  /** Reservations in all. 1,000 of them cost about 300 MB and 13 % of a core (measured). */
  reservations: 1_024,
  /** Reservations from one IP address: an office behind one NAT fits, and nobody fills the relay alone. */
  reservationsPerAddress: 256,
  /** Circuits that one peer may have open as the one who dialled, and again as the one who was dialled. A desktop holds 300 connections. */
  circuitsPerPeer: 256,
  /** Circuits that peers of one IP address may have open as those who dialled. */
  circuitsPerAddress: 1_024,
  /** Circuits that one peer may ask for in a minute: two topics of 100 people, and some again. */
  dialsPerPeer: 240,
  /** The same for one IP address: five such people. */
  dialsPerAddress: 1_200
} as const
export type RelayLimits = Readonly<Record<keyof typeof RELAY_LIMITS, number>>

/** What dial-backs may cost. Each lasts at most 6 s. */
export const DIAL_BACK_LIMITS = {
  /** At once, for everybody. */
  atOnce: 16,
  /** A minute, for one IP address: keys cost nothing, so that the quota a peer alone would bound nothing. */
  perAddress: 30
} as const
export type DialBackLimits = Readonly<Record<keyof typeof DIAL_BACK_LIMITS, number>>

/** What a hub does for each of its clients. */
export const HUB_LIMITS = {
  /** Topics for which a hub counts one client. */
  topicsPerClient: 200,
  /** Topics that a hub takes part in. */
  topics: 10_000,
  /** Posts a second from one client, after five seconds' worth at once. Checking and forwarding take about 0.4 ms (measured), so that one client costs 4 % of a core. */
  postsPerSecond: 100,
  /** Bytes a second from one client, after five seconds' worth at once; the largest payload is 1 MiB. */
  bytesPerSecond: 1_048_576,
  /** Members of a topic whose records a client is told: as many as a desktop can connect to in three topics. */
  membersPerTopic: 100
} as const
export type HubLimits = Readonly<Record<keyof typeof HUB_LIMITS, number>>

/** What one look at a relay's name may bring: whoever answers for the name is a stranger. */
export const RELAY_NAME_LIMITS = {
  /** Names behind each other, the first one counted; libp2p's own bootstrap names take two. */
  depth: 3,
  /** Names that are asked for in all. */
  names: 8,
  /** Records of one answer that are read; one over UDP holds about ten. */
  records: 32,
  /** Characters of one record. A multiaddr of a relay has under 200. */
  recordLength: 1_024,
  /** Relays. A desktop holds places on two. */
  relays: 8,
  /** Addresses of one relay: IPv4 and IPv6, each plain, by WebSocket and on another port, and some to spare. */
  addresses: 8,
  /** Milliseconds for one try to ask; a resolver that lives answers within two seconds. */
  timeout: 2_500
} as const

/** What the relays of a community take from each other and tell of each other. */
export const COMMUNITY_LIMITS = {
  /** Relays that one relay knows. A community of more finds some of them. */
  members: 64,
  /** Relays at one IP address: keys cost nothing, addresses do. */
  perAddress: 2,
  /** Addresses of one relay that are tried. */
  addresses: 4,
  /** Relays that a desktop is told of at once: a record has at most 8 KiB, an answer 64. */
  perAnswer: 7,
  /** Streams of the DHT at once, each way, on one connection. */
  streams: 8,
  /** Milliseconds that a relay is told of after it was last reached; three looks. */
  lasts: 30 * 60_000,
  /** Milliseconds after which a relay that connects is dialled once more to prove its addresses. */
  proofLasts: 9 * 60_000,
  /** Milliseconds between two looks, and between two while nobody was found. */
  interval: 10 * 60_000,
  retry: 15_000,
  /** Milliseconds that asking the DHT may take. */
  query: 20_000,
  /** Dials a minute to addresses that strangers named, all together. */
  dialsPerMinute: 60
} as const

/** What a desktop takes from its relays when it asks them for others. */
export const FOUND_RELAY_LIMITS = {
  /** Relays that one of ours may have on the list: none of them fills it alone. */
  perRelay: 4,
  /** Relays found so in all. */
  all: 12,
  /** Addresses of each. */
  addresses: 4,
  /** Milliseconds after which a relay that listens for us is asked; the start is over by then. */
  first: 10_000,
  /** Milliseconds between two such questions to the same relay. */
  interval: 30 * 60_000
} as const

/** What a peer says of itself is shown up to these bounds: characters of the program's name, addresses, and characters of one. */
export const MAX_SHOWN = { agent: 128, addresses: 16, addressLength: 512 } as const

/** What one check of why nobody connects may cost. */
export const CHECK_LIMITS = {
  /** Relays that are tried. A desktop holds places on two. */
  relays: 6,
  /** Milliseconds for a connection to a relay or a person, handshake included. */
  dial: 5_000,
  /** Milliseconds for a plain TCP connection that only shows whether anybody is there. */
  port: 3_000,
  /** Milliseconds in which a try for a direct connection begins after somebody was connected to; looked for every second, once it is known who shares a topic. */
  punchBegins: 5_000,
  /** Milliseconds that are waited for such a try to end: three rounds in which nothing comes back take 12 s and a little. */
  punch: 16_000,
  /** Milliseconds for everything. A relay that is silent, and then its port 443, or a dial-back, take 13 s at most. */
  whole: 20_000
} as const

/** What turning circuits into direct connections may cost, and how often it is tried. */
export const DIRECT_LIMITS = {
  /** Tries that we begin, at once. */
  atOnce: 3,
  /** Tries that others begin, at once. */
  answersAtOnce: 8,
  /** Tries that one peer may begin in a minute; each of ours is three rounds at most. */
  perMinute: 9,
  /** Rounds of one try; the specification's. */
  rounds: 3,
  /** Milliseconds for telling each other where to meet, and for meeting: a lost SYN is sent again after one and after three seconds. */
  exchange: 5_000,
  meet: 4_000,
  /** Milliseconds after a failed try; doubled each time up to the other figure. */
  again: 5 * 60_000,
  againAtMost: 60 * 60_000,
  /** Milliseconds between two tries where addresses changed in between. */
  afterChange: 2 * 60_000,
  /** People with whom it is remembered how it went. */
  remembered: 500
} as const
