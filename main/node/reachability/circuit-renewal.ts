import { setTimeout as delay } from 'node:timers/promises'
import type { Connection } from '@libp2p/interface'
import { monotonicNow } from '../clock.ts'
import type { CreatedNode } from '../create-node.ts'
import { isCircuit } from '../addresses/kinds.ts'
import { carriesPubsub } from '../pubsub/router.ts'
import { relayOf } from '../discovery/records.ts'
import { peerIdFromString } from '@libp2p/peer-id'
import { toString } from 'uint8arrays/to-string'
import { circuitTimeUnit } from './circuit-time.ts'

/** Milliseconds between two looks at what circuits have left. */
const LOOK = 250
/** A circuit is renewed when less than this part of its bytes or time is left … */
const LEFT = 0.3
/** Milliseconds that opening another may take. */
const DIAL = 8_000
/** Milliseconds that the old circuit lives on at most, for both ends to take pubsub off it; they need 350 to 600. */
const OVERLAP = 3_000
const OVERLAP_LOOK = 50

/** What a circuit had when it was opened. */
interface Budget { readonly bytes: bigint | undefined, readonly until: number | undefined }

/**
 * Renews circuits that their relay limits in bytes or time, before they run
 * out and while a conversation needs them: opens another beside it, then
 * closes the old one. Only the end that dialled does so.
 */
export class CircuitRenewal {
  readonly #node: CreatedNode
  readonly #isNeeded: (peer: string) => boolean
  readonly #budgets = new WeakMap<Connection, Promise<Budget>>()
  readonly #renewing = new Set<string>()
  #timer: NodeJS.Timeout | undefined

  /** @param isNeeded whether a peer shares a topic with us */
  constructor (node: CreatedNode, isNeeded: (peer: string) => boolean) {
    this.#node = node
    this.#isNeeded = isNeeded
    node.components.events.addEventListener('connection:open', (event) => { this.#onOpen(event.detail) })
  }

  start (): void {
    this.#timer = setInterval(() => { void this.#look() }, LOOK)
  }

  stop (): void {
    clearInterval(this.#timer)
  }

  #onOpen (connection: Connection): void {
    if (connection.direction === 'outbound' && connection.limits !== undefined && isCircuit(connection.remoteAddr)) {
      this.#budgets.set(connection, this.#read(connection))
    }
  }

  async #read ({ limits, remoteAddr }: Connection): Promise<Budget> {
    const time = limits?.seconds === undefined ? undefined : limits.seconds * await this.#unit(relayOf(remoteAddr)?.peer)
    return { bytes: limits?.bytes, until: time === undefined ? undefined : monotonicNow() + time * (1 - LEFT) }
  }

  async #unit (relay: string | undefined): Promise<number> {
    if (relay === undefined) {
      return circuitTimeUnit('')
    }
    try {
      const { metadata } = await this.#node.components.peerStore.get(peerIdFromString(relay))
      return circuitTimeUnit(toString(metadata.get('AgentVersion') ?? new Uint8Array(0)))
    } catch {
      return circuitTimeUnit('')
    }
  }

  async #look (): Promise<void> {
    for (const connection of this.#node.libp2p.getConnections()) {
      const budget = await this.#budgets.get(connection)
      const peer = connection.remotePeer.toString()
      if (budget !== undefined && connection.status === 'open' && runsOut(connection, budget) && this.#isNeeded(peer) && !this.#renewing.has(peer)) {
        void this.#renew(connection, peer)
      }
    }
  }

  async #renew (old: Connection, peer: string): Promise<void> {
    this.#renewing.add(peer)
    try {
      await this.#node.libp2p.dial(old.remoteAddr, { force: true, signal: AbortSignal.timeout(DIAL) })
      const end = monotonicNow() + OVERLAP
      do {
        await delay(OVERLAP_LOOK)
      } while (carriesPubsub(old) && monotonicNow() < end)
      await old.close({ signal: AbortSignal.timeout(DIAL) })
    } catch {
      // No other circuit now: the old one serves to its end, and the dialer goes on from there.
    } finally {
      this.#renewing.delete(peer)
    }
  }
}

function runsOut (connection: Connection, { bytes, until }: Budget): boolean {
  const left = connection.limits?.bytes
  return (until !== undefined && monotonicNow() >= until) ||
    (bytes !== undefined && left !== undefined && Number(left) < Number(bytes) * LEFT)
}
