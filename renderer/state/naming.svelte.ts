import { atQuery, namesFor, type AtQuery } from '../logic/at-names.ts'

/** Naming somebody while one writes: what is offered after an `@`, and what is picked of it. */
export class Naming {
  readonly #names: () => readonly string[]
  offered = $state.raw<readonly string[]>([])
  picked = $state(0)
  /** What is being typed; undefined while nothing is offered. */
  query = $state.raw<AtQuery | undefined>(undefined)
  /** The `@` that nothing more is offered for. */
  #done: number | undefined

  /** @param names of the people who can be named, best first */
  constructor (names: () => readonly string[]) {
    this.#names = names
  }

  /** The text or the caret changed. */
  look (text: string, caret: number): void {
    const query = atQuery(text, caret)
    if (query?.from !== this.#done) this.#done = undefined
    if (query === undefined || this.#done !== undefined) {
      this.#offer(undefined, [])
      return
    }
    if (query.from === this.query?.from && query.query === this.query.query) return
    const names = namesFor(query.query, this.#names())
    this.#offer(names.length === 0 ? undefined : query, names)
  }

  step (by: 1 | -1): void {
    this.picked = (this.picked + by + this.offered.length) % this.offered.length
  }

  /** Nothing more is offered for this `@`: it was taken, or is not wanted. */
  done (): void {
    if (this.query !== undefined) this.#done = this.query.from
    this.#offer(undefined, [])
  }

  /** Another text is begun. */
  forget (): void {
    this.#done = undefined
    this.#offer(undefined, [])
  }

  #offer (query: AtQuery | undefined, names: readonly string[]): void {
    this.query = query
    this.offered = names
    this.picked = 0
  }
}
