/** How long what is said is gathered: a busy topic must not talk without end. */
const GATHER_MS = 1_000

/** What a screen reader is told without being asked. */
class Live {
  text = $state('')
  #waiting: string[] = []

  /** Says something politely; more than two things within a second are only counted. */
  say (text: string): void {
    this.#waiting.push(text)
    if (this.#waiting.length > 1) return
    setTimeout(() => {
      const said = this.#waiting
      this.#waiting = []
      this.text = said.length <= 2 ? said.join('. ') : `${String(said.length)} new posts`
    }, GATHER_MS)
  }
}

export const live = new Live()
