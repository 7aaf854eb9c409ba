/**
 * The figures of what people say to each other. `preload/contract` states
 * those that a window must know as well; a test holds the two equal.
 */

/** Bytes of UTF-8 that a post's text may have: 16 KiB. */
export const MAX_POST_BYTES = 16_384

/**
 * Bytes that a signed envelope may have: a full text, its author, name and
 * signature (under 1 KiB), and as much again for fields of later versions.
 */
export const MAX_ENVELOPE_BYTES = 32_768

/** Characters (UTF-16 units) that a display name may have. */
export const MAX_NAME_LENGTH = 64

/** Characters (UTF-16 units) that a topic's name may have, Natter's prefix left out. */
export const MAX_TOPIC_LENGTH = 128

export { TOPIC_PREFIX } from '../../text/topic-name.ts'

/** Discovered topics that are shown, those with most people first. */
export const MAX_DISCOVERED_TOPICS = 1_000

/** Topics of one connected person that are shown as seen nearby. */
export const MAX_NEARBY_TOPICS = 10
/** Further topics of that person that are remembered, to be shown in the place of one that goes; a peer can announce 5,000. */
export const MAX_WAITING_TOPICS = 100

/** People whose names are remembered, the ones heard of last. */
export const MAX_NAMES = 2_000

/**
 * Messages that may wait to be checked. One check takes about 0.2 ms, so a
 * queue this long is half a second of work; what comes on top is dropped and counted.
 */
export const MAX_PENDING_MESSAGES = 2_048

/** Posts that go to the store at once; 128 of 200 bytes take it about 12 ms, and to hand them over takes 2. */
export const MAX_APPEND = 128

/** Bytes of payloads that go to the store at once: four posts of the greatest length take it up to 80 ms with words that are new to it. */
export const MAX_APPEND_BYTES = 65_536

/** Posts that a search answers at once. */
export const MAX_HITS = 50

/** Milliseconds of a day. */
export const DAY = 86_400_000

/** Posts that one announcement says are gone: ids of 43 characters, so 43 KiB. */
export const MAX_REMOVED = 1_000
