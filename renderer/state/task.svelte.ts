import type { Result } from '../../preload/contract/index.ts'

/** One thing that a form asks for and waits for: busy, since when, and what went wrong. */
export class Task {
  /** When the call that is under way began, by `performance.now`; 0 while none is. */
  since = $state(0)
  /** Why the last call failed, as a sentence; '' where it did not. */
  error = $state('')
  #run = 0

  get busy (): boolean { return this.since !== 0 }

  /** Runs a call; answers undefined where it failed, was abandoned, or another one is still under way. */
  async run<T> (start: () => Promise<Result<T>>): Promise<{ readonly value: T } | undefined> {
    if (this.busy) return undefined
    const run = ++this.#run
    this.since = performance.now()
    this.error = ''
    const result = await start()
    if (run !== this.#run) return undefined
    this.since = 0
    if (result.ok) return { value: result.value }
    this.error = result.message
    return undefined
  }

  /** Stops waiting. What the main process does meanwhile goes on and is heard by pushes. */
  abandon (): void {
    this.#run++
    this.since = 0
  }

  /** A fresh form. */
  reset (): void {
    this.abandon()
    this.error = ''
  }
}
