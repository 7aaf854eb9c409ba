import { setImmediate as nextTurn } from 'node:timers/promises'
import { thisTurn } from '../event-turn.ts'
import { MAX_LINE, MAX_WAITING_MESSAGES } from '../limits.ts'

/** Messages of one peer that are handled in one turn of the event loop: at about 0.4 ms each (measured) everybody else waits 3 ms. */
const A_TURN = 8
/** Messages of all peers together in one turn, so that many who flood at once hold nothing up longer than one. */
const ALL_IN_A_TURN = 16

interface Line {
  waiting: number
  bytes: number
  turn: number
  handled: number
  tail: Promise<void>
  /** Who waits for room; told once there is some. */
  readonly wanting: (() => void)[]
}

/**
 * Handles what peers sent in lines, one a peer, a few messages a turn.
 *
 * Trap: a router checks all that a peer sent in one go. A peer that floods a topic sent 200 posts in one packet,
 * during which nobody else was heard.
 */
export class Lines {
  readonly #lines = new Map<string, Line>()
  readonly #onFlood: (peer: string) => void
  #turn = 0
  #handled = 0

  /** @param onFlood told of a peer that has more waiting than {@link MAX_WAITING_MESSAGES}; what is beyond is dropped */
  constructor (onFlood: (peer: string) => void) {
    this.#onFlood = onFlood
  }

  /** Does some work when the peer's turn comes; resolves when it is done, or failed. */
  async add (peer: string, bytes: number, work: () => Promise<unknown>): Promise<void> {
    const line = this.#lines.get(peer) ?? { waiting: 0, bytes: 0, turn: 0, handled: 0, tail: Promise.resolve(), wanting: [] }
    this.#lines.set(peer, line)
    if (line.waiting >= MAX_WAITING_MESSAGES) {
      this.#onFlood(peer)
      return
    }
    line.waiting++
    line.bytes += bytes
    line.tail = this.#after(line.tail, peer, line, bytes, work)
    await line.tail
  }

  /** Resolves once a peer's line is short enough for more to be read; undefined where it is. */
  room (peer: string): Promise<void> | undefined {
    const line = this.#lines.get(peer)
    return line === undefined || hasRoom(line) ? undefined : new Promise((resolve) => { line.wanting.push(resolve) })
  }

  async #after (before: Promise<void>, peer: string, line: Line, bytes: number, work: () => Promise<unknown>): Promise<void> {
    await before
    while (!this.#isItsTurn(line)) await nextTurn()
    try {
      await work()
    } catch {
      // It is one message that was not to be understood; those behind it are handled.
    }
    line.waiting--
    line.bytes -= bytes
    if (hasRoom(line)) line.wanting.splice(0).forEach((tell) => { tell() })
    if (line.waiting === 0) this.#lines.delete(peer)
  }

  #isItsTurn (line: Line): boolean {
    const now = thisTurn()
    if (this.#turn !== now) [this.#turn, this.#handled] = [now, 0]
    if (line.turn !== now) [line.turn, line.handled] = [now, 0]
    // A line that was not served in this turn is served once, whatever the others took.
    if (line.handled >= A_TURN || (line.handled > 0 && this.#handled >= ALL_IN_A_TURN)) return false
    line.handled++
    this.#handled++
    return true
  }
}

function hasRoom ({ waiting, bytes }: Line): boolean {
  return waiting < MAX_LINE.messages && bytes < MAX_LINE.bytes
}
