import { dropNeedless } from '../../text/unseen.ts'

/**
 * A name or a title as it may be drawn on one line: without characters that
 * draw nothing or turn the writing direction round, runs of space as one space.
 */
export function plainName (text: string): string {
  return dropNeedless(text.replace(/[\t\n\r\u2028\u2029]/g, ' ').replace(/\p{Cs}/gu, '')).replace(/\s+/g, ' ').trim()
}

/** A peer id cut in the middle: `12D3…x7Qk`. */
export function shortId (peerId: string): string {
  return peerId.length <= 12 ? peerId : `${peerId.slice(0, 4)}…${peerId.slice(-4)}`
}

/** What to call somebody: the name they signed, else their short peer id. */
export function nameOf (name: string, peerId: string): string {
  return plainName(name) || shortId(peerId)
}
