import { privateKeyFromProtobuf } from '@libp2p/crypto/keys'
import { fromString, type SupportedEncodings } from 'uint8arrays/from-string'

/** Ways in which programs write a libp2p private key as text. */
const ENCODINGS: readonly SupportedEncodings[] = ['base64pad', 'base64', 'base64urlpad', 'base64url', 'hex', 'base58btc']

/** Longest text that is tried; an RSA key of 4,096 bits has about 3,200 characters. */
const MAX_LENGTH = 8_192
/** Parts of a multiaddr that are looked behind; real ones have under twenty. */
const MAX_TAILS = 32

/**
 * Tells whether a text holds a private key that somebody pasted by mistake:
 * PEM, OpenSSH, or a libp2p key in base64, hex or base58, alone or among other
 * words. Such a text must be shown, kept and logged nowhere.
 */
export function holdsPrivateKey (text: string): boolean {
  if (/PRIVATE KEY|"(?:PrivKey|privKey|sealed)"/u.test(text)) return true
  if (text.length > MAX_LENGTH) return false
  // A key may stand alone, among words, or as a multiaddr's part; base64 may hold slashes itself, so cut from each one to the end.
  const whole = text.replace(/\s+/gu, '')
  const tails = [...whole.matchAll(/\//gu)].slice(0, MAX_TAILS).map(({ index }) => whole.slice(index + 1))
  const pieces = new Set([whole, ...tails, ...text.split(/[\s"',;:=]+/u), ...text.split(/[\s/"',;:]+/u)])
  return [...pieces].some(isPrivateKey)
}

function isPrivateKey (text: string): boolean {
  if (text.length < 40) return false
  const bare = text.replace(/^0x/iu, '')
  return ENCODINGS.some((encoding) => {
    try {
      privateKeyFromProtobuf(fromString(encoding === 'hex' ? bare.toLowerCase() : bare, encoding))
      return true
    } catch {
      return false
    }
  })
}
