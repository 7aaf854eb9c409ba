import { monotonicNow } from '../clock.ts'
import { hostAndPort, type Way } from './types.ts'

/** Milliseconds for which a proxy that could not be spoken to comes after the others: browsers take five minutes. */
const LAST = 5 * 60_000
/** Proxies that are remembered so; scripts name some, and could name another each time. */
const MAX_REMEMBERED = 100

/** Puts ways into the order in which they are worth trying: as they were named, but for those that just failed. */
export class Ways {
  /** By way, until when by the monotonic clock. The oldest first. */
  readonly #failed = new Map<string, number>()

  /** None of them is left out: what failed is tried where nothing else is left. */
  inOrder (ways: readonly Way[], now = monotonicNow()): readonly Way[] {
    const isFine = (way: Way): boolean => (this.#failed.get(nameOf(way)) ?? 0) <= now
    return [...ways.filter(isFine), ...ways.filter((way) => !isFine(way))]
  }

  failed (way: Way, now = monotonicNow()): void {
    this.worked(way)
    this.#failed.set(nameOf(way), now + LAST)
    for (const oldest of this.#failed.keys()) {
      if (this.#failed.size <= MAX_REMEMBERED) {
        break
      }
      this.#failed.delete(oldest)
    }
  }

  worked (way: Way): void {
    this.#failed.delete(nameOf(way))
  }
}

function nameOf (way: Way): string {
  return way === 'direct' ? way : `${way.secure ? 'https' : 'http'}://${hostAndPort(way.host, way.port)}`
}
