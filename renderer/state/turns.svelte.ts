import type { Result } from '../../preload/contract/index.ts'

/**
 * Changes that each stand for themselves: switches, choices, the buttons of a
 * list's rows. They run one after the other, and none is lost because another
 * is under way.
 */
export class Turns {
  /** Why a change failed, as a sentence; '' once all of the next ones succeeded. */
  error = $state('')
  #last: Promise<unknown> = Promise.resolve()
  #under = 0

  /** Runs a call when those before it have ended; answers undefined where it failed. */
  run<T> (start: () => Promise<Result<T>>): Promise<{ readonly value: T } | undefined> {
    if (this.#under === 0) this.error = ''
    this.#under++
    const done = this.#last.then(async () => this.#take(start))
    this.#last = done
    return done
  }

  async #take<T> (start: () => Promise<Result<T>>): Promise<{ readonly value: T } | undefined> {
    const result = await start()
    this.#under--
    if (result.ok) return { value: result.value }
    this.error = result.message
    return undefined
  }
}

/** One of several, picked by the person. */
export class Choosing<V> extends Turns {
  /** What was picked last, until that has ended: the choice shows it from the first moment on. */
  wanted = $state<V>()
  #picks = 0

  async pick (value: V, start: () => Promise<Result<unknown>>): Promise<void> {
    this.wanted = value
    this.#picks++
    await this.run(start)
    this.#picks--
    if (this.#picks === 0) this.wanted = undefined
  }
}
