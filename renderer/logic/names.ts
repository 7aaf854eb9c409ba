/** Characters that draw nothing and can reorder or hide what stands around them. */
const UNSAFE = /[\p{Cc}\p{Cs}\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu

/**
 * A name or a title as it may be drawn on one line: without control
 * characters and direction marks, runs of space as one space.
 */
export function plainName (text: string): string {
  return text.replace(/[\t\n\r]/g, ' ').replace(UNSAFE, '').replace(/\s+/g, ' ').trim()
}

/** A peer id cut in the middle: `12D3…x7Qk`. */
export function shortId (peerId: string): string {
  return peerId.length <= 12 ? peerId : `${peerId.slice(0, 4)}…${peerId.slice(-4)}`
}

/** What to call somebody: the name they signed, else their short peer id. */
export function nameOf (name: string, peerId: string): string {
  return plainName(name) || shortId(peerId)
}
