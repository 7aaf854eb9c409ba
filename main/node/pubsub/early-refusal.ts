import type { PeerId } from '@libp2p/interface'
import { peerIdFromMultihash } from '@libp2p/peer-id'
import { decode } from 'multiformats/hashes/digest'
import { toString } from 'uint8arrays/to-string'
import { isNumber } from './number-bytes.ts'

/** Decides about messages before their signatures are checked, and hears of those that are forged. */
export interface Doorkeeper {
  /** Whether a message is worth the check of its signature. `author` only claims to have signed it. */
  readonly mayPass: (message: { readonly neighbor: string, readonly author: string, readonly topic: string, readonly bytes: number }) => boolean
  /** A neighbor handed us a message whose signature does not match it. */
  readonly forged: (neighbor: string) => void
}

/** A message of Gossipsub as it was decoded. */
interface RawMessage {
  readonly from?: Uint8Array
  readonly seqno?: Uint8Array
  readonly topic: string
  readonly data?: Uint8Array
  readonly signature?: Uint8Array
}

/** The parts of Gossipsub's router that its package types do not show and that are overridden here (17.1.1). */
interface Gossipsub {
  readonly seenCache: { has: (id: string) => boolean }
  handleReceivedMessage: (from: PeerId, message: RawMessage) => Promise<void>
  validateReceivedMessage: (from: PeerId, message: RawMessage) => Promise<{ readonly code: string, readonly error?: string }>
}

/** Peer ids by the bytes that stand for them in messages; their text takes 10 µs to make. */
const MAX_NAMES = 1_000

/**
 * Trap: Gossipsub checks the signature of each message before it asks anybody
 * about it. At 0.2 ms each, 5,000 posts a second that nobody wants take the
 * whole processor. (`floodsub-router.ts` asks at the same point by itself.)
 *
 * A message that is refused here does not count as seen: the same one may come
 * from another neighbor, from which it is welcome.
 */
export function refuseEarly (router: unknown, { mayPass, forged }: Doorkeeper): void {
  const gossipsub = router as Gossipsub
  const nameOf = createNames()
  const handle = gossipsub.handleReceivedMessage.bind(gossipsub)
  gossipsub.handleReceivedMessage = async (from, message) => {
    const { topic, data } = message
    const author = nameOf(message.from)
    // Without an author it is refused in any case, and a copy of what was seen is not shown again.
    if (author !== undefined && !isSeen(gossipsub, message) && !mayPass({ neighbor: from.toString(), author, topic, bytes: data?.byteLength ?? 0 })) return
    await handle(from, message)
  }
  const validate = gossipsub.validateReceivedMessage.bind(gossipsub)
  gossipsub.validateReceivedMessage = async (from, message) => {
    const result = await validate(from, message)
    // Programs that sign nothing do not forge either.
    if (result.error === 'invalid_signature' && message.signature !== undefined) forged(from.toString())
    return result
  }
}

/** By the id that `message-id.ts` makes. */
function isSeen ({ seenCache }: Gossipsub, { from, seqno }: RawMessage): boolean {
  return from !== undefined && seqno !== undefined && isNumber(seqno) && seenCache.has(toString(Buffer.concat([from, seqno]), 'base64'))
}

function createNames (): (bytes: Uint8Array | undefined) => string | undefined {
  const names = new Map<string, string>()
  return (bytes) => {
    // A peer id has 38 bytes or less, but for old RSA ones, which are hashed to 34.
    if (bytes === undefined || bytes.byteLength > 64) return undefined
    const key = toString(bytes, 'latin1')
    const known = names.get(key)
    if (known !== undefined) return known
    try {
      const name = peerIdFromMultihash(decode(bytes)).toString()
      if (names.size >= MAX_NAMES) names.clear()
      names.set(key, name)
      return name
    } catch {
      return undefined
    }
  }
}
