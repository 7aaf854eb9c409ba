import { setTimeout as delay } from 'node:timers/promises'
import type { PeerId } from '@libp2p/interface'
import { monotonicNow } from '../clock.ts'
import type { Components } from '../components.ts'
import type { RelayService } from './relay-service.ts'
import { tell } from './standing.ts'

/** Clients that are told at once; each is one small stream. */
const AT_ONCE = 64
/** Milliseconds between two looks at who is still here. */
const LOOK = 100

/** Empties a relay before it closes. */
export class Drain {
  readonly #components: Components
  readonly #relay: RelayService
  #until: number | undefined

  constructor (components: Components, relay: RelayService) {
    this.#components = components
    this.#relay = relay
  }

  get isUnderWay (): boolean {
    return this.#until !== undefined
  }

  /** Until the relay closes at the latest; 0 where nobody drains it. */
  get secondsLeft (): number {
    return this.#until === undefined ? 0 : Math.max(0, this.#until - monotonicNow()) / 1_000
  }

  /** Waits for those who said that they move; who has nowhere to go would gain nothing by it. */
  async run (seconds: number): Promise<void> {
    const end = monotonicNow() + seconds * 1_000
    this.#until = end
    const movers = new Set<string>()
    const waiting = [...this.#relay.holders]
    const told = Promise.all(Array.from({ length: AT_ONCE }, async () => {
      for (let peer = waiting.pop(); peer !== undefined && monotonicNow() < end; peer = waiting.pop()) {
        if (await this.#tell(peer)) {
          movers.add(peer.toString())
        }
      }
    }))
    await Promise.race([told, delay(seconds * 1_000, undefined, { ref: false })])
    while (monotonicNow() < end && this.#relay.holders.some((peer) => movers.has(peer.toString()))) {
      await delay(LOOK)
    }
  }

  async #tell (peer: PeerId): Promise<boolean> {
    return tell(this.#components, peer, { reason: 'draining', seconds: this.secondsLeft })
  }
}
