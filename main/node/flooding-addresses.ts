import { monotonicNow } from './clock.ts'
import { MAX_FLOODS_PER_ADDRESS } from './limits.ts'
import { Quota } from './quota.ts'

const MINUTE = 60_000
/** Milliseconds that nobody new is let in from an address. */
const SHUT_OUT = MINUTE
/** Addresses that are remembered: beyond, the one shut out longest ago is let in early. */
const MAX_ADDRESSES = 10_000

/** IP addresses from which too many peers, one after the other, sent too much. */
export class FloodingAddresses {
  readonly #until = new Map<string, number>()
  readonly #patience: Quota

  constructor ({ atOnce, perMinute } = MAX_FLOODS_PER_ADDRESS) {
    this.#patience = new Quota({ perWindow: atOnce, window: atOnce / perMinute * MINUTE })
  }

  /** One more came from there. */
  note (host: string, now = monotonicNow()): void {
    if (this.#patience.take(host, 1, now)) {
      return
    }
    this.#until.delete(host)
    this.#until.set(host, now + SHUT_OUT)
    for (const [key, until] of this.#until) {
      if (until > now && this.#until.size <= MAX_ADDRESSES) {
        break
      }
      this.#until.delete(key)
    }
  }

  has (host: string, now = monotonicNow()): boolean {
    return (this.#until.get(host) ?? 0) > now
  }
}
