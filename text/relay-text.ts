import { decodings, unwrapAscii } from './unwrap.ts'

/** What names a relay: a multiaddr, a name in DNS with or without a port, or a signed list of relays by its reference. */
export interface RelayText {
  readonly kind: 'address' | 'name' | 'list'
  readonly text: string
}

const LIST = /natter-relays:[^\s<>"']+/iu
/** A multiaddr begins with one of these; a path of the same look is none. */
const ADDRESS = /(?<![\w/])\/(?:ip4|ip6|dns4|dns6|dnsaddr|dns|p2p|ipfs|unix|memory)(?=\/)/gu
const BEGINS = /^\/(?:ip4|ip6|dns4|dns6|dnsaddr|dns)\//u
const RUN = /[\w.:%/=~\p{L}\p{M}\p{N}-]*/uy
/** Addresses that are looked at; a relay lists under twenty. */
const MOST_ADDRESSES = 32
/** Lines that one address is broken into, at most. */
const MOST_PIECES = 32
/** Characters behind white space that are looked at to tell whether an address goes on there. */
const MOST_BEHIND = 400
/** White space within an address. */
const GAP = /\s+/uy
const HOST = '(?:[\\p{L}\\p{N}_](?:[\\p{L}\\p{M}\\p{N}_-]{0,61}[\\p{L}\\p{M}\\p{N}])?\\.)+(?:\\p{L}[\\p{L}\\p{M}]+|xn--[a-z\\d-]+)'
const PLACE = `(?:(?:https?|wss?)://)?(?<host>${HOST})\\.?(?<port>:\\d{1,5})?/?`
const WHOLE_PLACE = new RegExp(`^${PLACE}$`, 'iu')
const PLACE_WITHIN = new RegExp(`(?<![\\p{L}\\p{N}@/._-])${PLACE}(?![\\p{L}\\p{N}@/_:-])`, 'giu')
/** Marks that stand before and behind an address in a sentence, and are no part of it. */
const BEFORE = /[\s<>()[\]{}"'`´\p{Pi}\p{Pf}\u201A\u201E\u3008-\u300F*~,;!]/u
/** An IPv6 address has brackets of its own. */
const IPV6 = /^\[[\da-f]*:[\da-f:.]*\]/iu
const BEHIND = /[\s<>()[\]{}"'`´\p{Pi}\p{Pf}\u201A\u201E\u3008-\u300F*~.,;:!?]/u

/**
 * Finds the relay in what somebody pasted where a relay is asked for, whatever
 * stands around it; `undefined` where nothing looks like one.
 */
export function findRelay (text: string): RelayText | undefined {
  return findLong(text) ?? findPlace(unwrapAscii(text))
}

/** The same where anything may have been pasted: a name in DNS counts only where it is all there is. */
export function findCertainRelay (text: string): RelayText | undefined {
  const long = findLong(text)
  if (long !== undefined) return long
  const place = WHOLE_PLACE.exec(withoutMarks(unwrapAscii(text)))
  return place === null ? undefined : nameOf(place)
}

/** A text without white space, brackets, quotes and full stops around it. */
export function withoutMarks (text: string): string {
  let start = 0
  let end = text.length
  while (start < end && BEFORE.test(text.charAt(start)) && !IPV6.test(text.slice(start, start + 48))) start++
  while (end > start && BEHIND.test(text.charAt(end - 1))) end--
  return text.slice(start, end)
}

/** The multiaddr in what somebody pasted, whatever stands around it; where several are there, the first that leads to another machine. */
export function findAddress (text: string): string | undefined {
  for (const plain of decodings(unwrapAscii(text))) {
    const addresses: string[] = []
    for (const { index } of plain.matchAll(ADDRESS)) {
      if (addresses.push(addressAt(plain, index)) === MOST_ADDRESSES) break
    }
    // Relays list their addresses one below the other, those of their own machine first.
    const address = addresses.find((one) => !LOOPBACK.test(one)) ?? addresses[0]
    if (address !== undefined) return address
  }
  return undefined
}

function findLong (text: string): RelayText | undefined {
  for (const plain of decodings(unwrapAscii(text))) {
    const list = LIST.exec(plain)?.[0]
    if (list !== undefined) return { kind: 'list', text: withoutMarks(list) }
  }
  const address = findAddress(text)
  return address === undefined ? undefined : { kind: 'address', text: address }
}

const LOOPBACK = /^\/(?:ip4\/(?:127\.|0\.0\.0\.0)|ip6\/::1?\/)/u

/** The address that begins at `start`, put together where white space broke it. */
function addressAt (text: string, start: number): string {
  let address = ''
  let at = start
  for (let pieces = 0; pieces < MOST_PIECES; pieces++) {
    RUN.lastIndex = at
    const run = RUN.exec(text)?.[0] ?? ''
    const joined = trimmed(address + run)
    if (joined !== address + run) return joined
    address = joined
    at += run.length
    GAP.lastIndex = at
    const gap = GAP.exec(text)?.[0].length ?? 0
    if (gap === 0 || !goesOn(address, text.slice(at + gap, at + gap + MOST_BEHIND))) return address
    at += gap
  }
  return address
}

/** An address without what a sentence puts behind it: a peer id holds letters and digits alone. */
function trimmed (address: string): string {
  return (/^.*?\/(?:p2p|ipfs)\/[A-Za-z0-9]+(?=[^A-Za-z0-9/])/su.exec(address)?.[0] ?? address).replace(/(?<![/:.,-])[.:,-]{1,9}$/u, '')
}

/** Characters of a peer id, by what it begins with (libp2p peer ids; base58, and CIDv1 in base32). */
const PEER_ID_LENGTHS: readonly (readonly [string, number])[] = [['12D3', 52], ['16Uiu2', 53], ['Qm', 46], ['bafz', 62]]

/** Whether what stands behind a gap belongs to the address before it. */
function goesOn (address: string, next: string): boolean {
  const value = /\/(?:p2p|ipfs)\/(?<peer>[A-Za-z0-9]*)$/u.exec(address)?.groups?.['peer']
  if (value !== undefined) {
    const length = PEER_ID_LENGTHS.find(([head]) => head.startsWith(value.slice(0, head.length)))?.[1] ?? 0
    if (value.length < length) return value.length + (/^[A-Za-z0-9]*/u.exec(next)?.[0].length ?? 0) <= length && /^[A-Za-z0-9]/u.test(next)
    return next.startsWith('/p2p-circuit')
  }
  if (BEGINS.test(next)) return false
  // Where a line was broken within a word, what follows goes on to the peer id.
  return next.startsWith('/') || /^[\w.:%/=~-]+/u.exec(next.replace(/\s*\n\s*/gu, ''))?.[0].includes('/p2p/') === true
}

function findPlace (plain: string): RelayText | undefined {
  const bare = withoutMarks(plain)
  const whole = WHOLE_PLACE.exec(bare)
  if (whole !== null) return nameOf(whole)
  const [first, ...others] = [...plain.matchAll(PLACE_WITHIN)].map(nameOf)
  // Which of several is meant, nobody can tell; programs that make links of names write them twice.
  return first !== undefined && others.every(({ text }) => text === first.text) ? first : undefined
}

function nameOf ({ groups }: RegExpExecArray | RegExpMatchArray): RelayText {
  return { kind: 'name', text: `${groups?.['host'] ?? ''}${groups?.['port'] ?? ''}`.toLowerCase() }
}
