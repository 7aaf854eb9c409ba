import { DIRECT_LIMITS } from '../limits.ts'
import type { PathCall, PathFinding } from './types.ts'

/** What was found, but for the calls. */
type Found = Omit<PathFinding, 'calls'>

interface Entry { found: Found, calls: PathCall[], failures: number, startedAt: number, next: number }

/** Milliseconds in which calls belong to one try: who answers is asked for each of three rounds anew, and each takes 9 s at most. */
const ONE_TRY = 30_000
/** Calls of one try: to open addresses, and in each round. */
const CALLS = 1 + DIRECT_LIMITS.rounds

/** Remembers what was tried with whom, and when it is due again. Bounded; who was tried longest ago is forgotten. */
export class Tries {
  readonly #entries = new Map<string, Entry>()

  get findings (): readonly PathFinding[] {
    return [...this.#entries.values()].map(asFinding)
  }

  get (peerId: string): PathFinding | undefined {
    const entry = this.#entries.get(peerId)
    return entry === undefined ? undefined : asFinding(entry)
  }

  isDue (peerId: string, now: number): boolean {
    const entry = this.#entries.get(peerId)
    return entry === undefined || entry.next <= now
  }

  begin (peerId: string, words: string, now: number): PathFinding {
    const entry = this.#take(peerId)
    return this.#put(peerId, {
      found: { peerId, state: 'trying', words, at: now },
      calls: entry?.calls.filter(({ at }) => now - at < ONE_TRY) ?? [],
      failures: entry?.failures ?? 0,
      startedAt: now,
      next: now + DIRECT_LIMITS.again
    })
  }

  /** A call of the try that is under way, or has just ended, came to something. */
  called (peerId: string, call: PathCall): void {
    const entry = this.#entries.get(peerId)
    if (entry !== undefined) {
      entry.calls = [...entry.calls, call].slice(-CALLS)
    }
  }

  /** It stands; were it to break at once, the next try is as far off as after a failure. */
  succeed (peerId: string, words: string, now: number): PathFinding {
    const entry = this.#take(peerId)
    const isOurs = entry?.found.state === 'trying'
    return this.#put(peerId, {
      found: { peerId, state: 'direct', words, at: now, ...(isOurs ? { took: now - entry.startedAt } : {}) },
      calls: entry?.calls ?? [],
      failures: entry?.failures ?? 0,
      startedAt: entry?.startedAt ?? now,
      next: now + DIRECT_LIMITS.again
    })
  }

  /** It stood long enough to count: the next try need not wait. */
  forgive (peerId: string): void {
    const entry = this.#entries.get(peerId)
    if (entry !== undefined) {
      entry.failures = 0
      entry.next = -Infinity
    }
  }

  fail (peerId: string, words: string, now: number): PathFinding {
    const entry = this.#take(peerId)
    const failures = (entry?.failures ?? 0) + 1
    return this.#put(peerId, {
      found: { peerId, state: 'relayed', words, at: now },
      calls: entry?.calls ?? [],
      failures,
      startedAt: entry?.startedAt ?? now,
      next: now + Math.min(DIRECT_LIMITS.againAtMost, DIRECT_LIMITS.again * 2 ** (failures - 1))
    })
  }

  /** Something changed on the way to them: a new try is worth it, though not at once after the last. */
  renew (peerId: string): void {
    const entry = this.#entries.get(peerId)
    if (entry !== undefined) {
      entry.failures = 0
      entry.next = Math.min(entry.next, entry.startedAt + DIRECT_LIMITS.afterChange)
    }
  }

  renewAll (): void {
    for (const peerId of this.#entries.keys()) {
      this.renew(peerId)
    }
  }

  #take (peerId: string): Entry | undefined {
    const entry = this.#entries.get(peerId)
    this.#entries.delete(peerId)
    return entry
  }

  #put (peerId: string, entry: Entry): PathFinding {
    this.#entries.set(peerId, entry)
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= DIRECT_LIMITS.remembered) {
        break
      }
      this.#entries.delete(oldest)
    }
    return asFinding(entry)
  }
}

function asFinding ({ found, calls }: Entry): PathFinding {
  return { ...found, calls }
}
