import { peerIdFromString } from '@libp2p/peer-id'
import type { PeerId } from '@libp2p/interface'
import { MemoryDatastore } from 'datastore-core'
import type { Components } from '../components.ts'

type Key = Parameters<MemoryDatastore['put']>[0]

/**
 * A datastore in memory that holds so many entries; what was used longest ago gives way.
 *
 * Symptom: a relay keeps 9 to 12 KiB of each peer id that was ever connected (measured), and ids cost nothing.
 * Cause: libp2p's peer store forgets nobody by itself, and what it writes down are slices of pools that stay in
 * memory as a whole.
 * Fix: a bound, and copies. {@link forgetPeers} deletes those who left.
 * Scope: everything libp2p stores of peers.
 * Upstream: none filed (2026-12-01).
 * Can go when: `maxPeerAge` of @libp2p/peer-store deletes (test/net/peer-memory.test.ts passes without this).
 */
export class BoundedDatastore extends MemoryDatastore {
  readonly #most: number
  /** The one used longest ago first. */
  readonly #used = new Map<string, Key>()

  /** @param most entries at once */
  constructor (most: number) {
    super()
    this.#most = most
  }

  get size (): number { return this.#used.size }

  override put (key: Key, value: Uint8Array): Key {
    this.#use(key)
    void super.put(key, new Uint8Array(value))
    for (const [name, oldest] of this.#used) {
      if (this.#used.size <= this.#most) break
      this.#used.delete(name)
      void super.delete(oldest)
    }
    return key
  }

  override get (key: Key): ReturnType<MemoryDatastore['get']> {
    const value = super.get(key)
    this.#use(key)
    return value
  }

  override delete (key: Key): void {
    this.#used.delete(key.toString())
    void super.delete(key)
  }

  #use (key: Key): void {
    const name = key.toString()
    this.#used.delete(name)
    this.#used.set(name, key)
  }
}

/** Milliseconds that a peer which left is remembered: long enough to change from one connection to another. */
const GRACE = 10_000
/** Peers that are remembered so at once. */
const MAX_LEFT = 256

/**
 * Has the peer store forget those who left.
 *
 * @param isKept whether a peer is remembered for as long as the node runs
 */
export function forgetPeers ({ events, connectionManager, peerStore }: Pick<Components, 'events' | 'connectionManager' | 'peerStore'>, isKept: (peer: string) => boolean): void {
  const left = new Map<string, NodeJS.Timeout>()
  const forget = (name: string): void => {
    clearTimeout(left.get(name))
    left.delete(name)
    const peer = peerIdFromString(name)
    if (!isKept(name) && connectionManager.getConnections(peer).length === 0) {
      // It may be gone already.
      peerStore.delete(peer).catch(() => {})
    }
  }
  events.addEventListener('peer:disconnect', ({ detail: peer }: CustomEvent<PeerId>) => {
    const name = peer.toString()
    clearTimeout(left.get(name))
    left.delete(name)
    left.set(name, setTimeout(() => { forget(name) }, GRACE).unref())
    const [longest] = left.keys()
    if (longest !== undefined && left.size > MAX_LEFT) forget(longest)
  })
}
