import { monotonicNow } from '../../node/clock.ts'
import { shortId } from './fingerprint.ts'
import { MAX_UNWANTED } from './limits.ts'
import type { Listed } from './views.ts'

/** Milliseconds after which a post may be fetched again: a newer version of it all may have come to want it. */
const MEMORY = 3_600_000
/** The same of one for which there was no room. */
const SHORT_MEMORY = 300_000

interface Remembered { readonly topic: string, readonly stamp: number, readonly until: number, readonly verdict: 'unwanted' | 'later' }

/** Genuine posts that we got and do not keep, so that they are not fetched again and again. In memory alone. */
export class Unwanted {
  /** By id in base64url; the oldest first. */
  readonly #ids = new Map<string, Remembered>()
  readonly #byStamp = new Map<string, Set<string>>()

  /** @param verdict `later`: for want of room, which there may be soon */
  add (topic: string, id: Uint8Array, stamp: number, verdict: 'unwanted' | 'later' = 'unwanted'): void {
    const name = nameOf(id)
    this.#forget(name)
    this.#ids.set(name, { topic, stamp, verdict, until: monotonicNow() + (verdict === 'later' ? SHORT_MEMORY : MEMORY) })
    const place = placeOf(topic, stamp)
    this.#byStamp.set(place, (this.#byStamp.get(place) ?? new Set()).add(name))
    const [oldest] = this.#ids.keys()
    if (this.#ids.size > MAX_UNWANTED && oldest !== undefined) this.#forget(oldest)
  }

  has (topic: string, id: Uint8Array): boolean {
    return this.#fresh(topic, nameOf(id)) !== undefined
  }

  /** Why a listed post is one of them; undefined: it is none. */
  whyListed (topic: string, salt: Uint8Array, { stamp, short }: Listed): 'unwanted' | 'later' | undefined {
    const name = [...this.#byStamp.get(placeOf(topic, stamp)) ?? []].find((one) => shortId(salt, Buffer.from(one, 'base64url')) === short)
    return name === undefined ? undefined : this.#fresh(topic, name)
  }

  /** What was not wanted may be wanted from now on. */
  clear (): void {
    this.#ids.clear()
    this.#byStamp.clear()
  }

  #fresh (topic: string, name: string): Remembered['verdict'] | undefined {
    const found = this.#ids.get(name)
    if (found?.topic !== topic) return undefined
    if (monotonicNow() <= found.until) return found.verdict
    this.#forget(name)
    return undefined
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
