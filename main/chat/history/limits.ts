/** The figures that bound catching up, each with its reason. */

/** Of the protocol; another one is refused in words. */
export const VERSION = 1

/** Bytes of a session's salt. */
export const SALT_BYTES = 16

/** Bytes of a fingerprint and of a short id: of 10^9 comparisons one in 10^10 sessions errs, and the next has another salt. */
export const SHORT_BYTES = 8

/** Hexadecimal digits of a whole key: 12 of the stamp, 64 of the id. */
export const KEY_DIGITS = 76
export const STAMP_DIGITS = 12

/** The greatest stamp: 48 bits. */
export const MAX_STAMP = 2 ** 48 - 1

/** Ranges in one request; the answer has at most 95 KiB. */
export const MAX_PREFIXES = 256

/** Posts up to which a range that one side lacks is listed as a whole. 15 KiB at most. */
export const MAX_LIST = 1_024

/** Posts listed so in one answer, all ranges together. 60 KiB at most. */
export const MAX_LISTED = 4_096

/** Posts asked for, and offered, in one exchange: 8 KiB and 32 KiB of ids. */
export const MAX_EXCHANGE = 1_024

/**
 * Posts that are looked through for those that one exchange asks for, some
 * 3 µs each. An honest peer asks for at least three quarters of what a long
 * list names; one that asks for single posts of a thousand lists costs no more than this.
 */
export const MAX_SEARCHED = 8_192

/**
 * Bytes of payloads that travel one way in one exchange. Who takes them in is
 * busy checking signatures meanwhile, and a channel holds 1 MiB that is not yet read.
 */
export const EXCHANGE_PAYLOADS = 524_288

/** Bytes of payloads in one message; a message has at most 256 KiB, a payload at most 32. */
export const MESSAGE_PAYLOADS = 196_608

/** Payloads read from the store at once: 2 MiB at most. */
export const READ_AT_ONCE = 64

/** Ranges that wait to be looked at. Depth first, 1,000,000 posts that all differ need 40,000. */
export const MAX_FRONTIER = 65_536

/** Parts of the budget. */
export const SESSION_LIMITS = {
  /** Bytes of one session where no relay counts them: some 50,000 posts, a few seconds over 30 Mbit/s. */
  bytes: 16_777_216,
  /** Milliseconds after which a session stops in good order. */
  time: 30_000,
  /** Milliseconds after which it is aborted: one message's deadline more, and some. */
  hardTime: 60_000,
  /** The part of what a limited circuit has left that a session may use. */
  share: 0.5,
  /** Bytes of a limited circuit that stay free for live posts. */
  keepFree: 16_384,
  /** Bytes below which a session is not worth its beginning. */
  least: 2_048,
  /** Bytes of a limited circuit of unknown size: half of libp2p's default of 128 KiB. */
  unknown: 65_536,
  /** Requests of one session; 50,000 posts need 400. */
  requests: 2_048
} as const
export type SessionLimits = Readonly<Record<keyof typeof SESSION_LIMITS, number>>

/** What one asker may cost us in one session: twice what an honest one asks for. */
export const ANSWER_LIMITS: SessionLimits = {
  ...SESSION_LIMITS,
  bytes: 2 * SESSION_LIMITS.bytes,
  time: 90_000,
  hardTime: 120_000,
  requests: 2 * SESSION_LIMITS.requests,
  // The asker counts the same bytes and stops first.
  share: 1,
  keepFree: SESSION_LIMITS.keepFree / 2,
  unknown: 2 * SESSION_LIMITS.unknown
}

/**
 * Differences that turned out to be none before a peer counts as one that
 * wastes time. Posts that come in while a session runs make a few.
 */
export const MAX_VAIN = 32

/** Posts that a peer may not want, because it blocked their author, before it counts as one that wastes time. */
export const MAX_DECLINED = 256

/** Own posts that are looked up for evidence in one session. */
export const MAX_EVIDENCE = 4_096

/** Ids that are remembered as unwanted; 4 MB. */
export const MAX_UNWANTED = 20_000

/** Ranges that are remembered as differing for good, of one peer in one topic, and in all; 150 bytes each. */
export const MAX_DEAD = 1_024
export const MAX_DEAD_IN_ALL = 20_000

/** How posts of strangers are paced. */
export const PACE = {
  /** Bytes of allowance below which a session asks for a few posts only: people who are known may have written them. */
  least: 65_536,
  /** Those few: posts, and bytes of them. */
  posts: 16,
  bytes: 65_536,
  /** Bytes that a post is taken to have, before it is there. */
  typical: 512,
  /** Further looks of a session that asks for no more posts: what we have for the other side is among the newest. */
  looks: 4
} as const

/** Sessions that run at once. */
export const MAX_ASKING = 4
export const MAX_ANSWERING = 16

/** Posts that a session brought after which others on the topic are put off, so that they do not bring the same. */
export const BULK = 256

/** Sessions that follow each other over one channel: a topic each, and people have fewer. */
export const MAX_SESSIONS = 256

/** When sessions run; milliseconds. */
export const HISTORY_TIMES = {
  /** A look that the chat asks for waits so long, so that several become one. */
  gather: 250,
  /** Of two peers, the one with the greater peer id leaves the other so much time to begin. */
  giveWay: 2_000,
  /** Between two sessions with one peer on one topic; twice and four times as long where they find nothing. */
  gap: 3_000,
  /** At rest each topic is compared with one peer so often, a fifth more or less. */
  rest: 300_000,
  /** After a session that brought something, others are looked at within this time. */
  gossip: 2_000,
  /** A session that was cut by its own bounds goes on after this time … */
  goOn: 100,
  /** … and one that was cut by a circuit's budget after this: a circuit is renewed when 30 % are left, or after its 2 minutes. */
  renewed: 15_000,
  /** What failed is tried again after this time, then twice, up to the last figure. */
  retry: 1_000,
  retryMost: 60_000,
  /** A peer that wastes time is left alone for this time, then twice, up to the last figure. */
  alone: 60_000,
  aloneMost: 3_600_000,
  /** A session that brought all the strangers' posts that there was room for goes on after this time, twice as long where it brought nothing, up to `aloneMost`. */
  paced: 5_000,
  /** After our own store failed. */
  storePause: 30_000
} as const
export type HistoryTimes = Readonly<Record<keyof typeof HISTORY_TIMES, number>>

/** Others that are looked at after news: as many as Gossipsub's mesh has. */
export const MAX_GOSSIP = 8

/** Tries with a peer that says it is not on the topic: it may learn of a subscription a moment later. */
export const MAX_NOT_THERE = 4

/** Pairs of a peer and a topic that are remembered. */
export const MAX_REMEMBERED = 5_000
