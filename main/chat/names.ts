import type { Dialect } from '../../preload/contract/index.ts'
import { readTopicName } from '../../text/topic-name.ts'
import { dropNeedless, isBlank } from '../../text/unseen.ts'
import { ChatError } from './errors.ts'
import { MAX_NAME_LENGTH, MAX_TOPIC_LENGTH, TOPIC_PREFIX } from './limits.ts'

/**
 * Characters that make text look like something else: controls, line and
 * paragraph breaks, and marks that turn the writing direction round
 * (Unicode Standard Annex 9, and CVE-2021-42574 for what they are misused for).
 */
const DECEPTIVE = /[\p{Cc}\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF]/u
const ALL_DECEPTIVE = new RegExp(DECEPTIVE.source, 'gu')

/**
 * A display name as it may be shown: without characters that deceive or draw nothing, white
 * space run together, at most 64 characters. Empty where nothing of it would be seen.
 */
export function cleanName (name: string): string {
  // What a peer sends may be far longer than anything that could be left of it.
  const clean = dropNeedless(name.slice(0, 16 * MAX_NAME_LENGTH).toWellFormed().normalize('NFC').replace(/\s+/gu, ' ').replace(ALL_DECEPTIVE, '')).trim()
  if (isBlank(clean)) return ''
  return clean.slice(0, isHigh(clean.charCodeAt(MAX_NAME_LENGTH - 1)) ? MAX_NAME_LENGTH - 1 : MAX_NAME_LENGTH).trim()
}

/**
 * The wire name of the topic that a person named, without `#` and quotes around
 * it. A name that begins with Natter's prefix is Natter's either way, and
 * stands as it is; so does one that is `plain`, for topics of other libp2p programs.
 *
 * @throws {ChatError} `ERR_BAD_TOPIC`, `ERR_TOO_LONG`
 */
export function topicIdOf (name: string, plain: boolean): string {
  const trimmed = name.trim()
  if (trimmed.startsWith(TOPIC_PREFIX)) return TOPIC_PREFIX + checked(trimmed.slice(TOPIC_PREFIX.length).trim().normalize('NFC'))
  return plain ? checked(trimmed) : TOPIC_PREFIX + checked(readTopicName(trimmed).name)
}

/**
 * Checks a wire name that came from elsewhere (an invite, a peer).
 *
 * @throws {ChatError} `ERR_BAD_TOPIC`, `ERR_TOO_LONG`
 */
export function checkTopicId (id: string): string {
  const again = topicIdOf(id, true)
  if (again !== id) throw new ChatError('ERR_BAD_TOPIC', 'This topic\'s name begins or ends with white space, or is written in an unusual way, so it would not be the same topic.')
  return id
}

/** Whether a wire name that connected people use can be offered to the person. */
export function isShowable (id: string): boolean {
  try {
    checkTopicId(id)
    return true
  } catch {
    return false
  }
}

/** How a topic's payloads are read. */
export function dialectOf (id: string): Dialect {
  return id.startsWith(TOPIC_PREFIX) ? 'natter' : 'text'
}

/** What the person reads: the wire name without Natter's prefix. */
export function titleOf (id: string): string {
  return id.startsWith(TOPIC_PREFIX) ? id.slice(TOPIC_PREFIX.length) : id
}

function checked (name: string): string {
  if (name === '') throw new ChatError('ERR_BAD_TOPIC', 'A topic needs a name: type at least one character.')
  if (name.length > MAX_TOPIC_LENGTH) {
    throw new ChatError('ERR_TOO_LONG', `This name is ${name.length.toLocaleString('en-US')} characters long; a topic's name may have ${MAX_TOPIC_LENGTH}.`)
  }
  if (!name.isWellFormed() || DECEPTIVE.test(name)) {
    throw new ChatError('ERR_BAD_TOPIC', 'A topic\'s name cannot hold line breaks or invisible control characters: type it anew.')
  }
  if (isForPrograms(name)) throw new ChatError('ERR_BAD_TOPIC', 'Programs use this topic among themselves; what people write there could break them.')
  return name
}

/** Topics of universal-connectivity whose payloads are no text; its Rust peer ends on others (INTEROP). */
function isForPrograms (name: string): boolean {
  return /(?:^|-)browser-peer-discovery$|^universal-connectivity-file$/u.test(name)
}

function isHigh (unit: number): boolean {
  return unit >= 0xD800 && unit <= 0xDBFF
}
