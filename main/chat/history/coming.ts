import { monotonicNow } from '../../node/clock.ts'

/** Milliseconds for which an offered post counts as on its way. */
const HOLD = 5_000
/** Peers that are remembered for not having kept their word. */
const MAX_SLOW = 1_000

/**
 * Posts that one peer offered and is about to send: others who offer the same
 * meanwhile are told that they are not wanted. Whoever does not send what it
 * offered loses that privilege, or else anybody could keep posts from us by offering them.
 */
export class Coming {
  readonly #held = new Map<string, { readonly peerId: string, readonly until: number }>()
  readonly #slow = new Set<string>()

  /** Posts on their way. */
  get size (): number {
    return this.#held.size
  }

  /** Answers whether the post is to come from this peer. */
  claim (name: string, peerId: string): boolean {
    const held = this.#held.get(name)
    if (held !== undefined && held.peerId !== peerId) {
      if (held.until > monotonicNow()) return false
      this.abandon([name], held.peerId)
    }
    if (!this.#slow.has(peerId)) this.#held.set(name, { peerId, until: monotonicNow() + HOLD })
    return true
  }

  /** It came. */
  release (name: string, peerId: string): void {
    if (this.#held.get(name)?.peerId === peerId) this.#held.delete(name)
  }

  /** These did not come, and will not. */
  abandon (names: Iterable<string>, peerId: string): void {
    for (const name of names) {
      this.release(name, peerId)
      this.#slow.add(peerId)
    }
    const [oldest] = this.#slow
    if (this.#slow.size > MAX_SLOW && oldest !== undefined) this.#slow.delete(oldest)
  }
}
