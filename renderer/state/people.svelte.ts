import { SvelteMap } from 'svelte/reactivity'
import type { Person } from '../../preload/contract/index.ts'

/** Who is on each topic. */
class People {
  readonly #topics = new SvelteMap<string, readonly Person[]>()

  /** Everybody on any topic; somebody on several of them more than once. */
  readonly all = $derived([...this.#topics.values()].flat())

  on (topic: string): readonly Person[] {
    return this.#topics.get(topic) ?? []
  }

  apply (topic: string, people: readonly Person[]): void {
    this.#topics.set(topic, people)
  }

  remove (topic: string): void {
    this.#topics.delete(topic)
  }

  replace (all: readonly { readonly topic: string, readonly people: readonly Person[] }[]): void {
    this.#topics.clear()
    for (const { topic, people } of all) this.#topics.set(topic, people)
  }
}

export const people = new People()
