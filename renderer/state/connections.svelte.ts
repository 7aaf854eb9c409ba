import { SvelteMap } from 'svelte/reactivity'
import type { NetworkPeer, Pass } from '../../preload/contract/index.ts'
import { call } from '../api.ts'

/** Milliseconds between two askings; what is pushed ends 30 s after the last. */
const RENEW = 12_000

/** Whom we are connected to, while somebody looks. */
class Connections {
  readonly #peers = new SvelteMap<string, NetworkPeer>()
  readonly all = $derived([...this.#peers.values()])
  /** The first answer is there. */
  known = $state(false)
  /** Why it could not be asked, as a sentence; '' where it could. */
  error = $state('')
  readonly #listeners = new Set<(passes: readonly Pass[]) => void>()

  /** Looks from now on; answers a function that ends it. What is known stays, for a window that is only out of sight. */
  watch (): () => void {
    let live = true
    const ask = async (): Promise<void> => {
      const result = await call('watchNetwork', {})
      if (!live) return
      this.known = true
      this.error = result.ok ? '' : result.message
      if (result.ok) this.#replace(result.value)
    }
    void ask()
    const timer = setInterval(() => { void ask() }, RENEW)
    return () => {
      live = false
      clearInterval(timer)
      void call('unwatchNetwork', {})
    }
  }

  /** The view is closed: what it showed would be old when it opens again. */
  forget (): void {
    this.known = false
    this.#peers.clear()
  }

  apply (peer: NetworkPeer): void {
    this.#peers.set(peer.peerId, peer)
  }

  remove (peerId: string): void {
    this.#peers.delete(peerId)
  }

  /** Hears of posts that pass, from now on; answers a function that ends it. */
  onPass (listener: (passes: readonly Pass[]) => void): () => void {
    this.#listeners.add(listener)
    return () => { this.#listeners.delete(listener) }
  }

  pass (passes: readonly Pass[]): void {
    for (const listener of this.#listeners) listener(passes)
  }

  #replace (peers: readonly NetworkPeer[]): void {
    const now = new Set(peers.map(({ peerId }) => peerId))
    for (const peerId of this.#peers.keys()) {
      if (!now.has(peerId)) this.#peers.delete(peerId)
    }
    for (const peer of peers) this.#peers.set(peer.peerId, peer)
  }
}

export const connections = new Connections()
