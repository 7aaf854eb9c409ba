import { setTimeout as delay } from 'node:timers/promises'
import { startRawNode, type RawNode, type RawNodeOptions } from './raw-node.ts'

/** Whom an attack is on, and where its peers come from. */
export interface Target {
  readonly address: string
  /** The same through a relay, of a desktop. */
  readonly through?: string
  /** The address on loopback of each peer. */
  readonly from: (peer: number) => string
}

/** Runs until it is ended. */
export type Attack = (target: Target, ended: AbortSignal) => Promise<void>

/** Peers of one attack. */
export const PEERS = 8
/** Milliseconds after which one that was cut off comes back, as somebody else. */
export const AGAIN = 250

/** Does something with each peer, again where one is cut off. */
export async function eachPeer ({ address, from }: Target, ended: AbortSignal, use: (peer: RawNode, index: number) => Promise<unknown>, { peers = PEERS, ...options }: RawNodeOptions & { readonly peers?: number } = {}): Promise<void> {
  await Promise.all(Array.from({ length: peers }, async (_, index) => {
    while (!ended.aborted) {
      const peer = await startRawNode(address, from(index), options).catch(() => undefined)
      if (peer !== undefined) {
        await use(peer, index).catch(() => {})
        await peer.libp2p.stop()
      }
      await pauseFor(AGAIN, ended)
    }
  }))
}

/** So often at once; what fails counts as done. */
export async function many (count: number, use: (index: number) => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: count }, async (_, index) => use(index).catch(() => {})))
}

export async function pauseFor (ms: number, ended: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal: ended }).catch(() => {})
}
