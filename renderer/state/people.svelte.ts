import { SvelteMap } from 'svelte/reactivity'
import type { Person, TopicPeople } from '../../preload/contract/index.ts'

/** Who is on each topic. */
class People {
  readonly #topics = new SvelteMap<string, TopicPeople>()

  /** Everybody on any topic; somebody on several of them more than once. */
  readonly all = $derived([...this.#topics.values()].flatMap(({ people }) => people))

  on (topic: string): readonly Person[] {
    return this.#topics.get(topic)?.people ?? []
  }

  /** How many more are there whom nobody can name. */
  unnamedOn (topic: string): number {
    return this.#topics.get(topic)?.unnamed ?? 0
  }

  apply (people: TopicPeople): void {
    this.#topics.set(people.topic, people)
  }

  remove (topic: string): void {
    this.#topics.delete(topic)
  }

  replace (all: readonly TopicPeople[]): void {
    this.#topics.clear()
    for (const people of all) this.apply(people)
  }
}

export const people = new People()
