import { monotonicNow } from '../../node/clock.ts'
import { shortId } from './fingerprint.ts'
import { MAX_UNWANTED } from './limits.ts'
import type { Listed } from './views.ts'

/** Milliseconds after which a post may be fetched again: a newer version of it all may have come to want it. */
const MEMORY = 3_600_000

interface Remembered { readonly topic: string, readonly stamp: number, readonly at: number }

/** Genuine posts that we got and do not keep, so that they are not fetched again and again. In memory alone. */
export class Unwanted {
  /** By id in base64url; the oldest first. */
  readonly #ids = new Map<string, Remembered>()
  readonly #byStamp = new Map<string, Set<string>>()

  add (topic: string, id: Uint8Array, stamp: number): void {
    const name = nameOf(id)
    this.#forget(name)
    this.#ids.set(name, { topic, stamp, at: monotonicNow() })
    const place = placeOf(topic, stamp)
    this.#byStamp.set(place, (this.#byStamp.get(place) ?? new Set()).add(name))
    const [oldest] = this.#ids.keys()
    if (this.#ids.size > MAX_UNWANTED && oldest !== undefined) this.#forget(oldest)
  }

  has (topic: string, id: Uint8Array): boolean {
    return this.#isFresh(topic, nameOf(id))
  }

  /** Whether a listed post is one of them. */
  isListed (topic: string, salt: Uint8Array, { stamp, short }: Listed): boolean {
    const names = [...this.#byStamp.get(placeOf(topic, stamp)) ?? []]
    return names.some((name) => shortId(salt, Buffer.from(name, 'base64url')) === short && this.#isFresh(topic, name))
  }

  /** What was not wanted may be wanted from now on. */
  clear (): void {
    this.#ids.clear()
    this.#byStamp.clear()
  }

  #isFresh (topic: string, name: string): boolean {
    const found = this.#ids.get(name)
    if (found?.topic !== topic) return false
    if (monotonicNow() - found.at <= MEMORY) return true
    this.#forget(name)
    return false
  }

  #forget (name: string): void {
    const found = this.#ids.get(name)
    if (found === undefined) return
    this.#ids.delete(name)
    const place = placeOf(found.topic, found.stamp)
    const others = this.#byStamp.get(place)
    others?.delete(name)
    if (others?.size === 0) this.#byStamp.delete(place)
  }
}

function nameOf (id: Uint8Array): string {
  return Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('base64url')
}

function placeOf (topic: string, stamp: number): string {
  return `${String(stamp)} ${topic}`
}
