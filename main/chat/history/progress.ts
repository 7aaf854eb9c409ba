/** Milliseconds for which a count stays while the next session is awaited that goes on with it. */
const LINGER = 5_000

interface Count { sessions: number, posts: number, timer?: NodeJS.Timeout }

/** How many posts came in so far, a topic, while sessions bring some. */
export class Progress {
  readonly #counts = new Map<string, Count>()
  readonly #tell: (topic: string, posts: number | undefined) => void

  constructor (tell: (topic: string, posts: number | undefined) => void) {
    this.#tell = tell
  }

  begin (topic: string): void {
    const count = this.#counts.get(topic) ?? { sessions: 0, posts: 0 }
    clearTimeout(count.timer)
    count.sessions += 1
    this.#counts.set(topic, count)
  }

  add (topic: string, posts: number): void {
    const count = this.#counts.get(topic)
    if (count === undefined || posts === 0) return
    count.posts += posts
    this.#tell(topic, count.posts)
  }

  /** @param goesOn another session is to follow at once */
  end (topic: string, goesOn: boolean): void {
    const count = this.#counts.get(topic)
    if (count === undefined) return
    count.sessions -= 1
    if (count.sessions > 0) return
    if (!goesOn || count.posts === 0) {
      this.#clear(topic, count)
      return
    }
    count.timer = setTimeout(() => { this.#clear(topic, count) }, LINGER)
    count.timer.unref()
  }

  close (): void {
    for (const [topic, count] of this.#counts) this.#clear(topic, count)
  }

  #clear (topic: string, count: Count): void {
    clearTimeout(count.timer)
    this.#counts.delete(topic)
    if (count.posts > 0) this.#tell(topic, undefined)
  }
}
