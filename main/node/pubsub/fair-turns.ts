import type { PeerId } from '@libp2p/interface'
import type { Lines } from './lines.ts'

/** A message of Gossipsub as it was decoded. */
interface RawMessage { readonly data?: { readonly byteLength: number } }

/** The part of Gossipsub's router that its package types do not show and that is overridden here (17.1.1). */
interface Gossipsub {
  handleReceivedMessage: (from: PeerId, message: RawMessage) => Promise<void>
}

/** Has Gossipsub handle messages in {@link Lines}. */
export function takeTurns (router: unknown, lines: Pick<Lines, 'add'>): void {
  const gossipsub = router as Gossipsub
  const handle = gossipsub.handleReceivedMessage.bind(gossipsub)
  gossipsub.handleReceivedMessage = async (from, message) => {
    await lines.add(from.toString(), message.data?.byteLength ?? 0, async () => handle(from, message))
  }
}

/** The parts of Floodsub's router that its package types do not show and that are overridden here (11.0.28). */
interface Floodsub {
  queue: { readonly addAll: (jobs: readonly (() => Promise<unknown>)[]) => Promise<unknown> }
  processRpc: (streams: { readonly peerId: PeerId }, rpc: { readonly messages?: readonly RawMessage[] }) => Promise<boolean>
}

/**
 * Has Floodsub handle messages in {@link Lines}.
 *
 * Trap: it has one queue for the messages of all peers, so that those of a peer that floods stand before everybody else's.
 */
export function takeTurnsOnFloodsub (router: unknown, lines: Pick<Lines, 'add'>): void {
  const floodsub = router as Floodsub
  const process = floodsub.processRpc.bind(floodsub)
  let current: { readonly peer: string, readonly sizes: readonly number[] } = { peer: '', sizes: [] }
  floodsub.processRpc = async (streams, rpc) => {
    current = { peer: streams.peerId.toString(), sizes: rpc.messages?.map(({ data }) => data?.byteLength ?? 0) ?? [] }
    // It queues what it is given before it returns.
    return process(streams, rpc)
  }
  floodsub.queue = {
    addAll: async (jobs) => {
      const { peer, sizes } = current
      return Promise.all(jobs.map(async (job, index) => lines.add(peer, sizes[index] ?? 0, job)))
    }
  }
}
