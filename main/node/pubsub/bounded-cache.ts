import { MAX_CACHED_BYTES } from '../limits.ts'

/** The part of Gossipsub's router that its package types do not show and that is bounded here (17.1.1). */
interface Caching {
  readonly mcache: {
    readonly msgs: ReadonlyMap<string, unknown>
    put: (id: { readonly msgIdStr: string }, message: { readonly data?: Uint8Array }, validated?: boolean) => boolean
    shift: () => void
    remove: (id: string) => unknown
  }
}

/** Bytes that a message takes beside its data. */
const AROUND = 512

/**
 * Bounds the bytes of messages that Gossipsub keeps for those who missed them; the oldest go first. By itself it
 * keeps whatever came in its last five seconds, and peer ids that bring more cost nothing.
 */
export function boundCache (router: unknown, most: number = MAX_CACHED_BYTES): void {
  const { mcache } = router as Caching
  const sizes = new Map<string, number>()
  let total = 0
  const forget = (id: string): void => {
    total -= sizes.get(id) ?? 0
    sizes.delete(id)
  }
  const put = mcache.put.bind(mcache)
  mcache.put = (id, message, validated) => {
    const isNew = put(id, message, validated)
    if (!isNew) return false
    const size = (message.data?.byteLength ?? 0) + AROUND
    sizes.set(id.msgIdStr, size)
    total += size
    for (const oldest of sizes.keys()) {
      if (total <= most || oldest === id.msgIdStr) break
      mcache.remove(oldest)
      forget(oldest)
    }
    return true
  }
  const shift = mcache.shift.bind(mcache)
  mcache.shift = () => {
    shift()
    for (const id of sizes.keys()) if (!mcache.msgs.has(id)) forget(id)
  }
}
