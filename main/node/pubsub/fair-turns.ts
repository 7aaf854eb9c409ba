import { setImmediate as nextTurn } from 'node:timers/promises'
import type { PeerId } from '@libp2p/interface'
import { thisTurn } from '../event-turn.ts'
import { MAX_PUBSUB_MESSAGES, MAX_WAITING_MESSAGES } from '../limits.ts'
import { Quota } from '../quota.ts'

/** Messages of one peer that are checked in one turn of the event loop: at about 0.4 ms each (measured) everybody else waits 3 ms. */
const A_TURN = 8
/**
 * Milliseconds for messages that are read. By time and not by number: empty ones cost next to nothing, and the sooner
 * those beyond the allowance are reached, the shorter is everybody else held up (at 16 a turn 0.4 s, measured).
 */
const A_READ = 1

/** The part of Gossipsub's router that its package types do not show and that is overridden here (17.1.1). */
interface Receiver {
  pipePeerReadStream: (from: PeerId, source: AsyncIterable<unknown>) => Promise<void>
  handleReceivedMessage: (from: PeerId, message: unknown) => Promise<void>
}

interface Line { waiting: number, taken: number, tail: Promise<void> }

/**
 * Trap: a router checks all that a peer sent in one go. Who floods a topic sent
 * 200 posts in one packet, in which time nobody else was heard. Here each peer
 * stands in a line of its own, and who has more waiting than anybody needs is
 * told of, before its messages cost a check of their signature.
 */
export function takeTurns (router: unknown, onFlood: (peer: string) => void): void {
  const receiver = router as Receiver
  boundMessages(receiver, onFlood)
  const handle = receiver.handleReceivedMessage.bind(receiver)
  const lines = new Map<string, Line>()

  receiver.handleReceivedMessage = async (from, message) => {
    const peer = from.toString()
    const line = lines.get(peer) ?? { waiting: 0, taken: 0, tail: Promise.resolve() }
    lines.set(peer, line)
    if (line.waiting >= MAX_WAITING_MESSAGES) {
      onFlood(peer)
      return
    }
    line.waiting++
    const before = line.tail
    line.tail = (async () => {
      await before
      if (++line.taken % A_TURN === 0) await nextTurn()
      try {
        await handle(from, message)
      } catch {
        // It is one message that was not to be understood; those behind it are handled.
      }
      line.waiting--
      if (line.waiting === 0) lines.delete(peer)
    })()
    await line.tail
  }
}

/** Before they are decoded: what a message holds costs nothing where it holds nothing. */
function boundMessages (receiver: Receiver, onFlood: (peer: string) => void): void {
  const read = receiver.pipePeerReadStream.bind(receiver)
  const { atOnce, perSecond } = MAX_PUBSUB_MESSAGES
  const quota = new Quota({ perWindow: atOnce, window: atOnce / perSecond * 1_000 })
  receiver.pipePeerReadStream = async (from, source) => {
    const peer = from.toString()
    await read(from, (async function * () {
      let [turn, ends] = [-1, 0]
      for await (const message of source) {
        if (!quota.take(peer)) {
          onFlood(peer)
          return
        }
        if (thisTurn() !== turn) [turn, ends] = [thisTurn(), performance.now() + A_READ]
        else if (performance.now() > ends) await nextTurn()
        yield message
      }
    })())
  }
}
