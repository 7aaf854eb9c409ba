import { decodings, unwrapAscii } from './unwrap.ts'

/** What every invite begins with. The part after `#` never leaves the machine when a browser follows it. */
export const INVITE_PREFIX = 'natter://join#'

/** The beginning of an invite, with the breaks that programs put anywhere into long words; links that are handed on may have got a path or a query. */
const BEGINNING = new RegExp(`${spaced('natter://join')}\\s*/?\\s*(?:\\?[^#\\s]{0,500})?\\s*#`, 'giu')
/** Base64url, and breaks within it. */
const REST = /[\w\s-]*/uy

/**
 * Finds the invite in what somebody pasted, whatever stands around it and
 * however it was broken. Where several are there, the first that is whole.
 *
 * @returns it as it was made; cut short or damaged where no whole one is there; undefined where none begins
 */
export function findInvite (text: string): string | undefined {
  let broken: string | undefined
  for (const plain of decodings(unwrapAscii(text))) {
    for (const match of plain.matchAll(BEGINNING)) {
      REST.lastIndex = match.index + match[0].length
      const body = (REST.exec(plain)?.[0] ?? '').replace(/\s+/gu, '')
      const length = wholeLength(body)
      if (length !== undefined) return INVITE_PREFIX + body.slice(0, length)
      broken ??= INVITE_PREFIX + body
    }
  }
  return broken
}

/**
 * An invite is a signed envelope, which says how long each of its fields is
 * and ends with the signature: words behind it are told apart by that.
 *
 * @returns characters that the envelope takes; undefined where there are fewer, or it is none
 */
function wholeLength (body: string): number | undefined {
  const bytes = bytesOf(body)
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let scale = 1; scale < 2 ** 28; scale *= 128) {
      const byte = bytes[at++] ?? Number.NaN
      value += (byte & 0x7F) * scale
      if (byte < 0x80) return value
    }
    return Number.NaN
  }
  while (at < bytes.length) {
    const tag = varint()
    const length = varint()
    // Length-delimited fields alone: public key, payload type, payload, signature.
    if (tag % 8 !== 2 || Number.isNaN(length)) return undefined
    at += length
    if (tag >> 3 === SIGNATURE) return at > bytes.length ? undefined : Math.ceil(at * 4 / 3)
  }
  return undefined
}

/** Number of the field that ends a signed envelope (libp2p RFC 0002). */
const SIGNATURE = 5

function bytesOf (body: string): Uint8Array {
  const whole = body.slice(0, body.length % 4 === 1 ? -1 : undefined)
  return Uint8Array.from(atob(whole.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0))
}

function spaced (word: string): string {
  return [...word].join('\\s*')
}
