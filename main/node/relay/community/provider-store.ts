import { MemoryDatastore } from 'datastore-core'
import { monotonicNow } from '../../clock.ts'

type Key = Parameters<MemoryDatastore['put']>[0]
type Entries = ReturnType<MemoryDatastore['_all']>

/** What a {@link ProviderStore} takes in. */
export interface ProviderStoreOptions {
  /** What the keys of wanted entries begin with. */
  readonly prefix: string
  /** Entries at once. */
  readonly most: number
  /** Milliseconds that an entry holds. */
  readonly lasts: number
}

/**
 * What the DHT keeps on a relay: who provides the one key that a community
 * uses, so many at most and for so long, and nothing else. Anybody may ask a
 * DHT server to keep things, and libp2p's own store takes them without end.
 */
export class ProviderStore extends MemoryDatastore {
  readonly #options: ProviderStoreOptions
  /** When each entry came by `monotonicNow`, the one heard of longest ago first. */
  readonly #came = new Map<string, { readonly key: Key, readonly at: number }>()

  constructor (options: ProviderStoreOptions) {
    super()
    this.#options = options
  }

  get size (): number {
    return this.#came.size
  }

  override put (key: Key, value: Uint8Array): Key {
    const name = key.toString()
    if (!name.startsWith(this.#options.prefix)) return key
    this.#came.delete(name)
    const [oldest] = this.#came.values()
    // Those who are there say so again.
    if (oldest !== undefined && this.#came.size >= this.#options.most) this.delete(oldest.key)
    this.#came.set(name, { key, at: monotonicNow() })
    void super.put(key, value)
    return key
  }

  override delete (key: Key): void {
    this.#came.delete(key.toString())
    void super.delete(key)
  }

  /** Trap: a server that kept somebody longer than libp2p keeps their addresses (an hour) would answer nobody any more. */
  override _all (...args: Parameters<MemoryDatastore['_all']>): Entries {
    const since = monotonicNow() - this.#options.lasts
    for (const { key, at } of this.#came.values()) {
      if (at < since) this.delete(key)
    }
    return super._all(...args)
  }
}
