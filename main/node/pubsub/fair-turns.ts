import { setImmediate as nextTurn } from 'node:timers/promises'
import type { PeerId } from '@libp2p/interface'
import { MAX_ANNOUNCED, MAX_WAITING_MESSAGES } from '../limits.ts'
import { Quota } from '../quota.ts'

/** Messages of one peer that are checked in one turn of the event loop: at about 0.4 ms each (measured) everybody else waits 3 ms. */
const A_TURN = 8

/** The part of Gossipsub's router that its package types do not show and that is overridden here (17.1.1). */
interface Receiver {
  handleReceivedRpc: (from: PeerId, rpc: { readonly subscriptions?: readonly unknown[] }) => Promise<void>
  sendSubscriptions: (to: string, topics: string[], subscribe: boolean) => void
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
  boundAnnouncements(receiver, onFlood)
  bundleAnnouncements(receiver)
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

function boundAnnouncements (receiver: Receiver, onFlood: (peer: string) => void): void {
  const handle = receiver.handleReceivedRpc.bind(receiver)
  const { atOnce, perSecond } = MAX_ANNOUNCED
  const quota = new Quota({ perWindow: atOnce, window: atOnce / perSecond * 1_000 })
  receiver.handleReceivedRpc = async (from, rpc) => {
    if (quota.take(from.toString(), rpc.subscriptions?.length ?? 0)) {
      await handle(from, rpc)
    } else {
      onFlood(from.toString())
    }
  }
}

/**
 * Trap: a router tells every neighbour of each topic by itself. One client that
 * came with 200 topics made a hub send 200 messages to each of its others.
 */
function bundleAnnouncements (receiver: Receiver): void {
  const send = receiver.sendSubscriptions.bind(receiver)
  const waiting = new Map<string, { topics: string[], subscribe: boolean }>()
  const flush = (to: string): void => {
    const bundle = waiting.get(to)
    waiting.delete(to)
    if (bundle !== undefined) send(to, bundle.topics, bundle.subscribe)
  }
  receiver.sendSubscriptions = (to, topics, subscribe) => {
    // A topic that is left and joined again is told in that order.
    if (waiting.get(to)?.subscribe === !subscribe) flush(to)
    const bundle = waiting.get(to)
    if (bundle === undefined) {
      waiting.set(to, { topics: [...topics], subscribe })
      queueMicrotask(() => { flush(to) })
    } else {
      bundle.topics.push(...topics)
    }
  }
}
