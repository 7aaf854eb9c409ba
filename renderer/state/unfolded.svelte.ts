import { SvelteSet } from 'svelte/reactivity'

/** Posts that are remembered as shown whole; the oldest are folded again. */
const MOST = 200

/** Long posts that somebody had shown whole, by key: rows are unmounted when they scroll away. */
class Unfolded {
  readonly #keys = new SvelteSet<string>()

  has (key: string): boolean {
    return this.#keys.has(key)
  }

  toggle (key: string): void {
    if (this.#keys.delete(key)) return
    this.#keys.add(key)
    const [oldest] = this.#keys
    if (this.#keys.size > MOST && oldest !== undefined) this.#keys.delete(oldest)
  }
}

/** The one list of them. */
export const unfolded = new Unfolded()
