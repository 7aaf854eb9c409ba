import type { Result } from '../../preload/contract/index.ts'
import { Task } from './task.svelte.ts'

/** What a field holds that saves when it is left: by Enter, by Tab, or by a click on something that needs it saved. */
export class Saving<V> {
  readonly #task = new Task()
  readonly #current: () => V
  readonly #start: (value: V) => Promise<Result<unknown>>
  /** What was typed last was saved here. */
  saved = $state(false)
  #now: { readonly value: V, readonly done: Promise<boolean> } | undefined

  /**
   * @param current what is saved at the moment
   * @param start saves a value
   */
  constructor (current: () => V, start: (value: V) => Promise<Result<unknown>>) {
    this.#current = current
    this.#start = start
  }

  /** What is wrong, as a sentence; '' where nothing is. */
  get error (): string { return this.#task.error }
  set error (words: string) { this.#task.error = words }

  /** Somebody types on. */
  changed (): void {
    this.saved = false
    this.error = ''
  }

  /** Saves a value; answers whether it is saved. What is being saved already is saved once, and all who asked wait for it. */
  async save (value: V): Promise<boolean> {
    while (this.#now !== undefined) {
      if (this.#now.value === value) return this.#now.done
      await this.#now.done
    }
    if (value === this.#current()) return true
    const done = this.#task.run(async () => this.#start(value)).then((result) => result !== undefined)
    this.#now = { value, done }
    this.saved = await done
    this.#now = undefined
    return this.saved
  }
}
